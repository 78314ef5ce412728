import { exitWith } from './exit-with.ts'
import type { RequestContext } from './request-context.ts'
import { renderOver } from './transform-exit.ts'

/**
 * Logs a fault of ours and makes a 500 of it, which tells the client nothing. Answers false when
 * the head has gone, so that nothing can be said any more.
 */
export function exitUnexpectedly(ctx: RequestContext, error: unknown): boolean {
  const text = error instanceof Error ? (error.stack ?? error.message) : typeof error
  ctx.log.crit(`request ${ctx.request.id} failed in ${ctx.phase}: ${text}`)
  if (ctx.response.headSent) return false
  exitWith(ctx, { status: 500, reason: 'gateway.failure', kind: 'unexpected' })
  renderOver(ctx)
  return true
}
