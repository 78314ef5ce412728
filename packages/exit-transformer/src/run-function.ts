import { performance } from 'node:perf_hooks'
import type { ExitBody, ExitHeaders } from '@postern/pdk-response'
import { checkAnswer } from './check-answer.ts'
import type { ExitAnswer } from './exit-answer.ts'
import type { ExitFunctionContext } from './exit-function.ts'
import type { CompiledExitFunction } from './exit-function-engine.ts'
import { type FunctionCounters, isKill, observe } from './function-counters.ts'
import { printable } from './printable.ts'
import { isSameData } from './same-data.ts'

/** A function ready to run, with what it has done so far. */
export interface CountedFunction {
  /** What log lines call it, for example `exit-transformer[1]`. */
  readonly name: string
  readonly run: CompiledExitFunction
  readonly counters: FunctionCounters
}

/** An answer between two functions, its body decoded where it was JSON text. */
export interface AnswerState {
  readonly status: number
  readonly body: ExitBody | undefined
  readonly headers: ExitHeaders | undefined
}

/** What one function did to one Exit. */
export interface FunctionStep {
  /** For example `exit-transformer[1]`. */
  readonly name: string
  /** `failed`: threw or answered nonsense. `ended`: by its deadline or a limit. */
  readonly outcome: 'unchanged' | 'changed' | 'failed' | 'ended' | 'skipped'
  /** Why it failed or was ended, in one line. */
  readonly problem?: string
  /** Milliseconds; 0 for one that was skipped. */
  readonly tookMs: number
  readonly before: AnswerState
  /** The same object as `before` when nothing changed. */
  readonly after: AnswerState
}

/** What surrounds one Exit while functions are at work on it. */
export interface Surroundings {
  readonly context: ExitFunctionContext
  /** The `kong` of this request, or undefined where there is none. */
  readonly kong: unknown
  /** Takes one line for each function that failed. */
  readonly log: { err(...values: readonly unknown[]): void }
  /**
   * Milliseconds for all functions together: no other one is started after them, and one that runs
   * has what is left of them where that is less than its own deadline. Default: no limit.
   */
  readonly totalMs?: number
  /** Is told what each function did, in order; for traces. */
  readonly onStep?: ((step: FunctionStep) => void) | undefined
}

/** The functions at work on one Exit. */
export interface Run {
  readonly functions: readonly CountedFunction[]
  readonly around: Surroundings
  readonly startedAtMs: number
  /** When all functions have had their time. */
  readonly endsAtMs: number
  /** When the last function was done: the next one began then. */
  nowMs: number
}

/** Runs one function, counts what it did and answers what goes on to the next. Never throws. */
export function runFunction(
  fn: CountedFunction,
  before: AnswerState,
  run: Run,
): AnswerState | Promise<AnswerState> {
  fn.counters.calls++
  try {
    const answer = fn.run(before, run.around.context, run.around.kong, run.endsAtMs - run.nowMs)
    if (!(answer instanceof Promise)) return conclude(fn, before, answer, run)
    return answer.then(
      (later) => conclude(fn, before, later, run),
      (error: unknown) => fail(fn, before, error, run),
    )
  } catch (error) {
    return fail(fn, before, error, run)
  }
}

/** Counts and tells of a function that is not run any more. Logs nothing. */
export function skipFunction(fn: CountedFunction, state: AnswerState, around: Surroundings): void {
  fn.counters.skipped++
  const step = {
    name: fn.name,
    outcome: 'skipped',
    tookMs: 0,
    before: state,
    after: state,
  } as const
  around.onStep?.(step)
}

/** Looking at an answer may fail as well: in a program of one's own it may have getters. */
function conclude(
  fn: CountedFunction,
  before: AnswerState,
  answer: ExitAnswer,
  run: Run,
): AnswerState {
  const tookMs = clock(fn, run)
  try {
    const after = settle(before, answer)
    if (typeof after === 'string')
      return skip(fn, before, { did: NONSENSE, why: after, tookMs }, run)
    const outcome = after === before ? 'unchanged' : 'changed'
    if (outcome === 'changed') fn.counters.changed++
    run.around.onStep?.({ name: fn.name, outcome, tookMs, before, after })
    return after
  } catch (error) {
    return skip(fn, before, { did: FAILED, why: messageOf(error), tookMs }, run)
  }
}

/** What goes on to the next function, or why the answer is nonsense. */
function settle(before: AnswerState, answer: ExitAnswer): AnswerState | string {
  if (answer.kind === 'unchanged') return before
  if (answer.kind === 'nonsense') return answer.reason
  const checked = checkAnswer(answer, before)
  return checked.ok ? mergeState(before, checked) : checked.reason
}

/** Keeps what is still the same, so that identity tells what has changed. Of headers it is known. */
function mergeState(before: AnswerState, after: AnswerState): AnswerState {
  const body = isSameData(before.body, after.body) ? before.body : after.body
  const { status, headers } = after
  const isSame = before.status === status && body === before.body && headers === before.headers
  return isSame ? before : { status, body, headers }
}

function fail(fn: CountedFunction, before: AnswerState, error: unknown, run: Run): AnswerState {
  const did = isKill(error) ? ENDED : FAILED
  return skip(fn, before, { did, why: messageOf(error), tookMs: clock(fn, run) }, run)
}

/** One reading of the clock for each function: it began when the one before it was done. */
function clock(fn: CountedFunction, run: Run): number {
  const nowMs = performance.now()
  const tookMs = nowMs - run.nowMs
  observe(fn.counters.seconds, tookMs / 1000)
  run.nowMs = nowMs
  return tookMs
}

interface Problem {
  readonly did: string
  readonly why: string
  readonly tookMs: number
}

const NONSENSE = 'answered nonsense'
const FAILED = 'failed'
const ENDED = 'was ended'

function skip(fn: CountedFunction, before: AnswerState, problem: Problem, run: Run): AnswerState {
  const { did, why, tookMs } = problem
  if (did === ENDED) fn.counters.kills++
  else fn.counters.failures++
  const text = printable(why)
  run.around.log.err(`${fn.name} ${did} and was skipped: ${text}`)
  const outcome = did === ENDED ? 'ended' : 'failed'
  const told = `${did}: ${text}`
  run.around.onStep?.({ name: fn.name, outcome, problem: told, tookMs, before, after: before })
  return before
}

/** What was thrown may be anything, also something that throws again when it is looked at. */
function messageOf(error: unknown): string {
  try {
    return error instanceof Error ? error.message : String(error)
  } catch {
    return 'a value that cannot be shown'
  }
}
