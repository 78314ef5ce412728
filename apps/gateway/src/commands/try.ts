import type { FunctionLanguage } from '@postern/exit-transformer'
import { formatProblem } from '../cli/format-problem.ts'
import { loadConfig } from '../config/load-config.ts'
import { type AskedExit, askedExit } from '../exit-trials/asked-exits.ts'
import { fetchExits } from '../exit-trials/fetch-exits.ts'
import { formatExplanation, formatResponse, paintFor } from '../exit-trials/format-tried.ts'
import { readFunctions } from '../exit-trials/read-functions.ts'
import { createTrials, type TrialFunction } from '../exit-trials/run-trial.ts'
import type { TrialExit } from '../exit-trials/trial-exit.ts'
import { hasFailed, type TriedExit } from '../exit-trials/tried-exit.ts'
import { hardenProcess } from '../harden-process.ts'
import { createOperatorLog } from '../operator-log.ts'
import { failWith } from './fail-with.ts'

/** What `postern try` can be told. */
export interface TryOptions extends AskedExit {
  readonly conf?: string
  readonly last?: number
  readonly admin?: string
  readonly language: FunctionLanguage
  readonly timeout?: number
  readonly explain: boolean
  readonly json?: boolean
}

/**
 * `postern try`: what functions make of an exit, without a gateway.
 *
 * The response goes to standard output, what each function did to standard error. Exits with 1 when
 * a function cannot be compiled, or fails.
 */
export async function tryFunctions(files: readonly string[], options: TryOptions): Promise<void> {
  try {
    const { config, warnings } = loadConfig({ env: process.env, file: options.conf })
    for (const warning of warnings) process.stderr.write(`${formatProblem(warning)}\n`)
    const { functions, problems } = readFunctions(files, { config, language: options.language })
    for (const problem of problems) process.stderr.write(`${formatProblem(problem)}\n`)
    if (problems.length > 0) {
      process.exitCode = 1
      return
    }
    const exits = await exitsOf(options, config.admin_listen)
    hardenProcess(config, createOperatorLog(config.log_level))
    const trials = createTrials(config)
    try {
      const { timeout: timeoutMs, language } = options
      const prepared = trials.prepare(functions, {
        language,
        ...(timeoutMs !== undefined && { timeoutMs }),
      })
      const tried: TriedExit[] = []
      for (const exit of exits) tried.push(await prepared.run(exit))
      print(tried, functions, options)
      if (tried.some(hasFailed)) process.exitCode = 1
    } finally {
      await trials.close()
    }
  } catch (error) {
    failWith(error)
  }
}

async function exitsOf(
  options: TryOptions,
  adminListen: readonly { readonly host: string; readonly port: number }[],
): Promise<readonly TrialExit[]> {
  if (options.last === undefined) return [askedExit(options)]
  const [{ host, port } = { host: '127.0.0.1', port: 8001 }] = adminListen
  return fetchExits(options.admin ?? `http://${host}:${port}`, options.last)
}

function print(
  tried: readonly TriedExit[],
  functions: readonly TrialFunction[],
  { json, explain }: TryOptions,
): void {
  if (json === true) {
    console.log(JSON.stringify({ ok: !tried.some(hasFailed), exits: tried }, null, 2))
    return
  }
  const out = paintFor(process.stdout)
  const told = paintFor(process.stderr)
  for (const [index, one] of tried.entries()) {
    if (explain) {
      const title = `${index + 1} of ${tried.length}: ${one.before.status} ${one.reason}`
      if (tried.length > 1) process.stderr.write(`${told('bold', title)}\n`)
      process.stderr.write(`${formatExplanation(one, functions, told)}\n`)
    }
    process.stdout.write(`${formatResponse(one, out)}${index + 1 < tried.length ? '\n' : ''}`)
  }
}
