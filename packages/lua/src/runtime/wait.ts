import { run, spend } from './budget.ts'
import { LuaThrow } from './control.ts'

/** How what a call waits for came out. */
export type Outcome =
  | { readonly kind: 'pending' }
  | { readonly kind: 'answer'; readonly value: unknown }
  | { readonly kind: 'failure'; readonly error: unknown }

const PENDING: Outcome = { kind: 'pending' }

/**
 * What a call yields to its driver when it waits for the host. It passes through every coroutine on
 * the way up, and Lua never sees it.
 */
export class Wait {
  readonly answer: PromiseLike<unknown>
  /** Gives up what is waited for. */
  readonly abort: () => void
  /** Set by the driver before it goes on. */
  outcome: Outcome

  constructor(answer: PromiseLike<unknown>, abort: () => void) {
    this.answer = answer
    this.abort = abort
    this.outcome = PENDING
  }
}

/** Steps of a wait, and for each function that is suspended with it. */
const WAIT_STEPS = 200
const FRAME_STEPS = 4

/**
 * Called before the host begins what is to be waited for.
 *
 * @throws where a function in between cannot be suspended: sort, gsub, a metamethod, the host
 */
export function beforeWait(): void {
  spend(WAIT_STEPS + FRAME_STEPS * run.depth)
  if (!run.canWait) refuseWait()
}

/** What the plain form of a function that waits does. */
export function refuseWait(): never {
  throw new LuaThrow('attempt to yield across C-call boundary')
}

/**
 * Suspends the running call until the host has an answer.
 *
 * @throws what ended the call meanwhile
 */
export function* waitFor(wait: Wait): Generator<Wait, Outcome, unknown> {
  yield wait
  if (run.ended !== undefined) throw run.ended
  return wait.outcome
}
