import { performance } from 'node:perf_hooks'
import type { Exit } from '@postern/pdk-response'
import { decodeBody } from './decode-body.ts'
import { describeBody } from './describe-body.ts'
import {
  type AnswerState,
  type CountedFunction,
  type Run,
  runFunction,
  skipFunction,
  type Surroundings,
} from './run-function.ts'

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
  const first: AnswerState = {
    status: exit.status,
    body: decodeBody(exit.body),
    headers: exit.headers,
  }
  const startedAtMs = performance.now()
  const endsAtMs = startedAtMs + (around.totalMs ?? Number.POSITIVE_INFINITY)
  const run: Run = { functions, around, startedAtMs, endsAtMs, nowMs: startedAtMs }
  const last = reduceFrom(first, run, 0)
  if (last instanceof Promise) return last.then((state) => rebuild(exit, first, state))
  return rebuild(exit, first, last)
}

function reduceFrom(
  first: AnswerState,
  run: Run,
  from: number,
): AnswerState | Promise<AnswerState> {
  const { functions, endsAtMs } = run
  let state = first
  for (let i = from; i < functions.length; i++) {
    if (i > 0 && run.nowMs >= endsAtMs) return skipFrom(state, run, i)
    const next = runFunction(functions[i] as CountedFunction, state, run)
    if (next instanceof Promise) return next.then((later) => reduceFrom(later, run, i + 1))
    state = next
  }
  return state
}

/** One line for all of them: the client of 500 functions must not fill the log. */
function skipFrom(state: AnswerState, run: Run, from: number): AnswerState {
  const rest = run.functions.slice(from)
  for (const fn of rest) skipFunction(fn, state, run.around)
  const others = rest.length === 1 ? 'was' : `and ${rest.length - 1} more were`
  run.around.log.err(
    `${rest[0]?.name} ${others} skipped: the functions before took ` +
      `${Math.round(run.nowMs - run.startedAtMs)} ms, and all have ${run.around.totalMs} ms`,
  )
  return state
}

function rebuild(exit: Exit, first: AnswerState, last: AnswerState): Exit {
  if (last === first) return exit
  const { source, kind, reason, message, phase, plugin } = exit
  return {
    status: last.status,
    body: last.body === first.body ? exit.body : last.body,
    headers: describeBody(first, last),
    source,
    kind,
    reason,
    message,
    phase,
    plugin,
  }
}
