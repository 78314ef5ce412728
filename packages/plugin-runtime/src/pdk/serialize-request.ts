import { type Consumer, DEFAULT_WORKSPACE, type Route, type Service } from '@postern/entities'
import { headerTable, type HeaderTable, sourceOf } from '@postern/pdk-response'
import type { UpstreamTry } from '../log-facts.ts'
import type { PhaseContext } from '../phase-context.ts'
import { applyLogValues } from './log-values.ts'
import { parseArgs, type QueryTable } from './query-args.ts'

/** A request as a log line tells it, under Kong's names. Plugins may add to it. */
export interface SerializedRequest {
  readonly request: {
    readonly id: string
    readonly method: string
    readonly uri: string
    readonly url: string
    readonly querystring: QueryTable
    readonly headers: HeaderTable
    /** Bytes. */
    readonly size?: number
    readonly tls?: {
      readonly version: string
      readonly cipher: string
      readonly client_verify: string
    }
  }
  readonly response: {
    readonly status: number
    readonly headers: HeaderTable
    /** Bytes. */
    readonly size?: number
  }
  /** Path and query that the Service was asked for; empty when it was not. */
  readonly upstream_uri: string
  /** Empty when the Service did not answer. */
  readonly upstream_status: string
  /** Milliseconds. */
  readonly latencies: {
    /** In the gateway itself. */
    readonly kong: number
    /** Until the head of the Service's response came; -1 when it did not. */
    readonly proxy: number
    /** From the first byte to the last. */
    readonly request: number
    /** From that head to the last byte. */
    readonly receive: number
  }
  readonly tries?: readonly UpstreamTry[]
  readonly authenticated_entity?: { readonly id: unknown; readonly consumer_id: unknown }
  readonly route?: Route
  readonly service?: Service
  readonly consumer?: Consumer
  readonly client_ip: string
  /** Milliseconds since 1970. */
  readonly started_at: number
  readonly source: 'upstream' | 'kong'
  /** There is just one. A UUID. */
  readonly workspace: string
  readonly workspace_name: 'default'
  readonly [added: string]: unknown
}

/**
 * Tells everything about a request that belongs into a log line.
 *
 * @throws POSTERN_PLUGIN_ARGUMENT_INVALID for a value that a plugin added
 * @see Kong Gateway docs, PDK reference, "kong.log.serialize"
 */
export function serializeRequest(ctx: PhaseContext): SerializedRequest {
  const { request, response, route, service, consumer } = ctx
  const { tries, responseBytes } = ctx.logFacts()
  const line: SerializedRequest = {
    request: requestOf(ctx),
    upstream_uri: response.proxied ? upstreamUri(ctx) : '',
    upstream_status: String(ctx.serviceResponse?.status ?? ''),
    response: {
      status: response.status,
      headers: headerTable(response.headers, ctx.settings.maxHeaders),
      ...(responseBytes !== undefined && { size: responseBytes }),
    },
    latencies: latenciesOf(ctx),
    ...(tries !== undefined && { tries }),
    ...authenticatedOf(ctx),
    ...(route !== undefined && { route }),
    ...(service !== undefined && { service }),
    ...(consumer !== undefined && { consumer }),
    client_ip: request.clientAddress,
    started_at: request.startedAtMs,
    source: sourceOf(response) === 'service' ? 'upstream' : 'kong',
    workspace: DEFAULT_WORKSPACE.id,
    workspace_name: DEFAULT_WORKSPACE.name,
  }
  return ctx.logValues === undefined ? line : applyLogValues(line, ctx.logValues)
}

function requestOf(ctx: PhaseContext): SerializedRequest['request'] {
  const { request } = ctx
  const { requestBytes } = ctx.logFacts()
  return {
    id: request.id,
    method: request.method,
    uri: request.target,
    url: `${request.scheme}://${request.host}:${request.port}${request.target}`,
    querystring: parseArgs(request.rawQuery, ctx.requestLimits.maxQueryArgs),
    headers: redacted(headerTable(request.headers, MAX_HEADERS)),
    ...(requestBytes !== undefined && { size: requestBytes }),
    ...tlsOf(ctx),
  }
}

/** Kong: as many as `kong.request.get_headers` lists. */
const MAX_HEADERS = 100

const SECRET_HEADERS = ['authorization', 'proxy-authorization']

function redacted(headers: HeaderTable): HeaderTable {
  for (const name of SECRET_HEADERS) if (headers[name] !== undefined) headers[name] = 'REDACTED'
  return headers
}

function tlsOf({ request, clientVerify }: PhaseContext): Pick<SerializedRequest['request'], 'tls'> {
  const { tls } = request
  if (tls === undefined) return {}
  const { version, cipher } = tls
  return { tls: { version, cipher, client_verify: clientVerify ?? tls.clientVerify } }
}

function upstreamUri({ upstreamRequest: { path, query } }: PhaseContext): string {
  return query === '' ? path : `${path}?${query}`
}

/** What the Service takes is its own; the rest of the time is ours. */
function latenciesOf(ctx: PhaseContext): SerializedRequest['latencies'] {
  const { startedAtMs } = ctx.request
  const { finishedAtMs = Date.now(), proxiedAtMs = 0, answeredAtMs = 0 } = ctx.logFacts()
  const request = Math.max(0, finishedAtMs - startedAtMs)
  if (proxiedAtMs === 0 || answeredAtMs === 0)
    return { kong: request, proxy: -1, request, receive: 0 }
  const proxy = Math.max(0, answeredAtMs - proxiedAtMs)
  const receive = Math.max(0, finishedAtMs - answeredAtMs)
  return { kong: Math.max(0, request - proxy), proxy, request, receive }
}

/** A credential tells whose it is in one way or the other. */
function authenticatedOf({
  credential,
  consumer,
}: PhaseContext): Pick<SerializedRequest, 'authenticated_entity'> {
  if (credential === undefined) return {}
  const owner = credential.consumer as { readonly id?: unknown } | null | undefined
  const consumerId = credential.consumer_id ?? owner?.id ?? consumer?.id
  return { authenticated_entity: { id: credential.id, consumer_id: consumerId } }
}
