import type { LuaHttpRequest } from '../host/lua-http.ts'
import { all, call } from '../runtime/call.ts'
import { allocateString, spend } from '../runtime/budget.ts'
import { numberText } from '../runtime/number-text.ts'
import { raise } from '../runtime/position.ts'
import { LuaTable } from '../runtime/table.ts'
import { toText } from '../runtime/to-text.ts'
import type { LuaValue } from '../runtime/value.ts'
import { defaultPort, type UriParts } from './parse-uri.ts'

/** Where a request goes. */
export type HttpAddress = Pick<
  LuaHttpRequest,
  'scheme' | 'host' | 'port' | 'isVerified' | 'serverName'
>

/** How long each part of it may take. */
export type HttpTimeouts = Pick<
  LuaHttpRequest,
  'connectTimeoutMs' | 'sendTimeoutMs' | 'readTimeoutMs'
>

interface HttpRequestParts {
  readonly address: HttpAddress
  readonly timeouts: HttpTimeouts
  /** What the function gave: `method`, `path`, `query`, `headers`, `body`. */
  readonly params: LuaTable
  /** What the URI tells where `params` does not. */
  readonly target?: Pick<UriParts, 'path' | 'query'>
}

/** A request as lua-resty-http makes it of what a function gives. */
export function httpRequest({
  address,
  timeouts,
  params,
  target,
}: HttpRequestParts): LuaHttpRequest {
  const { scheme, host, port, isVerified, serverName } = address
  const path = textOf(params.getString('path') ?? target?.path ?? '/')
  const query = queryOf(params.getString('query') ?? target?.query)
  return {
    scheme,
    host: host.startsWith('[') ? host.slice(1, -1) : host,
    port,
    isVerified,
    serverName,
    ...timeouts,
    method: textOf(params.getString('method') ?? 'GET'),
    path: `${path}${query}`,
    headers: headersOf(params.getString('headers'), address),
    body: bodyOf(params.getString('body')),
  }
}

/** Why a request cannot be sent, as the host would send it as it is; undefined when it can. */
export function requestProblem({
  method,
  path,
  headers,
  port,
}: LuaHttpRequest): string | undefined {
  const isForAll = path === '*' && method === 'OPTIONS'
  if (!path.startsWith('/') && !isForAll) return "path does not begin with '/'"
  const at = headers.findIndex((text, i) => i % 2 === 0 && text.toLowerCase() === 'host')
  if (!AUTHORITY.test(headers[at + 1] ?? '')) return 'the Host header is no name of a host'
  return portProblem(port)
}

/** What RFC 3986 allows in a host and its port, of any kind; nothing stands for no host. */
const AUTHORITY = /^[\w\-.~!$&'()*+,;=:%[\]]*$/

/** In the words of OpenResty; undefined for a port that there can be. */
export function portProblem(port: number): string | undefined {
  const isPort = Number.isInteger(port) && port >= 0 && port <= 65_535
  return isPort ? undefined : `bad port number: ${numberText(port)}`
}

function textOf(value: LuaValue): string {
  return typeof value === 'string' ? value : toText(value)
}

function queryOf(query: LuaValue): string {
  if (query === undefined) return ''
  const text = query instanceof LuaTable ? encodeArgs(query) : textOf(query)
  return text === '' || text.startsWith('?') ? text : `?${text}`
}

/** OpenResty's `ngx.encode_args`: true is a name without a value, a list is a name several times. */
function encodeArgs(args: LuaTable): string {
  const pieces: string[] = []
  for (const [name, value] of entriesOf(args)) {
    for (const one of eachOf(value)) {
      if (one === false || one === undefined) continue
      const escaped = escapeUri(textOf(name))
      pieces.push(one === true ? escaped : `${escaped}=${escapeUri(textOf(one))}`)
    }
  }
  return pieces.join('&')
}

/** Byte by byte: a text need not be UTF-8. */
function escapeUri(bytes: string): string {
  spend(bytes.length)
  allocateString(bytes.length * 3)
  return bytes.replace(/[^A-Za-z0-9\-._~!*'()]/g, (byte) => {
    return `%${byte.charCodeAt(0).toString(16).toUpperCase().padStart(2, '0')}`
  })
}

function headersOf(given: LuaValue, { scheme, host, port }: HttpAddress): string[] {
  const headers: string[] = []
  const names = new Set<string>()
  // One line, whatever was given: two would be two hosts, and each reader takes another.
  const authority = port === defaultPort(scheme) ? host : `${host}:${port}`
  let hostLine = ['Host', authority]
  for (const [name, value] of given instanceof LuaTable ? entriesOf(given) : []) {
    const text = textOf(name)
    names.add(text.toLowerCase())
    // The host counts the body itself.
    if (text.toLowerCase() === 'content-length') continue
    for (const one of eachOf(value)) {
      const line = textOf(one)
      allocateString(text.length + line.length)
      if (text.toLowerCase() === 'host') hostLine = [text, line]
      else headers.push(text, line)
    }
  }
  if (!names.has('user-agent')) headers.unshift('User-Agent', 'lua-resty-http (postern)')
  return [...hostLine, ...headers]
}

function* entriesOf(table: LuaTable): Generator<[LuaValue, LuaValue]> {
  for (let at = table.advance(0); at !== 0; at = table.advance(at)) {
    spend(20)
    yield [table.keyAt(at), table.valueAt(at)]
  }
}

/** The items of a list, or the value alone. Charged one by one: many names may share one list. */
function* eachOf(value: LuaValue): Generator<LuaValue> {
  for (const one of value instanceof LuaTable ? value.list : [value]) {
    spend(4)
    yield one
  }
}

/** A text, a list of texts, or a function that answers one piece after the other, and nil at the end. */
function bodyOf(body: LuaValue): Uint8Array | undefined {
  if (body === undefined) return undefined
  if (typeof body === 'function') return bytesOf(piecesOf(body).join(''))
  if (body instanceof LuaTable) return bytesOf(body.list.map(charged).join(''))
  if (typeof body === 'string' || typeof body === 'number') return bytesOf(textOf(body))
  throw raise('body must be a string, a table of strings or a function')
}

function piecesOf(next: LuaValue): string[] {
  const pieces: string[] = []
  for (;;) {
    const [piece] = all(call(next))
    if (piece === undefined) return pieces
    pieces.push(charged(piece))
  }
}

/** A piece of a whole: before that is put together, as one text may be in it many times. */
function charged(piece: LuaValue): string {
  const text = textOf(piece)
  allocateString(text.length)
  return text
}

function bytesOf(text: string): Uint8Array {
  allocateString(text.length)
  return Buffer.from(text, 'latin1')
}
