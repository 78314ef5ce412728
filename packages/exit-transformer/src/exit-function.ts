import type { ExitReason } from './exit-reason.ts'

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

/** The headers argument of an exit: what it sets itself, names as they were written. */
export type ExitFunctionHeaders = Readonly<Record<string, unknown>>

/**
 * What a function answers: nothing for unchanged, `[status, body, headers]`, or an object in which
 * what is absent stays and `null` removes.
 */
export type ExitFunctionAnswer =
  | undefined
  | void
  | readonly []
  | readonly [
      status?: number | null | undefined,
      body?: unknown,
      headers?: ExitFunctionHeaders | null | undefined,
    ]
  | {
      readonly status?: number | null | undefined
      /** A string, an object or an array; `null` removes it. */
      readonly body?: unknown
      readonly headers?: ExitFunctionHeaders | null | undefined
    }

/**
 * A function that an operator writes: the type for a file that exit-transformer is given, and for
 * functions of your own program.
 *
 * `body` is a decoded object or array, another string, or undefined, so check it before you index
 * it; or say what you expect where you expect it: `(status, body: { message?: string } | undefined)`
 * fits. `body` and `headers` are copies: changing them changes nothing but what is answered.
 *
 * @example
 * import type { ExitFunction } from '@postern/exit-transformer'
 *
 * const friendly: ExitFunction = (status, body, headers, exit) => {
 *   if (exit.reason === 'key-auth.no_key') return { body: { error: 'Who are you?' } }
 * }
 * export default friendly
 */
export type ExitFunction = ExitFunctions['run']

/** A method and not a function type, so that a function may narrow the type of its body. */
interface ExitFunctions {
  run(
    status: number,
    body: unknown,
    headers: Record<string, unknown> | undefined,
    exit: ExitFunctionContext,
  ): ExitFunctionAnswer | Promise<ExitFunctionAnswer>
}
