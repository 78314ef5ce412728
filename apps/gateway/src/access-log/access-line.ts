import type { Consumer, Route, Service } from '@postern/entities'
import type { RequestContext } from '../request-context.ts'
import { isoTime } from './iso-time.ts'
import { jsonText } from './json-text.ts'

/** What a line is made of: the parts of a request's context that it tells. */
export type LoggedRequest = Pick<
  RequestContext,
  | 'route'
  | 'service'
  | 'consumer'
  | 'exit'
  | 'serviceResponse'
  | 'tries'
  | 'proxiedAtMs'
  | 'answeredAtMs'
  | 'isDelivered'
> & {
  readonly request: Pick<
    RequestContext['request'],
    | 'id'
    | 'clientAddress'
    | 'method'
    | 'scheme'
    | 'host'
    | 'rawPath'
    | 'httpVersion'
    | 'headers'
    | 'startedAtMs'
  >
  readonly response: Pick<RequestContext['response'], 'status'>
  readonly exchange: Pick<RequestContext['exchange'], 'bytesRead' | 'bytesWritten'>
}

/** Longest text of a client that is told, in UTF-16 units; the rest of it is cut off. */
export const MAX_TEXT = 2048

/**
 * One request as a line of JSON, line feed included. What there is nothing to tell of is left out.
 *
 * Put together by hand: a JSON.stringify of the same fields takes several times as long, and pino
 * adds a fifth to the cost of a whole request. Neither the query nor the fragment is told, of the
 * referer as well: they carry keys.
 */
export function accessLine(ctx: LoggedRequest, nowMs: number): string {
  const { request, response, exchange } = ctx
  const { headers, startedAtMs } = request
  const userAgent = headers.get('user-agent')
  const referer = headers.get('referer')
  return (
    `{"time":"${isoTime(startedAtMs)}","request_id":"${request.id}"` +
    `,"client_ip":${jsonText(request.clientAddress)}` +
    `,"method":${jsonText(cut(request.method))},"scheme":"${request.scheme}"` +
    `,"host":${jsonText(cut(request.host))},"path":${jsonText(cut(request.rawPath))}` +
    `,"http_version":"${request.httpVersion}","status":${response.status}` +
    (ctx.isDelivered ? '' : ',"incomplete":true') +
    `,"request_bytes":${exchange.bytesRead},"response_bytes":${exchange.bytesWritten}` +
    latencies(ctx, nowMs - startedAtMs) +
    entitiesOf(ctx) +
    exitOf(ctx) +
    upstreamOf(ctx) +
    (userAgent === undefined ? '' : `,"user_agent":${jsonText(cut(userAgent))}`) +
    (referer === undefined ? '' : `,"referer":${jsonText(cut(withoutQuery(referer)))}`) +
    '}\n'
  )
}

function cut(text: string): string {
  return text.length <= MAX_TEXT ? text : text.slice(0, MAX_TEXT)
}

function withoutQuery(url: string): string {
  const end = url.search(/[?#]/)
  return end < 0 ? url : url.slice(0, end)
}

/** The Service has the time until the head of its response, the gateway the rest, as in Kong. */
function latencies({ proxiedAtMs, answeredAtMs }: LoggedRequest, ms: number): string {
  const total = Math.max(0, ms)
  if (answeredAtMs === 0) return `,"total_ms":${total},"kong_ms":${total}`
  const upstream = Math.max(0, answeredAtMs - proxiedAtMs)
  return `,"total_ms":${total},"kong_ms":${Math.max(0, total - upstream)},"upstream_ms":${upstream}`
}

function entitiesOf({ route, service, consumer }: LoggedRequest): string {
  return (
    (route === undefined ? '' : textOf(route, 'route', route.name)) +
    (service === undefined ? '' : textOf(service, 'service', service.name)) +
    (consumer === undefined ? '' : textOf(consumer, 'consumer', consumer.username))
  )
}

/** Entities never change, so the text of one is made at its first request. */
const textOfEntity = new WeakMap<Route | Service | Consumer, string>()

function textOf(
  entity: Route | Service | Consumer,
  word: string,
  name: string | null | undefined,
): string {
  let text = textOfEntity.get(entity)
  if (text === undefined) {
    const named = typeof name === 'string' ? `,"${word}":${jsonText(name)}` : ''
    text = `${named},"${word}_id":${jsonText(entity.id)}`
    textOfEntity.set(entity, text)
  }
  return text
}

function exitOf({ exit }: LoggedRequest): string {
  if (exit === undefined) return ''
  const plugin = exit.plugin === undefined ? '' : `,"exit_plugin":${jsonText(exit.plugin)}`
  return `,"exit_reason":${jsonText(cut(exit.reason))}${plugin}`
}

function upstreamOf({ tries, serviceResponse }: LoggedRequest): string {
  const last = tries.at(-1)
  if (last === undefined) return ''
  const address = last.ip.includes(':') ? `[${last.ip}]:${last.port}` : `${last.ip}:${last.port}`
  return (
    `,"upstream":${jsonText(address)}` +
    (tries.length > 1 ? `,"tries":${tries.length}` : '') +
    (serviceResponse === undefined ? '' : `,"upstream_status":${serviceResponse.status}`)
  )
}
