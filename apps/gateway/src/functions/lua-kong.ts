import { DEFAULT_WORKSPACE } from '@postern/entities'
import type { ExitFunctionContext } from '@postern/exit-transformer'
import { type HostFunction, hostTable, type HostValue, type Lua } from '@postern/lua'
import { type PdkFunction, pdkFunctions, snakeCase } from '@postern/plugin-runtime'
import { VERSION } from '../version.ts'
import { cacheTable } from './lua-cache.ts'
import { configurationTable } from './lua-configuration.ts'
import { DB_TABLE } from './lua-db.ts'
import { type LuaReach, mayCall } from './lua-endowments.ts'
import { hiddenTable } from './lua-hidden.ts'
import { logTable } from './lua-log.ts'
import { stateTable } from './lua-state-table.ts'
import { tableTable } from './lua-table.ts'
import { tracingTable } from './lua-tracing.ts'
import { luaValueOf, luaValues } from './lua-value.ts'
import { vaultTable } from './lua-vault.ts'
import { pdkArguments } from './pdk-argument.ts'
import { plainData } from './plain-data.ts'
import type { CallStack } from './running-call.ts'

/**
 * The global `kong` of Lua functions: every function of the PDK over the request that is running,
 * `kong.exit` (why there is an answer), `kong.ctx`, `kong.configuration`, `kong.version`.
 *
 * Made once and shared by all chunks. `kong.response.exit` and `error` are there and refuse: an
 * answer is changed by returning one.
 *
 * @param lua what the chunks run in, for the functions that are written in Lua
 */
export function createLuaKong(calls: CallStack, reach: LuaReach, lua: () => Lua): HostValue {
  const kong: Tree = {}
  for (const fn of pdkFunctions) {
    if (fn.reach !== 'request' || LEFT_OUT.test(fn.name) || !mayCall(reach, fn.name)) continue
    place(kong, fn.name, bind(fn, calls))
  }
  return {
    ...kong,
    ...(reach === 'strict' ? {} : beyondTheRequest(calls, reach, lua)),
    ...(reach === 'on' ? {} : { licensing: hiddenTable('kong.licensing') }),
    log: logTable(calls, () => calls.current?.isShadow === true),
    table: tableTable(lua),
    tracing: tracingTable(calls),
    exit: exitTable(calls),
    ctx: { shared: ctxTable(calls, 'shared'), plugin: ctxTable(calls, 'plugin') },
    configuration: configurationTable(() => calls.current?.kong?.configuration),
    version: VERSION,
    version_num: versionNumber(VERSION),
    default_workspace: DEFAULT_WORKSPACE.id,
  }
}

function beyondTheRequest(
  calls: CallStack,
  reach: LuaReach,
  lua: () => Lua,
): Readonly<Record<string, HostValue>> {
  return {
    cache: cacheTable(calls, reach, () => calls.current?.isShadow === true),
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

/** Functions that end a phase. Here they would let a function answer past the others. */
const REFUSED: ReadonlySet<string> = new Set(['response.exit', 'response.error'])

/** Functions without effect on the request: a shadow may call them. */
const HARMLESS = /(?:^|\.)(?:get|is|load)_\w+$/

function bind(fn: PdkFunction, calls: CallStack): HostFunction {
  if (REFUSED.has(fn.name)) {
    return () => {
      throw new Error(`kong.${fn.name} cannot be called here: return the answer instead`)
    }
  }
  const isHarmless = HARMLESS.test(fn.name)
  return (...args) => {
    const kong = calls.kong(fn.name)
    if (calls.current?.isShadow === true && !isHarmless) return undefined
    return luaValues(fn.call(kong, pdkArguments(fn.name, args)), fn.name)
  }
}

const CONTEXT_NAMES: ReadonlyMap<string, keyof ExitFunctionContext> = new Map(
  (
    [
      'reason',
      'source',
      'phase',
      'plugin',
      'message',
      'requestId',
      'request',
      'route',
      'service',
      'consumer',
    ] as const
  ).flatMap((name) => [
    [name, name],
    [snakeCase(name), name],
  ]),
)

function exitTable(calls: CallStack): HostValue {
  return hostTable({
    // In Lua's spelling only: twice the same would be no help to who looks at all of it.
    keys: () => [...CONTEXT_NAMES.keys()].filter((name) => name === name.toLowerCase()),
    get: (key) => {
      const name = CONTEXT_NAMES.get(String(key))
      const context = calls.current?.context
      if (name === undefined || context === undefined) return undefined
      const value = context[name]
      return name === 'request' ? requestData(context) : luaValueOf(value)
    },
  })
}

function requestData({ request }: ExitFunctionContext): HostValue {
  return plainData({ ...request, accept_language: request.acceptLanguage })
}

function ctxTable(calls: CallStack, which: 'shared' | 'plugin'): HostValue {
  const state = (): Record<string, unknown> => calls.kong(`ctx.${which}`).ctx[which]
  return stateTable(state, () => calls.current?.isShadow !== true)
}

function versionNumber(version: string): number {
  const [major = 0, minor = 0, patch = 0] = version.split('.').map((part) => Number.parseInt(part))
  return major * 1_000_000 + minor * 1_000 + patch
}
