import { formatProblem } from '../cli/format-problem.ts'
import { loadConfig } from '../config/load-config.ts'
import type { GatewayConfig } from '../config/gateway-config.ts'
import { ConfigError } from '../config/config-error.ts'
import { findTestFiles } from '../exit-trials/find-test-files.ts'
import { formatTestedFile } from '../exit-trials/format-tests.ts'
import { paintFor } from '../exit-trials/format-tried.ts'
import { loadTestFile } from '../exit-trials/load-test-file.ts'
import { runExitTests, type TestedFile } from '../exit-trials/run-exit-tests.ts'
import { createTrials } from '../exit-trials/run-trial.ts'
import type { ExitTests } from '../exit-trials/exit-tests.ts'
import { hardenProcess } from '../harden-process.ts'
import { createOperatorLog } from '../operator-log.ts'
import { failWith } from './fail-with.ts'
import { watchTests } from './watch-tests.ts'

/** What `postern test` can be told. */
export interface TestOptions {
  readonly conf?: string
  readonly json?: boolean
  readonly watch?: boolean
}

/**
 * `postern test`: what functions make of tables of exits, without a gateway. Exits with 1 when a
 * row, or a whole file, is not as it should be.
 */
export async function testFunctions(paths: readonly string[], options: TestOptions): Promise<void> {
  try {
    const places = paths.length === 0 ? ['.'] : paths
    if (options.watch === true) return await watchTests(places, options)
    const { config, warnings } = loadConfig({ env: process.env, file: options.conf })
    for (const warning of warnings) process.stderr.write(`${formatProblem(warning)}\n`)
    const files = await runFiles(findTestFiles(places), config)
    const isGood = print(files, options)
    if (!isGood) process.exitCode = 1
  } catch (error) {
    failWith(error)
  }
}

/** A file that was run, or why it could not be. */
type Outcome = TestedFile | { readonly path: string; readonly error: unknown }

async function runFiles(paths: readonly string[], config: GatewayConfig): Promise<Outcome[]> {
  const loaded: (Outcome | { readonly path: string; readonly tests: ExitTests })[] = []
  // All modules before the process is frozen: they are the user's own and may change built-ins.
  for (const path of paths) {
    loaded.push(
      await loadTestFile(path).then(
        (tests) => ({ path, tests }),
        (error: unknown) => ({ path, error }),
      ),
    )
  }
  hardenProcess(config, createOperatorLog(config.log_level))
  const trials = createTrials(config)
  try {
    const outcomes: Outcome[] = []
    for (const one of loaded) {
      if (!('tests' in one)) outcomes.push(one)
      else {
        const run = runExitTests(one.path, one.tests, { trials, config })
        outcomes.push(await run.catch((error: unknown) => ({ path: one.path, error })))
      }
    }
    return outcomes
  } finally {
    await trials.close()
  }
}

function print(outcomes: readonly Outcome[], { json }: TestOptions): boolean {
  const rows = outcomes.flatMap((one) => ('rows' in one ? one.rows : []))
  const failedRows = rows.filter(({ isGood }) => !isGood).length
  const failedFiles = outcomes.filter((one) => 'error' in one).length
  const isGood = failedRows + failedFiles === 0
  if (json === true) {
    console.log(JSON.stringify({ ok: isGood, files: outcomes.map(asData) }, null, 2))
    return isGood
  }
  const paint = paintFor(process.stdout)
  for (const one of outcomes) {
    if ('rows' in one) process.stdout.write(formatTestedFile(one, paint))
    else process.stderr.write(`${linesOf(one.error).join('\n')}\n`)
  }
  const files = `in ${count(outcomes.length, 'file')}`
  const broken = failedFiles === 0 ? '' : `, ${count(failedFiles, 'file')} could not be run`
  const failed = failedRows === 0 ? '' : `, ${failedRows} failed`
  const summary = `${rows.length - failedRows} passed${failed} ${files}${broken}`
  console.log(paint(isGood ? 'green' : 'red', summary))
  return isGood
}

function count(number: number, what: string): string {
  return `${number} ${what}${number === 1 ? '' : 's'}`
}

function asData(outcome: Outcome): object {
  if ('rows' in outcome) return { path: outcome.path, rows: outcome.rows }
  const { path, error } = outcome
  return { path, problem: error instanceof Error ? error.message : String(error) }
}

function linesOf(error: unknown): string[] {
  if (error instanceof ConfigError) return error.problems.map((problem) => formatProblem(problem))
  return [error instanceof Error ? error.message : String(error)]
}
