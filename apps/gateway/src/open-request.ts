import { isHost } from '@postern/http1'
import { HeaderList } from '@postern/pdk-response'
import type { RequestFacts } from '@postern/plugin-runtime'
import { normalizePath } from '@postern/router'
import { BAD_HOST, checkLine, type RequestProblem } from './check-request.ts'
import { checkPath } from './check-path.ts'
import { type FieldFacts, fieldFactsOf, hostWithoutPort } from './field-facts.ts'
import type { GatewayCore } from './gateway.ts'
import { limitBody } from './limit-body.ts'
import type { Exchange, Refusal } from './listener/listener.ts'
import { RequestContext } from './request-context.ts'
import { newRequestId } from './request-id.ts'
import { tlsFactsOf } from './tls/tls-facts.ts'

/** Makes the one context of a request and pins the current Snapshot to it. */
export function openRequest(
  gateway: GatewayCore,
  exchange: Exchange,
  refusal: Refusal | undefined,
): RequestContext {
  const { snapshot, settings, log } = gateway
  const { client_max_body_size: maxBytes, client_request_timeout: timeoutMs } = gateway.config
  const requestBody = limitBody(exchange, { maxBytes, timeoutMs })
  const target = splitTarget(exchange.target)
  const fields = fieldFactsOf(gateway, exchange)
  const problem = refusal === undefined ? problemIn(exchange, target, fields) : problemOf(refusal)
  return new RequestContext({
    gateway,
    snapshot,
    exchange,
    requestBody,
    problem,
    fields: target.host === undefined ? fields : undefined,
    request: requestFacts(gateway, exchange, target, fields),
    chains: snapshot.plugins,
    node: snapshot.node,
    log,
    settings,
    requestLimits: gateway.requestLimits,
    phaseTimeoutMs: gateway.config.plugin_timeout_ms,
  })
}

/** The request as plugins see it. */
function requestFacts(
  gateway: GatewayCore,
  { connection, method, target, httpVersion }: Exchange,
  { path, query, host }: Target,
  fields: FieldFacts,
): RequestFacts {
  const { peerAddress, peerPort, localPort } = connection
  const headers = HeaderList.over(fields)
  if (host !== undefined) headers.set('Host', host)
  return {
    id: newRequestId(),
    method,
    target,
    rawPath: path,
    rawQuery: query,
    path: normalizePath(path),
    httpVersion: httpVersion === '1.0' ? 1 : 1.1,
    scheme: connection.scheme,
    host: host === undefined ? fields.plainHost : hostWithoutPort(host),
    port: gateway.publicPort(localPort),
    headers,
    peerAddress,
    peerPort,
    clientAddress: fields.clientAddress,
    clientPort: peerPort,
    localPort,
    startedAtMs: Date.now(),
    sni: connection.serverName,
    tls: tlsFactsOf(connection),
  }
}

/**
 * The host of an absolute target takes the place of the header, so it is held to the same; and it is
 * never empty (RFC 9110, 4.2.1).
 */
function problemIn(
  exchange: Exchange,
  { host, path }: Target,
  fields: FieldFacts,
): RequestProblem | undefined {
  if (host !== undefined && (/^(?::|$)/.test(host) || !isHost(host))) return BAD_HOST
  return checkLine(exchange) ?? fields.problem ?? checkPath(path)
}

function problemOf(refusal: Refusal): RequestProblem {
  return {
    status: refusal.status,
    reason: REASON_OF_STATUS.get(refusal.status) ?? 'request.malformed',
  }
}

const REASON_OF_STATUS = new Map([
  [408, 'request.timeout'],
  [413, 'request.too_large'],
  [414, 'request.target_too_long'],
  [431, 'request.headers_too_large'],
  [501, 'request.coding_unknown'],
  [505, 'request.bad_version'],
])

interface Target {
  readonly path: string
  readonly query: string
  /** The host of an absolute target, which counts instead of the header (RFC 9112, 3.2.2). */
  readonly host: string | undefined
}

const ABSOLUTE = /^https?:\/\/([^/?#]*)/i

function splitTarget(target: string): Target {
  if (target.startsWith('/')) return splitQuery(target, undefined)
  const match = ABSOLUTE.exec(target)
  if (match === null) return splitQuery(target, undefined)
  const rest = target.slice(match[0].length)
  return splitQuery(rest.startsWith('/') ? rest : `/${rest}`, match[1])
}

function splitQuery(target: string, host: string | undefined): Target {
  const at = target.indexOf('?')
  return at < 0
    ? { path: target, query: '', host }
    : { path: target.slice(0, at), query: target.slice(at + 1), host }
}
