import { runPhase } from '@postern/plugin-runtime'
import type { RequestContext } from './request-context.ts'

/** What nginx logs for a client that has gone before its answer. */
const CLIENT_CLOSED_REQUEST = 499

/**
 * Ends a request once the client has everything or has gone: what is under way for it is given up,
 * and the log phase runs.
 */
export function endRequest(ctx: RequestContext, finished: boolean): void {
  if (ctx.closed) return
  ctx.closed = true
  // No further handler of the phase that is running begins.
  ctx.interrupted = true
  if (!finished) {
    ctx.upstream?.abort()
    if (!ctx.response.headSent) ctx.response.status = CLIENT_CLOSED_REQUEST
  }
  // A phase that waits would go on as if it were the log phase: log waits for it.
  if (!ctx.isWaiting) enterLog(ctx)
}

/** Runs the log phase. Nothing comes after it. */
export function enterLog(ctx: RequestContext): void {
  void runPhase(ctx, 'log')
}
