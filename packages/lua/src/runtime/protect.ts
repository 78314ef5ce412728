import { endRun, frames, MAX_DEPTH, NATIVE_DEPTH, run, spend } from './budget.ts'
import { BudgetExceeded, LuaThrow } from './control.ts'

/** What throwing and catching costs, and each call that is left by it. */
const THROW_STEPS = 300
const LEFT_STEPS = 8

/** Tells errors of the host that no Lua may catch, such as the signal that ends a phase. */
export type IsSignal = (error: unknown) => boolean

let isSignal: IsSignal = () => false

/** Sets what passes through `pcall`, for the call that begins. Answers what was set before. */
export function setSignal(test: IsSignal): IsSignal {
  const before = isSignal
  isSignal = test
  return before
}

/** Enters a built-in function that calls back, and keeps telling the line that called it. */
export function enterCallback(): number {
  const site = frames[run.depth] as number
  const depth = enterNative()
  frames[run.depth] = site
  return depth
}

/** Enters a built-in function that calls back: room for its own frames, no line of its own. */
export function enterNative(): number {
  const { depth } = run
  if (depth + NATIVE_DEPTH > MAX_DEPTH) endRun('stack')
  run.depth = depth + NATIVE_DEPTH
  for (let i = 1; i < NATIVE_DEPTH; i++) frames[depth + i] = -1
  frames[run.depth] = 0
  return depth
}

export function leaveNative(depth: number): void {
  run.depth = depth
}

/**
 * The Lua error in what was caught; everything else goes on its way.
 *
 * @param depth of the call that catches it
 */
export function caught(error: unknown, depth: number): LuaThrow {
  if (run.ended !== undefined) throw run.ended
  if (error instanceof LuaThrow) {
    spend(THROW_STEPS + (run.depth - depth) * LEFT_STEPS)
    return error
  }
  if (error instanceof BudgetExceeded || isSignal(error)) throw error
  if (isOverflow(error)) endRun('stack')
  throw error
}

/** Whether JavaScript's own stack ran out: deep recursion in a host that was deep already. */
export function isOverflow(error: unknown): boolean {
  return error instanceof RangeError && /call stack/i.test(error.message)
}
