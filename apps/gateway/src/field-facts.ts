import { PreparedFields } from '@postern/http1'
import { type FieldBlock, HeaderList } from '@postern/pdk-response'
import {
  type ConnectionHeaderFacts,
  type SaidOfRequest,
  sharedRequestHeaders,
} from '@postern/proxy'
import type { SaidByFields } from './access-log/access-line.ts'
import { checkFields, type RequestProblem } from './check-request.ts'
import { clientAddressOf } from './client-address.ts'
import type { GatewayCore } from './gateway.ts'
import type { Exchange } from './listener/listener.ts'

/**
 * What is worked out about the header fields of a request, whatever its target is. Done once while a
 * connection repeats its fields.
 */
export class FieldFacts implements FieldBlock {
  /** The fields as received. */
  readonly raw: readonly string[]
  readonly problem: RequestProblem | undefined
  /** Host in lower case, without the port. */
  readonly plainHost: string
  readonly clientAddress: string
  /** What the Service gets of the fields. Set when it is first asked for. */
  shared: SharedHeaders | undefined = undefined
  /** What the access log says of the fields. Set when it is first asked for. */
  logged: SaidByFields | undefined = undefined

  constructor(gateway: GatewayCore, exchange: Exchange) {
    this.raw = exchange.rawHeaders
    const headers = HeaderList.over(this)
    this.problem = checkFields(exchange, gateway.config.client_max_body_size)
    this.plainHost = hostWithoutPort(headers.get('host'))
    this.clientAddress = clientAddressOf(gateway, exchange.connection.peerAddress, headers)
  }
}

/** The fields of a request for a Service that do not depend on its first line. */
export interface SharedHeaders {
  readonly block: FieldBlock
  readonly said: SaidOfRequest
}

/** The facts about the fields of a request. */
export function fieldFactsOf(gateway: GatewayCore, exchange: Exchange): FieldFacts {
  const { memo } = exchange
  if (memo?.value instanceof FieldFacts) return memo.value
  const facts = new FieldFacts(gateway, exchange)
  if (memo !== undefined) memo.value = facts
  return facts
}

/** The fields as a Service gets them. Written where the engine can send what is written. */
export function sharedHeadersOf(
  facts: FieldFacts,
  exchange: Exchange,
  connection: ConnectionHeaderFacts,
): SharedHeaders {
  if (facts.shared !== undefined) return facts.shared
  const shared = sharedRequestHeaders(exchange.rawHeaders, connection)
  const block = exchange.memo === undefined ? shared : new PreparedFields(shared.raw)
  facts.shared = { block, said: shared.said }
  return facts.shared
}

/** Host in lower case, without its port. */
export function hostWithoutPort(host: string | undefined): string {
  if (host === undefined) return ''
  const bracket = host.lastIndexOf(']')
  const colon = host.indexOf(':', bracket < 0 ? 0 : bracket)
  return (colon < 0 ? host : host.slice(0, colon)).toLowerCase()
}
