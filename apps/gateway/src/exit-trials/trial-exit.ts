import type { ExitReason } from '@postern/exit-transformer'

/** Values by name; a list stands for several lines or arguments of the same name. */
export type TrialValues = Readonly<Record<string, string | readonly string[]>>

/** The request that a trial pretends to answer. What is absent is a plain `GET http://localhost/`. */
export interface TrialRequest {
  /** The request id that functions see. */
  readonly id?: string
  readonly method?: string
  readonly scheme?: 'http' | 'https'
  readonly host?: string
  /** Begins with `/`; may have a query behind it. */
  readonly path?: string
  readonly query?: TrialValues
  readonly headers?: TrialValues
}

/** Name and id of an entity, as functions see them; a text is the name. */
export type TrialEntity = string | { readonly id?: string; readonly name?: string | null }

/**
 * An answer that goes into functions, as plain data: what a gateway keeps of its last exits, what a
 * file of tests says, and what the Admin API takes.
 *
 * `reason` alone is enough where it is one of Postern's own: the rest is as the gateway answers.
 */
export interface TrialExit {
  /** 200 to 599. */
  readonly status?: number
  /** An object or array, or text; text may be JSON. null and absent: no body. */
  readonly body?: string | object | null
  /** What the exit itself sets. */
  readonly headers?: Readonly<Record<string, string | number | boolean | readonly string[]>>
  /** For example `key-auth.no_key` or `router.no_route`. */
  readonly reason?: ExitReason
  readonly source?: 'exit' | 'error'
  readonly phase?: string
  /** The Plugin that answered. */
  readonly plugin?: string
  readonly message?: string
  readonly request?: TrialRequest
  readonly route?: TrialEntity
  readonly service?: TrialEntity
  readonly consumer?: TrialEntity
}
