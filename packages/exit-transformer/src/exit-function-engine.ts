import type { ExitAnswer } from './exit-answer.ts'
import type { ExitFunctionContext } from './exit-function.ts'

/** What a function is given: the answer as it stands, its body decoded where it was JSON text. */
export interface ExitInput {
  readonly status: number
  /** Decoded JSON (object or array), another string, bytes that are not UTF-8, or undefined. */
  readonly body: unknown
  /** The headers argument of the exit, or undefined when it had none. */
  readonly headers: Readonly<Record<string, unknown>> | undefined
}

/**
 * A user's function, made callable by an engine.
 *
 * It must not change its input: the engine hands a copy to the user's code. What it throws is
 * logged, and its input goes on. A `code` that ends in `_TIMEOUT`, `_KILLED` or `_BUDGET` is counted
 * as a kill, everything else as a failure.
 *
 * `leftMs`, in milliseconds above 0, is what is left for all functions of the exit; nothing where
 * they have no limit. The engine ends the call after that, where its own deadline is later.
 */
export type CompiledExitFunction = (
  input: ExitInput,
  context: ExitFunctionContext,
  kong: unknown,
  leftMs?: number,
) => ExitAnswer | Promise<ExitAnswer>

/** Which language a source is in; `auto` tells by parsing. */
export type FunctionLanguage = 'auto' | 'lua' | 'javascript' | 'typescript'

/** How a source is to be compiled. */
export interface CompileOptions {
  /** What messages call the function, for example `exit-transformer[1]`. */
  readonly name: string
  readonly language: FunctionLanguage
  /** Milliseconds for one call, as long as that is left for all functions of an exit. */
  readonly timeoutMs: number
  /** The configuration it belongs to, as the plugin was given it; absent outside of the plugin. */
  readonly instance?: { readonly id: string }
  /** What the function does through `kong` is thrown away: for shadow mode. */
  readonly isShadow: boolean
}

/** Makes a function of a source without running it. Throws where the source does not compile. */
export type CompileExitFunction = (source: string, options: CompileOptions) => CompiledExitFunction

/** Compiles only. Answers the message, with line and column, or undefined for a good source. */
export type CheckExitFunction = (source: string, language: FunctionLanguage) => string | undefined

/** What the plugin needs from outside: it knows no language itself. */
export interface ExitFunctionEngine {
  readonly compile: CompileExitFunction
  readonly check: CheckExitFunction
  /** Milliseconds for one call of a function whose configuration does not say. Default 50. */
  readonly timeoutMs?: number
}
