import { HeaderList } from '@postern/pdk-response'
import type { RequestFacts } from '@postern/plugin-runtime'
import { ownRequestHeaders, type RequestHeaderFacts, requestHeaders } from '@postern/proxy'
import { type FieldFacts, sharedHeadersOf } from './field-facts.ts'
import type { GatewayCore } from './gateway.ts'
import type { Exchange } from './listener/listener.ts'

/**
 * The headers that a request for a Service begins with, before plugins add theirs: what is about the
 * client's connection is left out, and what a Service should know of it is put in.
 *
 * Host and X-Forwarded-Prefix depend on the Route, and are set when the request is sent.
 *
 * @param fields absent where the target says another host than they
 */
export function upstreamHeaders(
  gateway: GatewayCore,
  exchange: Exchange,
  request: RequestFacts,
  fields: FieldFacts | undefined,
): HeaderList {
  const host = request.headers.get('host')
  const facts: RequestHeaderFacts = {
    upstreamHost: host ?? '',
    method: request.method,
    preserveHost: true,
    host,
    peerAddress: request.peerAddress,
    clientAddress: request.clientAddress,
    trusted: gateway.isTrusted(request.peerAddress),
    scheme: request.scheme,
    port: request.port,
    path: request.rawPath,
    prefix: '',
    requestId: gateway.sendsRequestId ? request.id : undefined,
    via: exchange.httpVersion === '1.0' ? gateway.viaOfOldClient : gateway.via,
    upgrade: exchange.canUpgrade,
  }
  if (fields === undefined) {
    return HeaderList.over({ raw: requestHeaders(request.headers.toRaw(), facts) })
  }
  const { block, said } = sharedHeadersOf(fields, exchange, facts)
  return HeaderList.over(block, ownRequestHeaders(said, facts))
}
