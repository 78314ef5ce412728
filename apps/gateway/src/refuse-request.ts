import type { CoreReason } from './core-exits.ts'
import { exitWith } from './exit-with.ts'
import type { RequestContext } from './request-context.ts'

/** Answers a request that could not be read, that breaks a rule of HTTP, or that goes no further. */
export function refuseRequest(ctx: RequestContext): void {
  if (ctx.request.method === 'OPTIONS') answerLastHop(ctx)
  if (ctx.problem === undefined) return
  // What follows on the connection cannot be trusted to begin where it should.
  ctx.response.headers.set('Connection', 'close')
  exitWith(ctx, { ...ctx.problem, kind: 'unexpected' })
}

/** RFC 9110, 7.6.2: an OPTIONS that may be forwarded no more is for us, and says who is on the way. */
function answerLastHop(ctx: RequestContext): void {
  if (ctx.problem !== undefined || ctx.request.headers.get('max-forwards') !== '0') return
  ctx.exit = {
    status: 200,
    body: undefined,
    headers: undefined,
    source: 'exit',
    kind: 'unknown',
    reason: 'request.max_forwards' satisfies CoreReason,
    message: 'OK',
    phase: ctx.phase,
    plugin: undefined,
  }
}
