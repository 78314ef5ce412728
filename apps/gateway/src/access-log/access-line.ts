import type { Consumer, Route, Service } from '@postern/entities'
import type { RequestContext } from '../request-context.ts'
import { isoTime } from './iso-time.ts'
import { escapeText, isPlain } from './json-text.ts'

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
 * Neither the query nor the fragment is told, of the referer as well: they carry keys.
 *
 * Each piece is added to the line so far, and all texts of a client are looked at in one go: a tenth
 * less than JSON.stringify takes (bench/access-line.ts), which leaves controls of terminals in.
 */
export function accessLine(ctx: LoggedRequest, nowMs: number): string {
  const { request, response, exchange } = ctx
  const { headers, startedAtMs, clientAddress } = request
  const method = cut(request.method)
  const host = cut(request.host)
  const path = cut(request.rawPath)
  const userAgent = cut(headers.get('user-agent') ?? '')
  const referer = cut(withoutQuery(headers.get('referer') ?? ''))
  const write = isPlain(clientAddress + method + host + path + userAgent + referer)
    ? asItIs
    : escapeText
  const began = `{"time":"${isoTime(startedAtMs)}","request_id":"${request.id}","client_ip":"`
  let line = began + write(clientAddress)
  line = line + '","method":"' + write(method)
  line += request.scheme === 'http' ? '","scheme":"http","host":"' : '","scheme":"https","host":"'
  line = line + write(host) + '","path":"' + write(path)
  line += statusText(request.httpVersion, response.status)
  line = line + exchange.bytesRead + ',"response_bytes":' + exchange.bytesWritten
  line += ctx.isDelivered ? ',"total_ms":' : ',"incomplete":true,"total_ms":'
  line = addLatencies(line, ctx, Math.max(0, nowMs - startedAtMs))
  line = addEntities(line, ctx)
  line = addExit(line, ctx)
  line = addUpstream(line, ctx)
  if (userAgent !== '') line = line + ',"user_agent":"' + write(userAgent) + '"'
  if (referer !== '') line = line + ',"referer":"' + write(referer) + '"'
  return line + '}\n'
}

function asItIs(text: string): string {
  return text
}

function cut(text: string): string {
  return text.length <= MAX_TEXT ? text : text.slice(0, MAX_TEXT)
}

function withoutQuery(url: string): string {
  const end = url.search(/[?#]/)
  return end < 0 ? url : url.slice(0, end)
}

/** What stands between the path and the bytes, by version and status. */
const textOfStatus = new Map<number, string>()

function statusText(httpVersion: number, status: number): string {
  // Whole numbers: a Map finds fractions several times slower.
  const key = httpVersion === 1.1 ? status : status + httpVersion * 1000
  let text = textOfStatus.get(key)
  if (text === undefined) {
    text = `","http_version":"${httpVersion}","status":${status},"request_bytes":`
    textOfStatus.set(key, text)
  }
  return text
}

/** The Service has the time until the head of its response, the gateway the rest, as in Kong. */
function addLatencies(
  line: string,
  { proxiedAtMs, answeredAtMs }: LoggedRequest,
  totalMs: number,
): string {
  if (answeredAtMs === 0) return line + totalMs + ',"kong_ms":' + totalMs
  const upstreamMs = Math.max(0, answeredAtMs - proxiedAtMs)
  const kongMs = Math.max(0, totalMs - upstreamMs)
  return line + totalMs + ',"kong_ms":' + kongMs + ',"upstream_ms":' + upstreamMs
}

function addEntities(start: string, { route, service, consumer }: LoggedRequest): string {
  let line = start
  if (route !== undefined) line += textOf(route, 'route', route.name)
  if (service !== undefined) line += textOf(service, 'service', service.name)
  if (consumer !== undefined) line += textOf(consumer, 'consumer', consumer.username)
  return line
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
    const named = typeof name === 'string' ? `,"${word}":"${escapeText(name)}"` : ''
    text = `${named},"${word}_id":"${escapeText(entity.id)}"`
    textOfEntity.set(entity, text)
  }
  return text
}

function addExit(line: string, { exit }: LoggedRequest): string {
  if (exit === undefined) return line
  const told = line + ',"exit_reason":"' + escapeText(cut(exit.reason)) + '"'
  return exit.plugin === undefined
    ? told
    : told + ',"exit_plugin":"' + escapeText(exit.plugin) + '"'
}

function addUpstream(start: string, { tries, serviceResponse }: LoggedRequest): string {
  const last = tries[tries.length - 1]
  if (last === undefined) return start
  const ip = escapeText(last.ip)
  let line = start + ',"upstream":"' + (ip.includes(':') ? `[${ip}]` : ip) + ':' + last.port + '"'
  if (tries.length > 1) line = line + ',"tries":' + tries.length
  if (serviceResponse !== undefined) line = line + ',"upstream_status":' + serviceResponse.status
  return line
}
