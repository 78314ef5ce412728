import { errorExit } from '@postern/pdk-response'
import type { RequestContext } from './request-context.ts'

/** An answer of the gateway itself. */
export interface CoreExit {
  readonly status: number
  readonly reason: string
  /** Absent: the usual text of the status. */
  readonly message?: string
  readonly headers?: Readonly<Record<string, string>>
  /** `unknown`: no Route matched. `unexpected`: a failure, not a rule. */
  readonly kind?: 'ordinary' | 'unknown' | 'unexpected'
}

/**
 * Ends the request with an answer of the gateway itself, in the form that the client asks for.
 *
 * A rule (no Route, HTTPS wanted) answers as `kong.response.error` does; a failure answers as the
 * server does, whose form without an Accept header is `error_default_type`.
 */
export function exitWith(ctx: RequestContext, exit: CoreExit): void {
  const isFailure = exit.kind === 'unexpected'
  ctx.exit = errorExit(
    {
      status: exit.status,
      reason: exit.reason,
      ...(exit.message !== undefined && { message: exit.message }),
      ...(exit.headers !== undefined && { headers: exit.headers }),
      kind: exit.kind ?? 'ordinary',
      phase: ctx.phase,
      plugin: undefined,
      source: isFailure ? 'error' : 'exit',
      form: isFailure ? 'server' : 'pdk',
    },
    ctx,
  )
}

/** Ends the request with an answer that is all head. */
export function exitWithoutBody(ctx: RequestContext, exit: CoreExit): void {
  ctx.exit = {
    status: exit.status,
    body: undefined,
    headers: exit.headers,
    source: 'exit',
    kind: exit.kind ?? 'ordinary',
    reason: exit.reason,
    message: exit.message,
    phase: ctx.phase,
    plugin: undefined,
  }
}
