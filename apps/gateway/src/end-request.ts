import { runPhase } from '@postern/plugin-runtime'
import type { RequestContext } from './request-context.ts'

/** What nginx logs for a client that has gone before its answer. */
const CLIENT_CLOSED_REQUEST = 499

/** Runs the log phase, once the client has everything or has gone. */
export function endRequest(ctx: RequestContext, finished: boolean): void {
  ctx.closed = true
  if (!finished) {
    ctx.upstream?.abort()
    if (!ctx.response.headSent) ctx.response.status = CLIENT_CLOSED_REQUEST
  }
  void runPhase(ctx, 'log')
}
