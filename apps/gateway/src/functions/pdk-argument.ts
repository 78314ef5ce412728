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
  if (isLuaFunction(value)) return FUNCTION
  return holdsFunction(value) ? withoutFunctions(value) : value
}

function holdsFunction(value: HostValue): value is Readonly<Record<string, HostValue>> {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return false
  return !(value instanceof Uint8Array) && Object.values(value).some(isLuaFunction)
}

/** One level is enough: what the PDK checks are headers and fields. */
function withoutFunctions(table: Readonly<Record<string, HostValue>>): Record<string, unknown> {
  const entries = Object.entries(table)
  return Object.fromEntries(entries.map(([key, one]) => [key, isLuaFunction(one) ? FUNCTION : one]))
}

/** Tables arrive as plain objects and arrays, so anything else with `call` is a function. */
export function isLuaFunction(value: unknown): boolean {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return false
  const prototype: unknown = Object.getPrototypeOf(value)
  return prototype !== Object.prototype && prototype !== null && 'call' in value
}
