import type { HostFunction, HostValue, LuaFunction } from '@postern/lua'
import {
  type CacheAnswer,
  type CacheRequest,
  createCache,
  type Kong,
  type PdkFunction,
  pdkFunctions,
} from '@postern/plugin-runtime'
import { type CacheFunctions, FunctionCaches } from './function-cache.ts'
import type { LuaReach } from './lua-endowments.ts'
import type { KongSource } from './lua-ngx.ts'
import { luaValues } from './lua-value.ts'
import { isLuaFunction } from './pdk-argument.ts'
import { plainData } from './plain-data.ts'

/**
 * `kong.cache` for Lua: `kong.cache:get(key, options, load, ...)` and the others. What is kept are
 * copies of data. `load` runs at once, on what is left of the time of the call; it answers the
 * value, or nil and what went wrong.
 *
 * With `lax` and `on` it is the cache that plugins use; in the sandbox each configuration has one of
 * its own.
 *
 * @param isShadow whether nothing of the call may be kept
 */
export function cacheTable(
  calls: KongSource,
  reach: LuaReach,
  isShadow: () => boolean = () => false,
): HostValue {
  const own = reach === 'sandbox' ? new FunctionCaches() : undefined
  const cacheOf = (kong: Kong): CacheFunctions =>
    isShadow() ? createCache() : (own?.of(ownerOf(kong)) ?? kong.cache)
  const ownerOf = (kong: Kong): string => calls.owner?.() ?? kong.plugin.getId() ?? ''
  const bind = (fn: PdkFunction): HostFunction => {
    const takes = fn.name === 'cache.get_bulk' ? bulkArguments : plainArguments
    const shows = fn.name === 'cache.get_bulk' ? bulkResults : luaValues
    return (...args) => {
      // A function of the cache asks `kong` for nothing else.
      const kong = { cache: cacheOf(calls.kong(fn.name)) } as unknown as Kong
      return shows(fn.call(kong, takes(args)), fn.name)
    }
  }
  return Object.fromEntries(FUNCTIONS.map((fn) => [fn.name.slice('cache.'.length), bind(fn)]))
}

const FUNCTIONS = pdkFunctions.filter(({ name }) => name.startsWith('cache.'))

function plainArguments(args: readonly HostValue[]): readonly unknown[] {
  return args.map(argument)
}

function argument(value: HostValue): unknown {
  if (!isLuaFunction(value)) return plainData(value)
  return (...args: readonly HostValue[]): unknown => {
    const [found, problem] = (value as LuaFunction).call(...args)
    if (found === undefined && problem !== undefined) throw new Error(String(problem))
    return plainData(found)
  }
}

/** Fields that one value takes in the list of `get_bulk`: key, options, load and its argument. */
const BULK_FIELDS = 4
const MAX_BULK = 1000

/** `{ key, options, load, argument, key, …, n = 2 }`. What Lua calls with a colon comes first. */
function bulkArguments(args: readonly HostValue[]): readonly unknown[] {
  const [bulk] = args.filter((one) => !isCacheTable(one))
  if (typeof bulk !== 'object' || bulk === null || isLuaFunction(bulk)) return [undefined]
  const fields = bulk as Readonly<Record<string, HostValue>>
  const count = fields.n
  if (typeof count !== 'number' || !(count >= 0) || count > MAX_BULK) {
    throw new Error(`bulk.n must be a number between 0 and ${MAX_BULK}`)
  }
  return [Array.from({ length: count }, (_, i) => bulkRequest(fields, i * BULK_FIELDS))]
}

/** The cache itself comes as what a table of functions is outside Lua. */
function isCacheTable(value: HostValue): boolean {
  return typeof value === 'object' && value !== null && 'safe_set' in value
}

function bulkRequest(fields: Readonly<Record<string, HostValue>>, before: number): CacheRequest {
  const [key, times, load, arg] = [1, 2, 3, 4].map((at) => argument(fields[String(before + at)]))
  // The cache checks what they are.
  return { key, times, load, args: [arg] } as CacheRequest
}

/** `{ value, problem, nil, value, …, n = 2 }`: three fields for each. */
function bulkResults([answers]: readonly unknown[], name: string): ReturnType<HostFunction> {
  if (!Array.isArray(answers)) return luaValues([answers], name)
  const table = new Map<string | number, HostValue>([['n', answers.length]])
  for (const [i, { value, error }] of (answers as readonly CacheAnswer[]).entries()) {
    table.set(i * 3 + 1, plainData(value)).set(i * 3 + 2, error)
  }
  return table
}
