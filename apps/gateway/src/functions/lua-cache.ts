import type { HostFunction, HostValue, LuaFunction } from '@postern/lua'
import { type PdkFunction, pdkFunctions } from '@postern/plugin-runtime'
import type { KongSource } from './lua-ngx.ts'
import { luaValues } from './lua-value.ts'
import { isLuaFunction } from './pdk-argument.ts'
import { plainData } from './plain-data.ts'

/**
 * `kong.cache` for Lua: `kong.cache:get(key, options, load, ...)` and the others. What is kept are
 * copies of data. `load` runs at once, on what is left of the time of the call; it answers the
 * value, or nil and what went wrong.
 */
export function cacheTable(calls: KongSource): HostValue {
  const functions = pdkFunctions.filter(({ name }) => name.startsWith('cache.'))
  return Object.fromEntries(
    functions.map((fn) => [fn.name.slice('cache.'.length), bind(fn, calls)] as const),
  )
}

function bind(fn: PdkFunction, calls: KongSource): HostFunction {
  return (...args) => luaValues(fn.call(calls.kong(fn.name), args.map(argument)), fn.name)
}

function argument(value: HostValue): unknown {
  if (!isLuaFunction(value)) return plainData(value)
  return (...args: readonly HostValue[]): unknown => {
    const [found, problem] = (value as LuaFunction).call(...args)
    if (found === undefined && problem !== undefined) throw new Error(String(problem))
    return plainData(found)
  }
}
