import { dirname, resolve } from 'node:path'
import { ConfigError } from '../config/config-error.ts'
import type { GatewayConfig } from '../config/gateway-config.ts'
import { compareAnswer, type Mismatch } from './compare-answer.ts'
import type { ExitTest, ExitTests } from './exit-tests.ts'
import { readFunctions } from './read-functions.ts'
import type { TrialFunction, Trials } from './run-trial.ts'
import type { TriedExit, TriedFunction } from './tried-exit.ts'

/** What became of one row. */
export interface TestedRow {
  readonly title: string
  readonly isGood: boolean
  readonly mismatches: readonly Mismatch[]
  /** Functions that failed, or that were to fail and did not. */
  readonly faults: readonly string[]
  /** Functions that failed and were not meant to, for their place in the source. */
  readonly failed: readonly TriedFunction[]
}

/** What became of one file. */
export interface TestedFile {
  readonly path: string
  readonly rows: readonly TestedRow[]
  readonly functions: readonly TrialFunction[]
}

/**
 * Runs the rows of a file, each with functions that have not run before: a row that passes alone
 * passes among others.
 *
 * @throws POSTERN_CONFIG_INVALID when a function file cannot be read or compiled
 * @throws POSTERN_TRIAL_STATUS_MISSING
 */
export async function runExitTests(
  path: string,
  tests: ExitTests,
  { trials, config }: { readonly trials: Trials; readonly config: GatewayConfig },
): Promise<TestedFile> {
  const { language = 'auto', timeout_ms: timeoutMs } = tests
  const { functions, problems } = readFunctions(tests.functions, {
    config,
    language,
    resolve: (name) => resolve(dirname(path), name),
  })
  if (problems.length > 0) throw new ConfigError(problems)
  const options = { language, ...(timeoutMs !== undefined && { timeoutMs }) }
  const rows: TestedRow[] = []
  for (const row of tests.rows) {
    const tried = await trials.prepare(functions, options).run(row.exit)
    rows.push(judge(row, tried))
  }
  return { path, rows, functions }
}

function judge(row: ExitTest, tried: TriedExit): TestedRow {
  const mismatches =
    row.answer === 'unchanged' ? changesOf(tried) : compareAnswer(row.answer, tried.response)
  const failed = tried.functions.filter(
    ({ outcome }) => outcome === 'failed' || outcome === 'ended',
  )
  const unmeant = failed.filter(({ problem }) => !isMeant(row.fails, problem?.message))
  const isMissing = row.fails !== undefined && failed.length === unmeant.length
  const faults = [
    ...(isMissing ? [`no function failed with ${JSON.stringify(row.fails)}`] : []),
    ...tried.functions
      .filter(({ outcome }) => outcome === 'skipped')
      .map(({ name }) => `${name} was skipped: the functions before took too long`),
    ...(tried.response.problem === undefined
      ? []
      : [`the answer cannot be sent: ${tried.response.problem}`]),
  ]
  const isGood = mismatches.length === 0 && faults.length === 0 && unmeant.length === 0
  return { title: row.title, isGood, mismatches, faults, failed: unmeant }
}

function isMeant(fails: string | undefined, message: string | undefined): boolean {
  return fails !== undefined && message !== undefined && message.includes(fails)
}

function changesOf({ functions }: TriedExit): readonly Mismatch[] {
  return functions.flatMap(({ name, changes }) =>
    changes === undefined
      ? []
      : [{ part: `answer of ${name}`, expected: 'unchanged', got: 'changed', changes }],
  )
}
