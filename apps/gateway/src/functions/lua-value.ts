import { type HostFunction, type HostValue, type LuaMulti, multi } from '@postern/lua'
import { plainData } from './plain-data.ts'

/** A value of the gateway for Lua. null is nil at the top; inside a table it is JSON's null. */
export function luaValueOf(value: unknown): HostValue {
  return value === null ? undefined : plainData(value)
}

/** What a function of the PDK answers, for Lua. */
export function luaValues(results: readonly unknown[], name: string): ReturnType<HostFunction> {
  const [first] = results
  if (first instanceof Promise) {
    // Lua cannot wait. Whoever else waits for it meets the same failure.
    first.catch(() => undefined)
    return multi(undefined, `kong.${name} would have to wait, which Lua cannot`)
  }
  if (results.length > 1) return multi(...results.map(luaValueOf))
  const value = luaValueOf(first)
  return value === undefined && ASKS.test(name) ? NIL : value
}

/** Functions that answer nil where there is nothing, and not no value: `tostring()` takes the one. */
const ASKS = /(?:^|\.)(?:get|load|probe|renew)(?:_\w+)?$/

/** One value, which is nil. */
export const NIL: LuaMulti = multi(undefined)
