import {
  type HostFunction,
  hostTable,
  type HostValue,
  multi,
  takesUnsendable,
  Unsendable,
} from '@postern/lua'
import { isTruncated, type HeaderTable } from '@postern/pdk-response'
import {
  type Kong,
  type PdkFunction,
  pdkFunctions,
  type UriCaptures,
} from '@postern/plugin-runtime'
import { VERSION } from '../version.ts'
import { exitArguments } from './exit-arguments.ts'
import { luaHeaders } from './lua-headers.ts'
import { stateTable } from './lua-state-table.ts'
import { luaValueOf } from './lua-value.ts'
import { pdkArgument } from './pdk-argument.ts'
import type { PhaseCalls } from './phase-calls.ts'
import { plainData } from './plain-data.ts'

/**
 * The global `kong` of Lua functions in the phases of a request: the whole PDK under its Lua names,
 * with the second return values of Kong.
 *
 * Made once and shared by all chunks. What reaches beyond the request (`kong.cache`, `kong.vault`)
 * is not there, and neither is what takes or answers more than data.
 */
export function createPhaseLuaKong(calls: PhaseCalls): HostValue {
  const kong: Tree = {}
  for (const fn of pdkFunctions) {
    if (fn.reach === 'request' && !LEFT_OUT.test(fn.name)) place(kong, fn.name, bind(fn, calls))
  }
  return {
    ...kong,
    log: logTable(calls),
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
 * `kong.log` and `kong.configuration` are tables of their own below. The others would be given a
 * function, an object with methods, or a table to change, and all that passes here is data.
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
  const answer = ANSWERS.get(fn.name) ?? valuesOf
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

function valuesOf(results: readonly unknown[], name: string): ReturnType<HostFunction> {
  const [first] = results
  if (first instanceof Promise) {
    // Whoever else waits for it meets the same failure.
    first.catch(() => undefined)
    return multi(undefined, `kong.${name} would have to wait, which Lua cannot`)
  }
  return results.length <= 1 ? luaValueOf(first) : multi(...results.map(luaValueOf))
}

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
  if (body instanceof Promise) return valuesOf(results, name)
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
    return valuesOf(results, name)
  }
  return plainData(withoutNulls(entity))
}

function withoutNulls(value: unknown): unknown {
  if (typeof value !== 'object' || value === null) return value
  if (Array.isArray(value) || value instanceof Uint8Array) return value
  const entries = Object.entries(value).filter(([, one]) => one !== null && one !== undefined)
  return Object.fromEntries(entries.map(([key, one]) => [key, withoutNulls(one)]))
}

const LOG_FUNCTIONS = pdkFunctions.filter(
  ({ name }) => /^log\.[a-z_]+$/.test(name) && name !== 'log.new' && name !== 'log.set_format',
)

/** `kong.log` is a function for the level notice, with the levels as its fields. */
function logTable(calls: PhaseCalls): HostValue {
  const log = (fn: PdkFunction): HostFunction => {
    return (...values) => luaValueOf(fn.call(calls.kong('log'), values.map(logValue))[0])
  }
  const fields = LOG_FUNCTIONS.map((fn) => [fn.name.slice('log.'.length), log(fn)] as const)
  return hostTable({
    call: (...values) => calls.kong('log').log(...values.map(logValue)),
    fields: { ...Object.fromEntries(fields), inspect: inspectTable(calls) },
  })
}

function inspectTable(calls: PhaseCalls): HostValue {
  const inspect = (): Kong['log']['inspect'] => calls.kong('log.inspect').log.inspect
  return hostTable({
    call: (...values) => inspect()(...values),
    fields: { on: () => inspect().on(), off: () => inspect().off() },
  })
}

function logValue(value: HostValue | Unsendable): unknown {
  if (value instanceof Uint8Array) return Buffer.from(value).toString('latin1')
  return value === null ? 'userdata: NULL' : value
}

function versionNumber(version: string): number {
  const [major = 0, minor = 0, patch = 0] = version.split('.').map((part) => Number.parseInt(part))
  return major * 1_000_000 + minor * 1_000 + patch
}
