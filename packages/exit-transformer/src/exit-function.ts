import type { ExitAnswer } from './exit-answer.ts'
import type { ExitReason } from './exit-reason.ts'

/** What a function is given: the answer as it stands, its body decoded where it was JSON text. */
export interface ExitInput {
  readonly status: number
  /** Decoded JSON (object or array), another string, bytes that are not UTF-8, or undefined. */
  readonly body: unknown
  /** The headers argument of the exit, or undefined when it had none. */
  readonly headers: Readonly<Record<string, unknown>> | undefined
}

/** Name and id of an entity, as a function may see it. */
export interface EntityName {
  readonly id: string
  readonly name: string | null
}

/** The request that is being answered. Secrets in `headers` and `query` read `REDACTED`. */
export interface ExitRequest {
  readonly method: string
  readonly scheme: string
  readonly host: string
  /** Normalised, without the query. */
  readonly path: string
  readonly query: Readonly<Record<string, unknown>>
  /** Names in lower case. */
  readonly headers: Readonly<Record<string, unknown>>
  readonly accept: string | undefined
  readonly acceptLanguage: string | undefined
}

/** Why there is an answer at all: the fourth argument in JavaScript, `kong.exit` in Lua. */
export interface ExitFunctionContext {
  /** A code that never changes, for example `key-auth.no_key` or `router.no_route`. */
  readonly reason: ExitReason
  readonly source: 'exit' | 'error'
  readonly phase: string
  /** The Plugin that answered; undefined when the gateway itself did. */
  readonly plugin: string | undefined
  readonly message: string | undefined
  readonly requestId: string
  readonly request: ExitRequest
  readonly route: EntityName | undefined
  readonly service: EntityName | undefined
  readonly consumer: EntityName | undefined
}

/**
 * A user's function, made callable by an engine.
 *
 * It must not change its input: the engine hands a copy to the user's code. What it throws is
 * logged, and its input goes on. A `code` that ends in `_TIMEOUT`, `_KILLED` or `_BUDGET` is counted
 * as a kill, everything else as a failure.
 */
export type ExitFunction = (
  input: ExitInput,
  context: ExitFunctionContext,
  kong: unknown,
) => ExitAnswer | Promise<ExitAnswer>

/** Which language a source is in; `auto` tells by parsing. */
export type FunctionLanguage = 'auto' | 'lua' | 'javascript' | 'typescript'

/** How a source is to be compiled. */
export interface CompileOptions {
  /** What messages call the function, for example `exit-transformer[1]`. */
  readonly name: string
  readonly language: FunctionLanguage
  /** Milliseconds for one call. */
  readonly timeoutMs: number
  /** What the function does through `kong` is thrown away: for shadow mode. */
  readonly isShadow: boolean
}

/** Makes a function of a source without running it. Throws where the source does not compile. */
export type CompileExitFunction = (source: string, options: CompileOptions) => ExitFunction

/** Compiles only. Answers the message, with line and column, or undefined for a good source. */
export type CheckExitFunction = (source: string, language: FunctionLanguage) => string | undefined

/** What the plugin needs from outside: it knows no language itself. */
export interface ExitFunctionEngine {
  readonly compile: CompileExitFunction
  readonly check: CheckExitFunction
}
