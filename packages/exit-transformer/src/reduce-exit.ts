import type { Exit, ExitBody, ExitHeaders } from '@postern/pdk-response'
import type { ExitAnswer } from './exit-answer.ts'
import { checkAnswer } from './check-answer.ts'
import { decodeBody } from './decode-body.ts'
import { describeBody } from './describe-body.ts'
import type { ExitFunction, ExitFunctionContext } from './exit-function.ts'
import { type FunctionCounters, isKill, observe } from './function-counters.ts'
import { printable } from './printable.ts'
import { isSameData } from './same-data.ts'

/** A function ready to run, with what it has done so far. */
export interface CountedFunction {
  /** What log lines call it, for example `exit-transformer[1]`. */
  readonly name: string
  readonly run: ExitFunction
  readonly counters: FunctionCounters
}

/** What surrounds one Exit while functions are at work on it. */
export interface Surroundings {
  readonly context: ExitFunctionContext
  /** The `kong` of this request, or undefined where there is none. */
  readonly kong: unknown
  /** Takes one line for each function that failed. */
  readonly log: { err(...values: readonly unknown[]): void }
}

/**
 * Passes an Exit through functions in order; each gets what the one before it answered.
 *
 * A function that fails, is ended or answers nonsense is logged and counted, and its input goes on.
 * The result is always an Exit: no answer lets a refused request through. Nothing that no function
 * changed is touched, so a body that stayed the same goes out byte for byte. Synchronous as long as
 * the functions are.
 */
export function reduceExit(
  exit: Exit,
  functions: readonly CountedFunction[],
  around: Surroundings,
): Exit | Promise<Exit> {
  if (functions.length === 0) return exit
  const first: State = { status: exit.status, body: decodeBody(exit.body), headers: exit.headers }
  const last = reduceFrom(first, { functions, around, nowMs: performance.now() }, 0)
  if (last instanceof Promise) return last.then((state) => rebuild(exit, first, state))
  return rebuild(exit, first, last)
}

interface State {
  readonly status: number
  readonly body: ExitBody | undefined
  readonly headers: ExitHeaders | undefined
}

/** The functions at work on one Exit, and the time at which the last of them was done. */
interface Run {
  readonly functions: readonly CountedFunction[]
  readonly around: Surroundings
  nowMs: number
}

function reduceFrom(first: State, run: Run, from: number): State | Promise<State> {
  let state = first
  for (let i = from; i < run.functions.length; i++) {
    const next = apply(run.functions[i] as CountedFunction, state, run)
    if (next instanceof Promise) return next.then((later) => reduceFrom(later, run, i + 1))
    state = next
  }
  return state
}

function apply(fn: CountedFunction, state: State, run: Run): State | Promise<State> {
  fn.counters.calls++
  try {
    const answer = fn.run(state, run.around.context, run.around.kong)
    if (!(answer instanceof Promise)) return conclude(fn, state, answer, run)
    return answer.then(
      (later) => conclude(fn, state, later, run),
      (error: unknown) => fail(fn, state, error, run),
    )
  } catch (error) {
    return fail(fn, state, error, run)
  }
}

/** Looking at an answer may fail as well: it may have getters. */
function conclude(fn: CountedFunction, state: State, answer: ExitAnswer, run: Run): State {
  clock(fn, run)
  try {
    return settle(fn, state, answer, run.around)
  } catch (error) {
    return skip(fn, state, error, run.around)
  }
}

function fail(fn: CountedFunction, state: State, error: unknown, run: Run): State {
  clock(fn, run)
  return skip(fn, state, error, run.around)
}

/** One reading of the clock for each function: it began when the one before it was done. */
function clock(fn: CountedFunction, run: Run): void {
  const nowMs = performance.now()
  observe(fn.counters.seconds, (nowMs - run.nowMs) / 1000)
  run.nowMs = nowMs
}

function settle(
  fn: CountedFunction,
  state: State,
  answer: ExitAnswer,
  around: Surroundings,
): State {
  if (answer.kind === 'unchanged') return state
  if (answer.kind === 'nonsense') return refuse(fn, state, answer.reason, around)
  const checked = checkAnswer(answer, state)
  if (!checked.ok) return refuse(fn, state, checked.reason, around)
  const next = mergeState(state, checked)
  if (next !== state) fn.counters.changed++
  return next
}

/** Keeps the parts that are still the same, so that identity tells what has changed. */
function mergeState(before: State, after: State): State {
  const body = isSameData(before.body, after.body) ? before.body : after.body
  const headers = isSameData(before.headers, after.headers) ? before.headers : after.headers
  const isSame =
    before.status === after.status && body === before.body && headers === before.headers
  return isSame ? before : { status: after.status, body, headers }
}

function refuse(fn: CountedFunction, state: State, reason: string, around: Surroundings): State {
  fn.counters.failures++
  around.log.err(`${fn.name} answered nonsense and was skipped: ${printable(reason)}`)
  return state
}

function skip(fn: CountedFunction, state: State, error: unknown, around: Surroundings): State {
  const killed = isKill(error)
  if (killed) fn.counters.kills++
  else fn.counters.failures++
  const verb = killed ? 'was ended' : 'failed'
  around.log.err(`${fn.name} ${verb} and was skipped: ${printable(messageOf(error))}`)
  return state
}

/** What was thrown may be anything, also something that throws again when it is looked at. */
function messageOf(error: unknown): string {
  try {
    return error instanceof Error ? error.message : String(error)
  } catch {
    return 'a value that cannot be shown'
  }
}

function rebuild(exit: Exit, first: State, last: State): Exit {
  if (last === first) return exit
  const headers = describeBody(first, last)
  const body = last.body === first.body ? exit.body : last.body
  return { ...exit, status: last.status, body, headers }
}
