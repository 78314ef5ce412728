import { checkResponseHead } from './check-response-head.ts'
import { preparedOf } from './prepared-of.ts'
import { tellCharset } from './exit-charset.ts'
import type { RequestContext } from './request-context.ts'

/** Adds what the gateway says about itself and writes the head; from here on it is fixed. */
export function sendHead(ctx: RequestContext): void {
  const { response, request, gateway } = ctx
  const { headers } = response
  const tokens = gateway.headerTokens
  const now = Date.now()
  if (response.proxied) {
    if (tokens.server && ctx.serviceResponse === undefined) headers.set('Server', gateway.server)
    if (tokens.via) headers.set('Via', viaOf(ctx))
    const answeredAtMs = ctx.answeredAtMs || now
    if (tokens.upstreamLatency) {
      headers.set('X-Kong-Upstream-Latency', String(answeredAtMs - ctx.proxiedAtMs))
    }
    if (tokens.proxyLatency) {
      const ownMs = now - request.startedAtMs - (answeredAtMs - ctx.proxiedAtMs)
      headers.set('X-Kong-Proxy-Latency', String(Math.max(0, ownMs)))
    }
    if (tokens.upstreamStatus && ctx.serviceResponse !== undefined) {
      headers.set('X-Kong-Upstream-Status', String(ctx.serviceResponse.status))
    }
  } else {
    if (tokens.server) headers.set('Server', gateway.server)
    else headers.remove('Server')
    if (tokens.responseLatency) {
      headers.set('X-Kong-Response-Latency', String(now - request.startedAtMs))
    }
  }
  if (ctx.exit !== undefined) tellCharset(headers)
  if (tokens.requestId) headers.set('X-Kong-Request-Id', request.id)
  // A plugin may have made a 204 of a response that had a body.
  if (response.status === 204) headers.remove('Content-Length')
  // Both throw where a head cannot be sent: then nothing has left, and a 500 still can.
  const prepared = preparedOf(headers)
  const own = prepared === undefined ? headers.toRaw() : headers.own
  checkResponseHead(own, prepared)
  ctx.exchange.sendHead(response.status, own, prepared)
  response.headSent = true
}

/**
 * Kong: what a plugin did with Via does not count, as the way of a message is for no plugin to tell, and
 * our part says 1.1 whatever the Service has answered in.
 */
function viaOf({ gateway, serviceResponse }: RequestContext): string {
  const said = serviceResponse?.headers.getAll('via') ?? []
  return said.length === 0 ? gateway.via : `${said.join(', ')}, ${gateway.via}`
}
