import type { FunctionPhase, PhaseFunctionEngine } from '@postern/pre-function'
import { functionErrors } from './errors.ts'
import type { LuaFunctionsOptions } from './lua-functions.ts'
import { type KnownLanguage, languageOf, problemOf } from './function-language.ts'
import type { JavaScriptHost } from './javascript-host.ts'
import { luaProblemOf } from './lua-problem.ts'
import { createPhaseJavaScript } from './phase-javascript.ts'
import { createPhaseLua } from './phase-lua.ts'

/** What the engine of pre-function and post-function is made with. */
export interface PhaseEngineOptions {
  readonly lua: LuaFunctionsOptions
  readonly host: JavaScriptHost
  /** Milliseconds for one call. Undefined: as the language has it. */
  readonly timeoutMs?: number | undefined
}

/**
 * Makes the engine of pre-function and post-function: Lua runs in this process, JavaScript and
 * TypeScript in a process of their own. Checking starts nothing.
 */
export function createPhaseEngine({
  lua,
  host,
  timeoutMs,
}: PhaseEngineOptions): PhaseFunctionEngine {
  const { mode } = lua
  const compileLua = createPhaseLua(lua, timeoutMs)
  const compileJavaScript = createPhaseJavaScript(host, timeoutMs)
  return {
    check(source, phase) {
      const language = languageOf(source, 'auto')
      if (language === 'lua') return luaProblemOf(source)
      return (
        refusal(language, phase) ?? problemOf(source, language, { mode, modules: host.modules })
      )
    },
    compile(source, options) {
      const language = languageOf(source, 'auto')
      if (language === 'lua') return compileLua(source, options)
      const refused = refusal(language, options.phase)
      if (refused !== undefined) throw functionErrors.PHASE(refused)
      return compileJavaScript(source, options, language)
    },
  }
}

/** Pieces of a body cannot wait for another process, and before a certificate there is no request. */
function refusal(language: KnownLanguage, phase: FunctionPhase): string | undefined {
  if (phase !== 'body_filter' && phase !== 'certificate') return undefined
  const name = language === 'typescript' ? 'TypeScript' : 'JavaScript'
  return `${name} cannot run in ${phase}: only Lua can. Use another phase, or write it in Lua`
}
