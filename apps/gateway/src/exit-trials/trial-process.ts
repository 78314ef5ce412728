import type { FunctionLanguage } from '@postern/exit-transformer'
import type { GatewayConfig } from '../config/gateway-config.ts'
import { hardenProcess } from '../harden-process.ts'
import { createOperatorLog } from '../operator-log.ts'
import { createTrials, type TrialFunction, type Trials } from './run-trial.ts'
import type { TrialExit } from './trial-exit.ts'

// A process that tries functions for the Admin API: it serves no request and holds no configuration
// of entities, so that a function can hold up nothing but other trials. trial-pool.ts starts and
// ends it.

/** What the process is told. Plain data. */
export type ToTrialProcess =
  | { readonly kind: 'start'; readonly config: GatewayConfig }
  | { readonly kind: 'try'; readonly sequence: number; readonly trial: AskedTrial }

/** Functions, and the exits to try them on. */
export interface AskedTrial {
  readonly functions: readonly TrialFunction[]
  readonly language: FunctionLanguage
  /** Milliseconds for one call; as in the gateway unless set. */
  readonly timeoutMs?: number
  readonly exits: readonly TrialExit[]
}

/** What it tells. */
export type FromTrialProcess = {
  readonly kind: 'tried'
  readonly sequence: number
  /** JSON of each `TriedExit`, in order. */
  readonly exits: readonly string[]
  /** Not all exits were tried, because what was told of them became too long. */
  readonly isCut: boolean
  /** Why nothing was tried. */
  readonly problem: { readonly code: string | undefined; readonly message: string } | undefined
}

/** Longest answers of one trial, in characters: the process that asks must not be filled by them. */
const MAX_ANSWER = 16 * 1024 * 1024

let trials: Trials | undefined

process.on('message', (message: ToTrialProcess) => {
  if (message.kind === 'start') start(message.config)
  else void answer(message.sequence, message.trial)
})
// Whoever asked is gone.
process.on('disconnect', () => process.exit(0))
// The supervisor answers these.
process.on('SIGINT', () => {})
process.on('SIGTERM', () => {})

function start(config: GatewayConfig): void {
  hardenProcess(config, createOperatorLog(config.log_level))
  trials = createTrials(config)
}

async function answer(sequence: number, trial: AskedTrial): Promise<void> {
  const tried = await runAll(trial).catch((error: unknown) => {
    const { message, code } = error as Error & { code?: string }
    return { exits: [], isCut: false, problem: { code, message } }
  })
  if (process.connected) process.send?.({ kind: 'tried', sequence, ...tried })
}

async function runAll({
  functions,
  exits,
  language,
  timeoutMs,
}: AskedTrial): Promise<Omit<FromTrialProcess, 'kind' | 'sequence'>> {
  const prepared = (trials as Trials).prepare(functions, {
    language,
    ...(timeoutMs !== undefined && { timeoutMs }),
  })
  const told: string[] = []
  let left = MAX_ANSWER
  for (const exit of exits) {
    const text = JSON.stringify(await prepared.run(exit))
    left -= text.length
    if (left < 0) return { exits: told, isCut: true, problem: undefined }
    told.push(text)
  }
  return { exits: told, isCut: false, problem: undefined }
}
