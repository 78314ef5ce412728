import { runPhase } from '@postern/plugin-runtime'
import { accessLine } from './access-log/access-line.ts'
import { endWaits } from './functions/request-waits.ts'
import type { RequestContext } from './request-context.ts'

/** What nginx logs for a client that has gone before its answer. */
const CLIENT_CLOSED_REQUEST = 499

/**
 * Ends a request once the client has everything or has gone: what is under way for it is given up,
 * the log phase runs, and the request is counted and logged.
 */
export function endRequest(ctx: RequestContext, finished: boolean): void {
  if (ctx.closed) return
  ctx.closed = true
  ctx.isDelivered = finished
  // No further handler of the phase that is running begins.
  ctx.interrupted = true
  if (!finished) {
    ctx.upstream?.abort()
    if (!ctx.response.headSent) ctx.response.status = CLIENT_CLOSED_REQUEST
  }
  // Functions that wait must not go on for nobody.
  if (ctx.isWaiting && !finished) endWaits(ctx.kong)
  // A phase that waits would go on as if it were the log phase: log waits for it.
  if (!ctx.isWaiting) enterLog(ctx)
}

/** Runs the log phase, counts the request and writes its line. Nothing comes after it. */
export function enterLog(ctx: RequestContext): void {
  const { metrics, accessLog } = ctx.gateway
  const nowMs = Date.now()
  void runPhase(ctx, 'log')
  metrics.count(ctx, nowMs)
  if (accessLog !== undefined) accessLog.write(accessLine(ctx, nowMs))
}
