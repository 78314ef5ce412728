import { type HostFunction, hostTable, type HostValue, multi, takesUnsendable } from '@postern/lua'
import { isTruncated, type HeaderTable } from '@postern/pdk-response'
import { type PdkFunction, pdkFunctions, type UriCaptures } from '@postern/plugin-runtime'
import { VERSION } from '../version.ts'
import { exitArguments } from './exit-arguments.ts'
import { cacheTable } from './lua-cache.ts'
import { DB_TABLE } from './lua-db.ts'
import { hasCache, type LuaReach, mayCall } from './lua-endowments.ts'
import { luaHeaders } from './lua-headers.ts'
import { hiddenTable } from './lua-hidden.ts'
import { logTable } from './lua-log.ts'
import { stateTable } from './lua-state-table.ts'
import { tracingTable } from './lua-tracing.ts'
import { luaValueOf, luaValues } from './lua-value.ts'
import { pdkArgument } from './pdk-argument.ts'
import type { PhaseCalls } from './phase-calls.ts'
import { plainData } from './plain-data.ts'

/**
 * The global `kong` of Lua functions in the phases of a request: the whole PDK under its Lua names,
 * with the second return values of Kong.
 *
 * Made once and shared by all chunks. `kong.vault` is not there, and `kong.cache` only for `lax` and
 * `on`, because they reach beyond the request.
 */
export function createPhaseLuaKong(calls: PhaseCalls, reach: LuaReach): HostValue {
  const kong: Tree = {}
  for (const fn of pdkFunctions) {
    if (fn.reach !== 'request' || LEFT_OUT.test(fn.name) || !mayCall(reach, fn.name)) continue
    place(kong, fn.name, bind(fn, calls))
  }
  return {
    ...kong,
    ...(hasCache(reach) ? { cache: cacheTable(calls) } : {}),
    ...(reach === 'strict' ? {} : { db: DB_TABLE }),
    ...(reach === 'on' ? {} : { licensing: hiddenTable('kong.licensing') }),
    log: logTable(calls),
    tracing: tracingTable(calls),
    ctx: {
      shared: stateTable(() => calls.kong('ctx.shared').ctx.shared),
      plugin: stateTable(() => calls.kong('ctx.plugin').ctx.plugin),
    },
    configuration: hostTable({
      get: (key) => luaValueOf(calls.kong('configuration').configuration[key]),
    }),
    version: VERSION,
    version_num: versionNumber(VERSION),
  }
}

interface Tree {
  [name: string]: Tree | HostFunction
}

/**
 * `kong.log`, `kong.configuration` and `kong.tracing` are tables of their own. The others would be
 * given a function, an object with methods, or a table to change, and all that passes here is data.
 */
const LEFT_OUT =
  /^(?:(?:log|configuration|tracing)(?:\.|$)|table\.clear$|nginx\.[gs]et_ctx$|service\.set_(?:target_retry_callback|tls_cert_key|tls_verify_store)$)/

function place(tree: Tree, path: string, fn: HostFunction): void {
  const steps = path.split('.')
  const name = steps.pop() as string
  let at = tree
  for (const step of steps) at = (at[step] ??= {}) as Tree
  at[name] = fn
}

function bind(fn: PdkFunction, calls: PhaseCalls): HostFunction {
  const call = (args: readonly unknown[]) => fn.call(calls.kong(fn.name), args)
  if (LEAVING.has(fn.name)) {
    return takesUnsendable((...args) => void call(exitArguments(args, fn.name)))
  }
  const answer = ANSWERS.get(fn.name) ?? luaValues
  return (...args) => answer(call(args.map(pdkArgument)), fn.name, calls)
}

/** Functions that end the phase. */
const LEAVING: ReadonlySet<string> = new Set(['response.exit', 'response.error'])

type Answer = (
  results: readonly unknown[],
  name: string,
  calls: PhaseCalls,
) => ReturnType<HostFunction>

/** Where Lua sees something else than the data. */
const ANSWERS: ReadonlyMap<string, Answer> = new Map([
  ['request.get_headers', headersOf],
  ['response.get_headers', headersOf],
  ['service.response.get_headers', headersOf],
  ['request.get_body', withMime],
  ['request.get_uri_captures', capturesOf],
  ['client.get_consumer', entityOf],
  ['client.get_credential', entityOf],
  ['client.load_consumer', entityOf],
  ['router.get_route', entityOf],
  ['router.get_service', entityOf],
])

function headersOf([table]: readonly unknown[]): ReturnType<HostFunction> {
  const headers = table as HeaderTable
  const shown = luaHeaders(headers)
  return isTruncated(headers) ? multi(shown, 'truncated') : shown
}

/** The third value is the type that was read, also when reading failed. */
function withMime(
  results: readonly unknown[],
  name: string,
  calls: PhaseCalls,
): ReturnType<HostFunction> {
  const mime = knownType(calls.kong(name).request.getHeader('content-type'))
  const [body, failure] = results
  if (body instanceof Promise) return luaValues(results, name)
  return multi(luaValueOf(body), luaValueOf(failure), mime)
}

const BODY_TYPES = ['application/x-www-form-urlencoded', 'application/json', 'multipart/form-data']

function knownType(contentType: string | undefined): string | undefined {
  const lower = contentType?.trimStart().toLowerCase()
  return BODY_TYPES.find((type) => lower?.startsWith(type)) ?? contentType
}

/** Numbered from 0, which is all that matched. */
function capturesOf([captures]: readonly unknown[]): ReturnType<HostFunction> {
  const { unnamed, named } = captures as UriCaptures
  return { unnamed: new Map(unnamed.entries()), named: plainData(named) }
}

/** In Lua a field without a value is not there. */
function entityOf(results: readonly unknown[], name: string): ReturnType<HostFunction> {
  const [entity] = results
  if (typeof entity !== 'object' || entity === null || entity instanceof Promise) {
    return luaValues(results, name)
  }
  return plainData(withoutNulls(entity))
}

function withoutNulls(value: unknown): unknown {
  if (typeof value !== 'object' || value === null) return value
  if (Array.isArray(value) || value instanceof Uint8Array) return value
  const entries = Object.entries(value).filter(([, one]) => one !== null && one !== undefined)
  return Object.fromEntries(entries.map(([key, one]) => [key, withoutNulls(one)]))
}

function versionNumber(version: string): number {
  const [major = 0, minor = 0, patch = 0] = version.split('.').map((part) => Number.parseInt(part))
  return major * 1_000_000 + minor * 1_000 + patch
}
