import type { LuaHttp } from './host/lua-http.ts'
import type { HostValue } from './host/host-value.ts'
import { waitingNames } from './host/waiting-names.ts'

/** How Lua runs. */
export interface LuaOptions {
  /**
   * `sandbox` (default): what Kong's sandbox offers. `on`: all of Lua 5.1 with `io`, `os`, `load`
   * and `require` of files. Both are charged and neither can catch the end of its budget.
   */
  readonly mode?: 'sandbox' | 'on'
  /**
   * Modules a sandboxed chunk may `require`, by exact name. Default: `resty.template`,
   * `kong.tools.utils`, `cjson`, `cjson.safe`. Mode `on` may require every module.
   */
  readonly requires?: readonly string[]
  /**
   * Names of mode `on` that this sandbox has too: `setmetatable`, `loadstring`. A dotted name gives
   * a table with nothing else: `debug.traceback`.
   */
  readonly extraGlobals?: readonly string[]
  /** Globals besides Lua's own: plain objects become tables, functions become functions. */
  readonly globals?: Readonly<Record<string, HostValue>>
  /** Takes what `print` and `io.write` write, a line or a piece at a time. Default: nothing is printed. */
  readonly print?: (text: string) => void
  /**
   * Steps a call may use, about 10 ns each, or a function that tells it for the call that begins.
   * Default 1,000,000; at most 1,000,000,000.
   */
  readonly fuel?: number | (() => number)
  /** Bytes a call may allocate, garbage included. Default 32 MiB; at most 1 GiB. */
  readonly memory?: number
  /** Where mode `on` looks for modules: file names with `?` in place of the module. Default: none. */
  readonly packagePath?: readonly string[]
  /** Errors of host functions that Lua must not catch, such as the signal that ends a phase. */
  readonly isSignal?: (error: unknown) => boolean
  /** Sends the requests of `resty.http`. Default: there is no such module. */
  readonly http?: LuaHttp
}

/** What the options mean once defaults are in. */
export interface Settings {
  readonly isOpen: boolean
  readonly requires: ReadonlySet<string>
  readonly extraGlobals: ReadonlySet<string>
  readonly globals: Readonly<Record<string, HostValue>>
  readonly print: (text: string) => void
  readonly fuel: () => number
  readonly memory: number
  readonly packagePath: readonly string[]
  readonly isSignal: (error: unknown) => boolean
  readonly http: LuaHttp | undefined
  /** Names of functions that wait; empty where nothing does. */
  readonly waitingNames: ReadonlySet<string>
}

const DEFAULT_REQUIRES = ['resty.template', 'kong.tools.utils', 'cjson', 'cjson.safe']
const DEFAULT_FUEL = 1_000_000
const DEFAULT_MEMORY = 32 * 1024 * 1024
const MAX_FUEL = 1_000_000_000
const MAX_MEMORY = 1024 * 1024 * 1024

export function readOptions(options: LuaOptions): Settings {
  return {
    isOpen: options.mode === 'on',
    requires: new Set(options.requires ?? DEFAULT_REQUIRES),
    extraGlobals: new Set(options.extraGlobals ?? []),
    globals: options.globals ?? {},
    print: options.print ?? (() => {}),
    fuel: fuelOf(options.fuel ?? DEFAULT_FUEL),
    memory: within(options.memory ?? DEFAULT_MEMORY, MAX_MEMORY),
    packagePath: options.packagePath ?? [],
    isSignal: options.isSignal ?? (() => false),
    http: options.http,
    waitingNames: waitingNames(options.globals ?? {}),
  }
}

function fuelOf(fuel: number | (() => number)): () => number {
  if (typeof fuel === 'function') return () => within(fuel(), MAX_FUEL)
  const steps = within(fuel, MAX_FUEL)
  return () => steps
}

/** Whole and not larger than what V8 keeps in a register. */
function within(value: number, most: number): number {
  return Math.max(1, Math.min(Math.trunc(value), most))
}
