import { exitWith } from './exit-with.ts'
import type { RequestContext } from './request-context.ts'

/** Answers a request that could not be read, or that breaks a rule of HTTP. */
export function refuseRequest(ctx: RequestContext): void {
  if (ctx.problem === undefined) return
  // What follows on the connection cannot be trusted to begin where it should.
  ctx.response.headers.set('Connection', 'close')
  exitWith(ctx, { ...ctx.problem, kind: 'unexpected' })
}
