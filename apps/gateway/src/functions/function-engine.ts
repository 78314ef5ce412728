import type { ExitFunctionEngine } from '@postern/exit-transformer'
import { checkReadyMade, compileReadyMade, isReadyMade } from '@postern/exit-transformer/ready-made'
import type { Log } from '@postern/plugin-runtime'
import type { PhaseFunctionEngine } from '@postern/pre-function'
import type { HostState, ModuleSources } from '@postern/sandbox'
import type { GatewayConfig } from '../config/gateway-config.ts'
import { functionErrors } from './errors.ts'
import { endowmentsFor } from './javascript-endowments.ts'
import { type KnownLanguage, languageOf, problemOf } from './function-language.ts'
import { createJavaScriptFunctions, type JavaScriptFunctions } from './javascript-functions.ts'
import { createJavaScriptHost } from './javascript-host.ts'
import { modulesFor } from './javascript-modules.ts'
import { luaEndowments } from './lua-endowments.ts'
import { createLuaFunctions, type LuaFunctionsOptions } from './lua-functions.ts'
import { createLuaNetwork } from './lua-network.ts'
import { createPhaseEngine } from './phase-engine.ts'

/** The settings that say what functions may do. */
export type FunctionSettings = Pick<
  GatewayConfig,
  'untrusted_functions' | 'untrusted_lua_sandbox_requires' | 'untrusted_lua_sandbox_environment'
> &
  Partial<
    Pick<
      GatewayConfig,
      | 'untrusted_javascript_sandbox_environment'
      | 'untrusted_javascript_sandbox_requires'
      | 'function_timeout_ms'
      | 'lua_package_path'
    >
  >

/** Compiles the functions of a configuration, in whichever language they are. */
export interface FunctionEngine extends ExitFunctionEngine {
  /** For pre-function and post-function. */
  readonly phases: PhaseFunctionEngine
  /** The processes of the JavaScript functions and their circuit breakers, where there are any. */
  hostState(): HostState | undefined
  /** Resolves when functions that are compiled can be called at once, or after `atMostMs`. */
  ready(atMostMs: number): Promise<void>
  /** Ends the process of the JavaScript functions and the connections of those in Lua. */
  close(): Promise<void>
}

/**
 * Makes the engine that the settings ask for.
 *
 * Nothing is started before a function is compiled, and checking never starts anything, so that a
 * process which only saves configurations can have one. The modules that functions may import are
 * read at once; functions compiled after `readModulesAgain` have those.
 *
 * @throws POSTERN_CONFIG_INVALID for modules that cannot be used
 */
export function createFunctionEngine(
  settings: FunctionSettings,
  { log }: { readonly log: Log },
): FunctionEngine {
  const mode = modeOf(settings.untrusted_functions)
  if (mode === 'off') return OFF
  const network = mode === 'on' ? createLuaNetwork() : undefined
  const luaOptions: LuaFunctionsOptions = { mode, ...luaEndowments(settings), network, log }
  const lua = createLuaFunctions(luaOptions)
  const modules = (): ModuleSources => modulesFor(settings)
  modules()
  const endowments = endowmentsFor(settings, log)
  const host = createJavaScriptHost({ mode, endowments, modules, log })
  const timeoutMs = settings.function_timeout_ms ?? undefined
  const javaScript: JavaScriptFunctions = createJavaScriptFunctions(host)
  return {
    phases: createPhaseEngine({ lua: luaOptions, host, timeoutMs }),
    ...(timeoutMs !== undefined && { timeoutMs }),
    check(source, asked) {
      if (isReadyMade(source)) return checkReadyMade(source)
      return problemOf(source, languageOf(source, asked), { mode, modules: modules() })
    },
    compile(source, options) {
      if (isReadyMade(source)) return compileReadyMade(source)
      const language: KnownLanguage = languageOf(source, options.language)
      if (language === 'lua') return lua(source, options)
      return javaScript.compile(source, options, language)
    },
    hostState: () => host.state(),
    ready: (atMostMs) => host.ready(atMostMs),
    close: async () => void (await Promise.all([host.close(), network?.close()])),
  }
}

/** Kong's later words mean a smaller and a larger sandbox: see `endowmentsFor` and `luaEndowments`. */
function modeOf(setting: FunctionSettings['untrusted_functions']): 'sandbox' | 'on' | 'off' {
  return setting === 'on' || setting === 'off' ? setting : 'sandbox'
}

/** Kong's text, then the name of the setting here. */
const OFF_TEXT =
  "loading of untrusted Lua code disabled because 'untrusted_lua' config option is set to 'off' " +
  "(for functions in any language: 'untrusted_functions' in postern.conf)"

/**
 * Refuses every source that is to be saved. Those saved before compile to functions that fail when
 * they are called, so that the setting does not keep the gateway from starting. Ready-made functions
 * are no sources of anybody: they go on.
 */
const OFF: FunctionEngine = {
  phases: { check: () => OFF_TEXT, compile: () => ({ needsBody: false, run: refuse }) },
  check: (source) => (isReadyMade(source) ? checkReadyMade(source) : OFF_TEXT),
  compile: (source) => (isReadyMade(source) ? compileReadyMade(source) : refuse),
  hostState: () => undefined,
  ready: async () => {},
  close: async () => {},
}

function refuse(): never {
  throw functionErrors.OFF(OFF_TEXT)
}
