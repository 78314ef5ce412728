import { HeaderList } from '@postern/pdk-response'
import { coreExit } from './core-exits.ts'
import { exitWith } from './exit-with.ts'
import type { RequestContext } from './request-context.ts'
import { renderOver } from './transform-exit.ts'

/**
 * Logs a fault of ours and makes a 500 of it, which tells the client nothing. Answers false when
 * nothing can be said any more: the head has gone, or the 500 has failed as well.
 */
export function exitUnexpectedly(ctx: RequestContext, error: unknown): boolean {
  const text = error instanceof Error ? (error.stack ?? error.message) : typeof error
  ctx.log.crit(`request ${ctx.request.id} failed in ${ctx.phase}: ${text}`)
  if (ctx.response.headSent || ctx.hasFailed) return false
  ctx.hasFailed = true
  // One of these may be what could not be written.
  ctx.response.headers = new HeaderList()
  exitWith(ctx, coreExit('gateway.failure'))
  renderOver(ctx)
  return true
}
