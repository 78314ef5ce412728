import { DEFAULT_WORKSPACE } from '@postern/entities'
import {
  type HostFunction,
  type HostValue,
  type Lua,
  type LuaFunction,
  multi,
  takesUnsendable,
} from '@postern/lua'
import { isTruncated, type HeaderTable } from '@postern/pdk-response'
import { type PdkFunction, pdkFunctions, type UriCaptures } from '@postern/plugin-runtime'
import { VERSION } from '../version.ts'
import { exitArguments } from './exit-arguments.ts'
import { cacheTable } from './lua-cache.ts'
import { configurationTable } from './lua-configuration.ts'
import { DB_TABLE } from './lua-db.ts'
import { type LuaReach, mayCall } from './lua-endowments.ts'
import { luaHeaders } from './lua-headers.ts'
import { hiddenTable } from './lua-hidden.ts'
import { logTable } from './lua-log.ts'
import { stateTable } from './lua-state-table.ts'
import { tableTable } from './lua-table.ts'
import { tracingTable } from './lua-tracing.ts'
import { luaValues } from './lua-value.ts'
import { vaultTable } from './lua-vault.ts'
import { isLuaFunction, pdkArguments } from './pdk-argument.ts'
import type { PhaseCalls } from './phase-calls.ts'
import { plainData } from './plain-data.ts'

/**
 * The global `kong` of Lua functions in the phases of a request: the whole PDK under its Lua names,
 * with the second return values of Kong.
 *
 * Made once and shared by all chunks. With `strict`, what reaches beyond the request is not there:
 * `kong.cache` and `kong.vault`.
 *
 * @param lua what the chunks run in, for the functions that are written in Lua
 */
export function createPhaseLuaKong(calls: PhaseCalls, reach: LuaReach, lua: () => Lua): HostValue {
  const kong: Tree = {}
  for (const fn of pdkFunctions) {
    if (fn.reach !== 'request' || LEFT_OUT.test(fn.name) || !mayCall(reach, fn.name)) continue
    place(kong, fn.name, bind(fn, calls))
  }
  return {
    ...kong,
    ...(reach === 'strict' ? {} : beyondTheRequest(calls, reach, lua)),
    ...(reach === 'on' ? {} : { licensing: hiddenTable('kong.licensing') }),
    log: logTable(calls),
    table: tableTable(lua),
    tracing: tracingTable(calls),
    ctx: {
      shared: stateTable(() => calls.kong('ctx.shared').ctx.shared),
      plugin: stateTable(() => calls.kong('ctx.plugin').ctx.plugin),
    },
    configuration: configurationTable(() => calls.kong('configuration').configuration),
    version: VERSION,
    version_num: versionNumber(VERSION),
    default_workspace: DEFAULT_WORKSPACE.id,
  }
}

function beyondTheRequest(
  calls: PhaseCalls,
  reach: LuaReach,
  lua: () => Lua,
): Readonly<Record<string, HostValue>> {
  return {
    cache: cacheTable(calls, reach),
    db: DB_TABLE,
    vault: vaultTable(calls, reach, lua),
  }
}

interface Tree {
  [name: string]: Tree | HostFunction
}

/** What has a table of its own, and what kong-pdk has for JavaScript alone. */
const LEFT_OUT = /^(?:(?:log|configuration|table|tracing)(?:\.|$)|nginx\.[gs]et_ctx$)/

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
  if (fn.name === 'service.set_target_retry_callback') return retryCallback(fn, calls)
  const answer = ANSWERS.get(fn.name) ?? luaValues
  return (...args) => answer(call(pdkArguments(fn.name, args)), fn.name)
}

/** Functions that end the phase. */
const LEAVING: ReadonlySet<string> = new Set(['response.exit', 'response.error'])

/** The callback runs when the phase is over, as a call of its own: `return 'host', 8080`. */
function retryCallback(fn: PdkFunction, calls: PhaseCalls): HostFunction {
  return (given) => {
    const running = calls.running(`kong.${fn.name}`)
    const call = { ...running, owner: running.kong.plugin.getId() }
    const next = (): { readonly host: string; readonly port: number } | undefined =>
      calls.during(call, () => {
        const [host, port] = (given as LuaFunction).call()
        return host === undefined ? undefined : { host: String(host), port: Number(port) }
      })
    return luaValues(fn.call(call.kong, [isLuaFunction(given) ? next : given]), fn.name)
  }
}

type Answer = (results: readonly unknown[], name: string) => ReturnType<HostFunction>

/** Where Lua sees something else than the data. */
const ANSWERS: ReadonlyMap<string, Answer> = new Map([
  ['request.get_headers', headersOf],
  ['response.get_headers', headersOf],
  ['service.response.get_headers', headersOf],
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
