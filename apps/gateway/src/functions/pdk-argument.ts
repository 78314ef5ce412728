import type { HostValue } from '@postern/lua'

/** What stands for `ngx.null`, which is neither nil nor a table. */
const NULL = Symbol('ngx.null')

/** A function of Lua, which the PDK takes for one without being able to call it. */
const FUNCTION = (): void => undefined

/**
 * A value of Lua as an argument of the PDK, so that the PDK's own checks see its type: `ngx.null`
 * is userdata, and a function of Lua is a function.
 */
export function pdkArgument(value: HostValue): unknown {
  if (value === null) return NULL
  return isLuaFunction(value) ? FUNCTION : value
}

/** Tables arrive as plain objects and arrays, so anything else with `call` is a function. */
export function isLuaFunction(value: unknown): boolean {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return false
  const prototype: unknown = Object.getPrototypeOf(value)
  return prototype !== Object.prototype && prototype !== null && 'call' in value
}
