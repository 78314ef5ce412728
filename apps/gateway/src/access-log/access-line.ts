import { flatText } from '@postern/http1'
import type { Consumer, Route, Service } from '@postern/entities'
import type { RequestContext } from '../request-context.ts'
import { isoTime } from './iso-time.ts'
import { escapeText } from './json-text.ts'

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
  /** Where what depends on the fields alone is kept. */
  readonly fields?: { logged: SaidByFields | undefined } | undefined
  readonly response: Pick<RequestContext['response'], 'status'>
  readonly exchange: Pick<RequestContext['exchange'], 'bytesRead' | 'bytesWritten'>
}

/** Longest text of a client that is told, in UTF-16 units; the rest of it is cut off. */
export const MAX_TEXT = 2048

/**
 * One request as a line of JSON, line feed included. What there is nothing to tell of is left out.
 * Neither the query nor the fragment is told, of the referer as well: they carry keys.
 *
 * Each piece is added to the line so far, and what depends on the header fields alone is written once
 * while a connection repeats them: JSON.stringify takes twice as long (bench/access-line.ts), and
 * leaves controls of terminals in.
 */
export function accessLine(ctx: LoggedRequest, nowMs: number): string {
  const { request, response, exchange } = ctx
  const { startedAtMs } = request
  const said = saidByFields(ctx)
  let line = `{"time":"${isoTime(startedAtMs)}","request_id":"${request.id}`
  line = line + said.head + escapeText(cut(request.method)) + '","path":"'
  line += escapeText(cut(request.rawPath))
  line += statusText(request.httpVersion, response.status)
  line = line + exchange.bytesRead + ',"response_bytes":' + exchange.bytesWritten
  line += ctx.isDelivered ? ',"total_ms":' : ',"incomplete":true,"total_ms":'
  line = addLatencies(line, ctx, Math.max(0, nowMs - startedAtMs))
  line = addEntities(line, ctx)
  line = addExit(line, ctx)
  line = addUpstream(line, ctx)
  return line + said.tail
}

/** The parts of a line that say what the header fields and the connection say. */
export interface SaidByFields {
  readonly head: string
  readonly tail: string
}

function saidByFields({ request, fields }: LoggedRequest): SaidByFields {
  if (fields?.logged !== undefined) return fields.logged
  const { headers, clientAddress, scheme, host } = request
  const said = {
    head: flatText(
      `","client_ip":"${escapeText(clientAddress)}","scheme":"${scheme}","host":"${escapeText(cut(host))}","method":"`,
    ),
    tail: flatText(
      `${member('user_agent', headers.get('user-agent'))}${member('referer', withoutQuery(headers.get('referer') ?? ''))}}\n`,
    ),
  }
  if (fields !== undefined) fields.logged = said
  return said
}

function member(name: string, value: string | undefined): string {
  return value === undefined || value === '' ? '' : `,"${name}":"${escapeText(cut(value))}"`
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
    text = flatText(`","http_version":"${httpVersion}","status":${status},"request_bytes":`)
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
    text = flatText(`${named},"${word}_id":"${escapeText(entity.id)}"`)
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
