import { type HostFunction, type HostValue, multi } from '@postern/lua'
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
  return results.length <= 1 ? luaValueOf(first) : multi(...results.map(luaValueOf))
}
