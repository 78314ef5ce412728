import { CONFIG_KEYS } from '../config/config-keys.ts'
import type { FunctionSettings } from './function-engine.ts'

/** Which part of `kong` and `ngx` Lua functions see. */
export type LuaReach = 'strict' | 'sandbox' | 'lax' | 'on'

/** What a Lua function can reach besides the language. */
export interface LuaEndowments {
  readonly reach: LuaReach
  /** Modules that may be required. */
  readonly requires: readonly string[]
  /** Names of Lua's own globals that the sandbox has besides. */
  readonly environment: readonly string[]
  /** Where mode `on` looks for files of modules. */
  readonly packagePath?: readonly string[]
}

/** The settings that say what Lua functions can reach. */
export type LuaSettings = Pick<
  FunctionSettings,
  'untrusted_functions' | 'untrusted_lua_sandbox_requires' | 'untrusted_lua_sandbox_environment'
> &
  Partial<Pick<FunctionSettings, 'lua_package_path'>>

/**
 * What `untrusted_functions` gives Lua functions.
 *
 * As in Kong, `strict` and `lax` are fixed sets: only `sandbox` is extended by the two settings of
 * that name. `strict` has modules that only compute, and of `kong` what concerns the request;
 * `lax` has the `kong.cache` of the plugins besides. Kong's lax has the network too, which no
 * sandbox of ours has.
 */
export function luaEndowments(settings: LuaSettings): LuaEndowments {
  const { untrusted_functions: setting } = settings
  if (setting === 'strict' || setting === 'lax') {
    return { reach: setting, requires: HARMLESS_MODULES, environment: [] }
  }
  return {
    reach: setting === 'on' ? 'on' : 'sandbox',
    requires: settings.untrusted_lua_sandbox_requires,
    environment: settings.untrusted_lua_sandbox_environment,
    ...(setting === 'on' && { packagePath: packagePathOf(settings) }),
  }
}

/** The settings that say where Lua functions require files from. */
export type PackageSettings = Pick<LuaSettings, 'untrusted_functions' | 'lua_package_path'>

/**
 * Names of files with `?` for a module; none where functions require no files. As in Lua, `;;` stands
 * for the default. Relative names start at the current folder.
 */
export function packagePathOf(settings: PackageSettings): string[] {
  const { untrusted_functions: setting, lua_package_path: path = '' } = settings
  if (setting !== 'on') return []
  const whole = path.replaceAll(';;', () => `;${CONFIG_KEYS.lua_package_path.default}`)
  return whole.split(';').filter((pattern) => pattern !== '')
}

/** Of the modules that Kong lists for strict, those that there are. `resty.template` is not listed. */
const HARMLESS_MODULES: readonly string[] = [
  'base64',
  'cjson',
  'cjson.safe',
  'kong.tools.cjson',
  'kong.tools.http',
  'kong.tools.json',
  'kong.tools.rand',
  'kong.tools.string',
  'kong.tools.table',
  'kong.tools.time',
  'kong.tools.timestamp',
  'kong.tools.uri',
  'kong.tools.utils',
  'kong.tools.uuid',
  'kong.tools.yield',
  'ngx.base64',
  'ngx.re',
  'pl.stringx',
  'pl.tablex',
  'table.clear',
  'table.clone',
  'table.isarray',
  'table.isempty',
  'table.new',
  'table.nkeys',
]

/** Kong's list for strict, in names below `kong`. */
const STRICT_KONG =
  /^(?:request|response|router|log|table|tracing|service\.request|client\.tls)(?:\.|$)|^client\.(?:get_|authenticate)|^service\.response\.get_|^telemetry\.log$|^node\.get_(?:id|hostname)$/

/** Whether functions see a function of the PDK, by its name below `kong`. */
export function mayCall(reach: LuaReach, name: string): boolean {
  return reach !== 'strict' || STRICT_KONG.test(name)
}

/** Parts of `ngx` that answer the client or tell of the process; Kong's strict has neither. */
const NOT_IN_STRICT: ReadonlySet<string> = new Set([
  'eof',
  'exit',
  'flush',
  'print',
  'redirect',
  'say',
  'worker',
])

/** The entries of `ngx` that functions see. */
export function visibleNgx<T>(
  reach: LuaReach,
  entries: Readonly<Record<string, T>>,
): Readonly<Record<string, T>> {
  if (reach !== 'strict') return entries
  return Object.fromEntries(Object.entries(entries).filter(([name]) => !NOT_IN_STRICT.has(name)))
}
