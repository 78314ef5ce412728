import { coreExit } from './core-exits.ts'
import { exitWith, exitWithoutBody } from './exit-with.ts'
import type { RequestContext } from './request-context.ts'

/** Answers a request that could not be read, that breaks a rule of HTTP, or that goes no further. */
export function refuseRequest(ctx: RequestContext): void {
  if (ctx.problem !== undefined) {
    // What follows on the connection cannot be trusted to begin where it should.
    ctx.response.headers.set('Connection', 'close')
    exitWith(ctx, { ...ctx.problem, kind: 'unexpected' })
  } else if (isForUs(ctx)) exitWithoutBody(ctx, LAST_HOP)
}

/** RFC 9110, 7.6.2: an OPTIONS that may be forwarded no more asks about the way, and not the Service. */
function isForUs({ request }: RequestContext): boolean {
  return request.method === 'OPTIONS' && request.headers.get('max-forwards') === '0'
}

const LAST_HOP = coreExit('request.max_forwards')
