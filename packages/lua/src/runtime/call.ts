import { frames, run } from './budget.ts'
import { LuaThrow } from './control.ts'
import { raiseAt } from './position.ts'
import { LuaTable } from './table.ts'
import {
  Coroutine,
  typeName,
  Userdata,
  type Callable,
  type LuaResult,
  type LuaValue,
  type SuspendableCall,
} from './value.ts'
import { metamethod } from './world.ts'

/** A call still to be made by whoever receives it. Looks like several values, and is taken apart with them. */
class TailCall extends Array<LuaValue> {
  readonly callee: Callable
  readonly args: LuaValue[]

  constructor(callee: Callable, args: LuaValue[]) {
    super()
    this.callee = callee
    this.args = args
  }
}

/** For tail calls in deep stacks: a function that answers the call instead of making it. */
export function deferred(callee: Callable): Callable {
  return (...args) => new TailCall(callee, args)
}

/** Makes the calls that were left to make, until there are values. */
function settle(result: LuaResult): LuaResult {
  let settled = result
  while (settled instanceof TailCall) settled = settled.callee(...settled.args)
  return settled
}

/** The first value of what a function answered with an object. */
export function first(result: LuaResult): LuaValue {
  if (!Array.isArray(result)) return result
  if (!(result instanceof TailCall)) return result[0]
  const settled = settle(result)
  return Array.isArray(settled) ? settled[0] : settled
}

/** All values of what a function answered. The array may be shared: read only. */
export function all(result: LuaResult): LuaValue[] {
  const settled = result instanceof TailCall ? settle(result) : result
  return Array.isArray(settled) ? settled : [settled]
}

/** For a call whose values nobody wants. */
export function drop(result: LuaResult): void {
  if (result instanceof TailCall) settle(result)
}

/** What to call for a value that is not a function: its `__call`, or a function that complains. */
export function callable(value: LuaValue, site: number, name?: string): Callable {
  const handler = metamethod(value, '__call')
  if (typeof handler === 'function') return withSelf(handler, value)
  return () => {
    throw raiseAt(site, `attempt to call ${describe(value, name)}`)
  }
}

function withSelf(handler: Callable, self: LuaValue): Callable {
  const bound: Callable = (...args) => handler(self, ...args)
  const form = handler.g
  if (form !== undefined) bound.g = (...args) => form(self, ...args)
  return bound
}

/** `local 'x' (a nil value)`, or `a nil value` for what has no name. */
export function describe(value: LuaValue, name: string | undefined): string {
  const type = typeName(value)
  return name === undefined || name === '' ? `a ${type} value` : `${name} (a ${type} value)`
}

/** Calls a value from a built-in function. */
export function call(callee: LuaValue, ...args: LuaValue[]): LuaResult {
  return settle(typeof callee === 'function' ? callee(...args) : callAny(callee, args))
}

export function callFirst(callee: LuaValue, ...args: LuaValue[]): LuaValue {
  return first(call(callee, ...args))
}

function callAny(callee: LuaValue, args: LuaValue[]): LuaResult {
  const handler = metamethod(callee, '__call')
  if (typeof handler === 'function') return handler(callee, ...args)
  throw new LuaThrow(`attempt to call a ${typeName(callee)} value`)
}

/** Calls a metamethod for an operator at `site`. */
export function callAt(site: number, callee: LuaValue, a: LuaValue, b: LuaValue): LuaValue {
  const { depth } = run
  if (depth > 0) frames[depth] = site
  if (typeof callee === 'function') return first(callee(a, b))
  return first(callable(callee, site)(a, b))
}

/** Whether a value answered in the generator form is the call itself, still to be driven. */
export function isPending(result: unknown): result is SuspendableCall {
  return (
    typeof result === 'object' &&
    result !== null &&
    !(result instanceof LuaTable) &&
    !Array.isArray(result) &&
    !(result instanceof Coroutine) &&
    !(result instanceof Userdata)
  )
}

/** The form of a function that can yield, if it has one. */
export function yielding(callee: Callable): (...args: LuaValue[]) => unknown {
  return callee.g ?? callee
}

/** Calls a function in the form that can be suspended, if it has one. */
export function* drive(callee: LuaValue, args: LuaValue[]): SuspendableCall {
  if (typeof callee !== 'function' || callee.g === undefined) return call(callee, ...args)
  const pending = callee.g(...args)
  return isPending(pending) ? yield* pending : pending
}
