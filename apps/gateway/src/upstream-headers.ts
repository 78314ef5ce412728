import { PreparedFields } from '@postern/http1'
import { HeaderList } from '@postern/pdk-response'
import type { RequestFacts } from '@postern/plugin-runtime'
import {
  ownRequestHeaders,
  type RequestHeaderFacts,
  type SaidOfRequest,
  sharedRequestHeaders,
} from '@postern/proxy'
import type { GatewayCore } from './gateway.ts'
import type { Exchange } from './listener/listener.ts'

/**
 * The headers that a request for a Service begins with, before plugins add theirs: what is about the
 * client's connection is left out, and what a Service should know of it is put in.
 *
 * Host and X-Forwarded-Prefix depend on the Route, and are set when the request is sent.
 */
export function upstreamHeaders(
  gateway: GatewayCore,
  exchange: Exchange,
  request: RequestFacts,
): HeaderList {
  const host = request.headers.get('host')
  const facts: RequestHeaderFacts = {
    upstreamHost: host ?? '',
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
    via: gateway.via,
    upgrade: exchange.canUpgrade,
  }
  const shared = sharedWith(exchange, request, facts)
  return HeaderList.over(shared.block, ownRequestHeaders(shared.said, facts))
}

/** What the requests of a connection have in common while they repeat their fields. */
class SharedHeaders {
  readonly block: PreparedFields
  readonly said: SaidOfRequest

  constructor(block: PreparedFields, said: SaidOfRequest) {
    this.block = block
    this.said = said
  }
}

function sharedWith(
  { memo }: Exchange,
  { target, headers }: RequestFacts,
  facts: RequestHeaderFacts,
): { readonly block: { readonly raw: readonly string[] }; readonly said: SaidOfRequest } {
  // The host of an absolute target has taken the place of the one among the fields.
  const isOfFields = target.startsWith('/')
  if (memo !== undefined && isOfFields && memo.value instanceof SharedHeaders) return memo.value
  const { raw, said } = sharedRequestHeaders(headers.toRaw(), facts)
  if (memo === undefined || !isOfFields) return { block: { raw }, said }
  const shared = new SharedHeaders(new PreparedFields(raw), said)
  memo.value = shared
  return shared
}
