import type { Exit, ExitBody, ExitHeaders } from '@postern/pdk-response'
import type { ExitAnswer } from './exit-answer.ts'
import { checkAnswer } from './check-answer.ts'
import { decodeBody } from './decode-body.ts'
import { describeBody } from './describe-body.ts'
import type { ExitFunction, ExitFunctionContext } from './exit-function.ts'
import { type FunctionCounters, isKill } from './function-counters.ts'
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
  const last = reduceFrom(first, functions, around, 0)
  if (last instanceof Promise) return last.then((state) => rebuild(exit, first, state))
  return rebuild(exit, first, last)
}

interface State {
  readonly status: number
  readonly body: ExitBody | undefined
  readonly headers: ExitHeaders | undefined
}

function reduceFrom(
  first: State,
  functions: readonly CountedFunction[],
  around: Surroundings,
  from: number,
): State | Promise<State> {
  let state = first
  for (let i = from; i < functions.length; i++) {
    const next = apply(functions[i] as CountedFunction, state, around)
    if (next instanceof Promise) {
      return next.then((later) => reduceFrom(later, functions, around, i + 1))
    }
    state = next
  }
  return state
}

function apply(fn: CountedFunction, state: State, around: Surroundings): State | Promise<State> {
  fn.counters.calls++
  try {
    const answer = fn.run(state, around.context, around.kong)
    if (!(answer instanceof Promise)) return settle(fn, state, answer, around)
    return answer
      .then((later) => settle(fn, state, later, around))
      .catch((error: unknown) => skip(fn, state, error, around))
  } catch (error) {
    return skip(fn, state, error, around)
  }
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
