import type { ExitFunctionContext } from '@postern/exit-transformer'
import { type HostFunction, hostTable, type HostValue, multi } from '@postern/lua'
import { type PdkFunction, pdkFunctions, snakeCase } from '@postern/plugin-runtime'
import { VERSION } from '../version.ts'
import { luaValueOf } from './lua-value.ts'
import { plainData } from './plain-data.ts'
import type { CallStack } from './running-call.ts'

/**
 * The global `kong` of Lua functions: every function of the PDK over the request that is running,
 * `kong.exit` (why there is an answer), `kong.ctx`, `kong.configuration`, `kong.version`.
 *
 * Made once and shared by all chunks. `kong.response.exit` and `error` are there and refuse: an
 * answer is changed by returning one.
 */
export function createLuaKong(calls: CallStack): HostValue {
  const kong: Tree = {}
  for (const fn of pdkFunctions) {
    if (fn.reach === 'request' && !LEFT_OUT.has(fn.name)) place(kong, fn.name, bind(fn, calls))
  }
  return {
    ...kong,
    exit: exitTable(calls),
    ctx: { shared: stateTable(calls, 'shared'), plugin: stateTable(calls, 'plugin') },
    configuration: hostTable({
      get: (key) => luaValueOf(calls.current?.kong?.configuration[key]),
    }),
    version: VERSION,
    version_num: versionNumber(VERSION),
  }
}

interface Tree {
  [name: string]: Tree | HostFunction
}

/**
 * Left out: a table of the host cannot be called, so `kong.log` is only a namespace (its function is
 * `kong.log.notice`) and `kong.log.inspect` only a function; and a table that a function of the host
 * is given is a copy, so clearing it would do nothing.
 */
const LEFT_OUT: ReadonlySet<string> = new Set([
  'log',
  'log.inspect.on',
  'log.inspect.off',
  'table.clear',
])

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
const HARMLESS = /(?:^|\.)(?:get|is|load)_\w+$|^table\.|^log\.(?!set_)/

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
    return valuesOf(fn.call(kong, args), fn.name)
  }
}

function valuesOf(results: readonly unknown[], name: string): HostValue | ReturnType<typeof multi> {
  const [first] = results
  if (first instanceof Promise) {
    // Lua cannot wait. Whoever else reads the body meets the same failure.
    first.catch(() => undefined)
    return multi(undefined, `kong.${name} would have to wait, which Lua cannot`)
  }
  if (results.length <= 1) return luaValueOf(first)
  return multi(...results.map(luaValueOf))
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

/**
 * `kong.ctx.shared` or `kong.ctx.plugin`. Tables are copied in both directions: to change one that
 * is kept there, read it, change it and write it back.
 */
function stateTable(calls: CallStack, which: 'shared' | 'plugin'): HostValue {
  const state = () => calls.kong(`ctx.${which}`).ctx[which]
  return hostTable({
    get: (key) => luaValueOf(state()[key]),
    set: (key, value) => {
      const running = calls.current
      if (running?.isShadow === true) return
      if (value === undefined) delete state()[key]
      else state()[key] = plainData(value)
    },
  })
}

function versionNumber(version: string): number {
  const [major = 0, minor = 0, patch = 0] = version.split('.').map((part) => Number.parseInt(part))
  return major * 1_000_000 + minor * 1_000 + patch
}
