import { randomBytes, randomUUID } from 'node:crypto'
import { checkInteger } from '../library/arguments.ts'
import { tableFunctions } from '../library/table.ts'
import type { LoadSource } from '../library/load.ts'
import type { ModuleMaker } from '../library/require.ts'
import type { Settings } from '../options.ts'
import { allocateString, spend, uncharged } from '../runtime/budget.ts'
import { decodeLossy } from '../host/utf8.ts'
import { callFirst } from '../runtime/call.ts'
import { enterCallback, leaveNative } from '../runtime/protect.ts'
import { tableOf, type LuaTable } from '../runtime/table.ts'
import type { Callable, LuaValue } from '../runtime/value.ts'
import { createNgxRe } from '../regex/ngx-re.ts'
import { createBase64 } from './base64.ts'
import { createCjson } from './cjson.ts'
import { KONG_TOOLS_UTILS } from './kong-tools-utils.ts'
import { KONG_TOOLS } from './kong-tools.ts'
import { NGX_RE_MODULE } from './ngx-re-module.ts'
import { createRestyHttp } from './resty-http.ts'
import { createTemplate } from './resty-template.ts'

export interface ModuleParts {
  readonly settings: Settings
  readonly load: LoadSource
  /** For sources of ours: compiled once for all chunks. */
  readonly loadOwn: LoadSource
  /** The chunk's globals. */
  readonly globals: LuaTable
}

/** The modules of this package, made for a chunk when it first requires them. */
export function moduleMakers(parts: ModuleParts): ReadonlyMap<string, ModuleMaker> {
  const { settings, load, loadOwn, globals } = parts
  const print = (text: string): void => settings.print(decodeLossy(text))
  const made = new Map<string, LuaValue>()
  const one = (name: string): LuaValue => {
    const value = made.get(name) ?? makers.get(name)?.()
    made.set(name, value)
    return value
  }
  const written = (name: string, source: string, ...given: LuaValue[]): LuaValue =>
    runOwn(loadOwn, { name, source }, given)
  const requireOurs: Callable = (name) => one(String(name))
  const tools = Object.entries(KONG_TOOLS).map(([name, source]) => {
    return [name, () => written(name, source, one('kong.tools.utils'), requireOurs)] as const
  })
  const makers = new Map<string, ModuleMaker>([
    ['cjson', () => createCjson(false)],
    ['cjson.safe', () => createCjson(true)],
    ['kong.tools.utils', () => written('kong.tools.utils', KONG_TOOLS_UTILS, hostFunctions())],
    ['resty.template', () => createTemplate({ load, print, globals })],
    ['base64', () => createBase64(false)],
    ['ngx.base64', () => createBase64(true)],
    ['ngx.re', () => written('ngx.re', NGX_RE_MODULE, createNgxRe())],
    ...TABLE_MODULES.map((name) => [`table.${name}`, () => tableFunctions[name]] as const),
    ...tools,
  ])
  if (settings.http !== undefined) {
    const { http, isSignal } = settings
    makers.set('resty.http', () => createRestyHttp({ http, isSignal }))
  }
  return makers
}

/** What OpenResty's LuaJIT has as modules that are functions: `require "table.clear"`. */
const TABLE_MODULES = ['clear', 'clone', 'isarray', 'isempty', 'new', 'nkeys'] as const

/** Compiling a source of ours is nobody's budget; what it runs may be functions that the chunk replaced. */
function runOwn(
  load: LoadSource,
  { name, source }: { readonly name: string; readonly source: string },
  given: readonly LuaValue[],
): LuaValue {
  const main = uncharged(() => load(source, name)())
  const depth = enterCallback()
  const value = callFirst(main, ...given)
  leaveNative(depth)
  return value
}

/** Asking the system for random bytes. */
const RANDOM_STEPS = 60

function hostFunctions(): LuaTable {
  return tableOf({
    random_bytes: (...args) => {
      const count = Math.max(0, checkInteger(args[0], 1, 'get_random_bytes', args.length))
      allocateString(count)
      spend(RANDOM_STEPS)
      return randomBytes(count).toString('latin1')
    },
    random_string: () => {
      spend(RANDOM_STEPS)
      return randomBytes(24).toString('base64url')
    },
    uuid: () => {
      spend(RANDOM_STEPS)
      return randomUUID()
    },
  })
}
