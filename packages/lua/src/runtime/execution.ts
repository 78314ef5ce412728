import { budgetFault, runtimeFault } from '../errors.ts'
import { decodeLossy } from '../host/utf8.ts'
import { endOf, endRun, frames, MAX_DEPTH, rest, run, uncharged } from './budget.ts'
import { all } from './call.ts'
import { BudgetExceeded, LuaThrow } from './control.ts'
import { isOverflow, setSignal, type IsSignal } from './protect.ts'
import { placeOf } from './position.ts'
import type { LuaTable } from './table.ts'
import { plainText } from './to-text.ts'
import { typeName, type Callable, type LuaResult, type LuaValue } from './value.ts'
import { current } from './world.ts'

/** Levels that a call from inside a host function takes besides its own: the host's frames. */
const NESTED_DEPTH = 25

/** What a call runs in. */
export interface Surroundings {
  /** Steps a call that begins may use. */
  readonly fuel: () => number
  /** Bytes a call may use. */
  readonly memory: number
  /** What calls have allocated so far, garbage included. */
  readonly allocated: { bytes: number }
  readonly stringMeta: LuaTable
  readonly isSignal: IsSignal
  /** Whether calls may wait for the host, where the host says so. Default: no. */
  readonly canWait?: boolean
}

/**
 * Runs a Lua function for the host and hands its values to `take` while the budget still counts.
 *
 * A call made while another runs (a host function that calls back) gets no budget of its own:
 * else Lua could go on for ever by calling itself through the host.
 *
 * @throws POSTERN_LUA_RUNTIME, POSTERN_LUA_BUDGET
 */
export function execute<T>(
  surroundings: Surroundings,
  callee: Callable,
  args: LuaValue[],
  take: (values: readonly LuaValue[], surroundings: Surroundings) => T,
): T {
  const { depth, resumes, isRunning, canWait } = run
  const { surroundings: outer, coroutine } = current
  const outerSignal = setSignal(surroundings.isSignal)
  current.surroundings = surroundings
  current.coroutine = undefined
  if (isRunning) enterNested(depth)
  else begin(surroundings)
  try {
    if (run.depth > MAX_DEPTH) endRun('stack')
    return take(all(invoke(callee, args)), surroundings)
  } catch (error) {
    throw asHostError(error, isRunning)
  } finally {
    setSignal(outerSignal)
    current.surroundings = outer
    current.coroutine = coroutine
    run.depth = depth
    run.resumes = resumes
    run.isRunning = isRunning
    run.canWait = canWait
    if (!isRunning) {
      surroundings.allocated.bytes += surroundings.memory - Math.max(0, run.memory)
      rest()
    }
  }
}

/** The host stands in between, and cannot be suspended. */
function enterNested(depth: number): void {
  run.depth = depth + NESTED_DEPTH
  run.canWait = false
}

/** Without spreading for the usual number of arguments, which V8 cannot inline. */
function invoke(callee: Callable, args: LuaValue[]): LuaResult {
  switch (args.length) {
    case 0:
      return callee()
    case 3:
      return callee(args[0], args[1], args[2])
    default:
      return callee(...args)
  }
}

/** Gives a call its budget. */
export function begin(surroundings: Surroundings): void {
  run.fuel = surroundings.fuel()
  run.memory = surroundings.memory
  run.depth = 0
  run.resumes = 0
  run.isRunning = true
  run.ended = undefined
  frames[0] = 0
}

/** A Lua error or an exceeded budget as a PosternError; signals and faults of ours stay themselves. */
export function asHostError(error: unknown, isNested: boolean): unknown {
  if (isNested && isOverflow(error)) return endOf('stack')
  if (isNested && run.ended !== undefined) return run.ended
  if (error instanceof BudgetExceeded) return budgetFault(placed(error), error.what)
  if (isOverflow(error)) return budgetFault('stack overflow', 'stack')
  if (error instanceof LuaThrow) {
    return uncharged(() => {
      return runtimeFault(messageOf(error.value), shown(error.value)).causedBy(error)
    })
  }
  return error
}

/** `chunk:LINE: the function ran out of steps`, as Lua tells its own errors. */
function placed({ message, site }: BudgetExceeded): string {
  const place = placeOf(site)
  return place === undefined ? message : `${place}: ${message}`
}

/** The text of a thrown value, without running any `__tostring`. */
function messageOf(value: LuaValue): string {
  if (typeof value === 'object' || typeof value === 'function') {
    return `(error object is a ${typeName(value)} value)`
  }
  const text = plainText(value)
  return decodeLossy(text.length > 4096 ? `${text.slice(0, 4096)}...` : text)
}

/** Simple values as they are; a table or function is told by its text only. */
function shown(value: LuaValue): unknown {
  if (typeof value === 'string') return decodeLossy(value)
  return typeof value === 'object' || typeof value === 'function' ? plainText(value) : value
}
