import { connectionNames } from './connection-names.ts'
import { type HeaderKind, headerName } from './header-kind.ts'
import { acceptsTrailers } from './trailers.ts'

/** What the headers to a Service depend on that is the same for all requests of a connection. */
export interface ConnectionHeaderFacts {
  /** The client's Host header as it came. */
  readonly host: string | undefined
  /** The address at the other end of the connection, appended to X-Forwarded-For. */
  readonly peerAddress: string
  /** The client's address: that of the peer, or what a trusted peer said. Goes to X-Real-IP. */
  readonly clientAddress: string
  /** Whether the peer is among `trusted_ips`, so that its X-Forwarded-* count. */
  readonly trusted: boolean
  /** Scheme and port of the listener. */
  readonly scheme: 'http' | 'https'
  readonly port: number
  /** This hop for Via, `1.1 postern/0.1.0`: version of the client's protocol, then who we are. */
  readonly via: string
}

/** What the headers to a Service depend on. */
export interface RequestHeaderFacts extends ConnectionHeaderFacts {
  /** Host for the Service, from `hostHeader`. Used unless the Route preserves the client's. */
  readonly upstreamHost: string
  readonly method: string
  /** The Route's `preserve_host`. Without a Host header there is nothing to preserve. */
  readonly preserveHost: boolean
  /** The request's path as it came, without the query. */
  readonly path: string
  /** What was stripped from the path; `''` or `/` when nothing was. */
  readonly prefix: string
  /** Goes to X-Kong-Request-Id; undefined sends none of ours. */
  readonly requestId: string | undefined
  /** Whether the connection is to switch to websocket. */
  readonly upgrade: boolean
}

/**
 * The headers of a client's request as they go to the Service.
 *
 * Leaves out what is for the client's connection only, headers named in `Connection` among them,
 * names that a Service may mistake for those set here, and, unless the peer is trusted, those under
 * which plugins say who the caller is (`X-Consumer-…`, `X-Credential-…`, `X-Authenticated-…`).
 * Content-Length stays unless Transfer-Encoding was there, Trailer only where it was. Max-Forwards of
 * an OPTIONS is one less. Host is always the first pair, so that it
 * can be exchanged for another attempt.
 *
 * Call it with the headers as the client sent them, before plugins add theirs: or a client could
 * remove what a plugin set by naming it in `Connection`.
 *
 * @see Kong Gateway docs, "Proxying", headers; RFC 9110 7.6.1
 */
export function requestHeaders(raw: readonly string[], facts: RequestHeaderFacts): string[] {
  const shared = sharedRequestHeaders(raw, facts)
  return [...ownRequestHeaders(shared.said, facts), ...shared.raw]
}

/** The part of the headers that all requests of a connection have which repeat their fields. */
export interface SharedRequestHeaders {
  /** Name, value, name, value: nothing that frames a body or is about a connection. */
  readonly raw: readonly string[]
  /** For {@link ownRequestHeaders}. */
  readonly said: SaidOfRequest
}

/**
 * The last part of {@link requestHeaders}: what depends on the connection and on its fields alone, so
 * that it may be kept while these are repeated.
 */
export function sharedRequestHeaders(
  raw: readonly string[],
  facts: ConnectionHeaderFacts,
): SharedRequestHeaders {
  const sent: string[] = []
  const said = pickOut(raw, sent, facts.trusted)
  if (said.trailers) sent.push('TE', 'trailers')
  if (said.trailer !== undefined && said.chunked) sent.push('Trailer', said.trailer)
  sent.push('X-Real-IP', facts.clientAddress)
  sent.push('X-Forwarded-For', joined(said.forwardedFor, facts.peerAddress, facts.clientAddress))
  sent.push('X-Forwarded-Proto', said.proto ?? facts.scheme)
  sent.push('X-Forwarded-Host', said.host ?? plainHost(facts.host ?? ''))
  sent.push('X-Forwarded-Port', said.port ?? String(facts.port))
  sent.push('Via', joined(said.via, facts.via, facts.via))
  return { raw: sent, said }
}

/** The first part of {@link requestHeaders}: what each request has for itself. */
export function ownRequestHeaders(said: SaidOfRequest, facts: RequestHeaderFacts): string[] {
  const sent = [
    'Host',
    facts.preserveHost ? (facts.host ?? facts.upstreamHost) : facts.upstreamHost,
  ]
  sent.push('Connection', facts.upgrade ? 'keep-alive, Upgrade' : 'keep-alive')
  if (facts.upgrade) sent.push('Upgrade', 'websocket')
  if (said.length !== undefined && !said.chunked) sent.push('Content-Length', said.length)
  if (said.maxForwards !== undefined) {
    sent.push('Max-Forwards', forwardsLeft(said.maxForwards, facts.method))
  }
  sent.push('X-Forwarded-Path', said.path ?? facts.path)
  const prefix = said.prefix ?? (facts.prefix === '/' ? '' : facts.prefix)
  if (prefix !== '') sent.push('X-Forwarded-Prefix', latin1(prefix))
  const requestId = facts.requestId ?? said.requestId
  if (requestId !== undefined) sent.push('X-Kong-Request-Id', requestId)
  return sent
}

/** RFC 9110, 7.6.2: only OPTIONS and TRACE are counted. What is no number is nothing to count. */
function forwardsLeft(said: string, method: string): string {
  if (method !== 'OPTIONS' || !/^\d{1,9}$/.test(said)) return said
  return String(Math.max(0, Number(said) - 1))
}

/** Host for a Service: its name, with the port unless it is the scheme's own. */
export function hostHeader(name: string, port: number, scheme: 'http' | 'https'): string {
  const shown = name.includes(':') && !name.startsWith('[') ? `[${name}]` : name
  return port === (scheme === 'https' ? 443 : 80) ? shown : `${shown}:${port}`
}

/** What the client said in headers that are written anew. */
export interface SaidOfRequest {
  forwardedFor: string | undefined
  via: string | undefined
  length: string | undefined
  chunked: boolean
  trailers: boolean
  trailer: string | undefined
  maxForwards: string | undefined
  requestId: string | undefined
  proto: string | undefined
  host: string | undefined
  port: string | undefined
  path: string | undefined
  prefix: string | undefined
}

/** Copies what passes as it is into `sent`, and collects the rest. */
function pickOut(raw: readonly string[], sent: string[], trusted: boolean): SaidOfRequest {
  const dropped = connectionNames(raw)
  const said = nothingSaid()
  for (let i = 0; i + 1 < raw.length; i += 2) {
    const name = raw[i] as string
    const value = raw[i + 1] as string
    const { kind, lower } = headerName(name)
    if (passes(kind, trusted)) {
      if (dropped.size === 0 || !dropped.has(lower)) sent.push(name, value)
    } else if (dropped.size > 0 && dropped.has(lower) && MAY_BE_DROPPED.has(kind)) continue
    else if (trusted && kind.startsWith('x-forwarded-')) collectForwarded(said, kind, value)
    else collect(said, kind, value)
  }
  return said
}

/** Without this a client could say who it is to a Service behind a Route without authentication. */
function passes(kind: HeaderKind, trusted: boolean): boolean {
  if (kind === 'identity') return trusted
  return kind === 'pass' || kind === 'server'
}

/** Of what is collected, what is the client's to name in Connection. */
const MAY_BE_DROPPED: ReadonlySet<HeaderKind> = new Set<HeaderKind>(['max-forwards', 'trailer'])

function collect(said: SaidOfRequest, kind: HeaderKind, value: string): void {
  switch (kind) {
    case 'x-forwarded-for':
      said.forwardedFor = said.forwardedFor === undefined ? value : `${said.forwardedFor}, ${value}`
      break
    case 'via':
      said.via = said.via === undefined ? value : `${said.via}, ${value}`
      break
    case 'content-length':
      said.length ??= value
      break
    case 'transfer-encoding':
      said.chunked = true
      break
    case 'te':
      said.trailers ||= acceptsTrailers(value)
      break
    case 'trailer':
      said.trailer = said.trailer === undefined ? value : `${said.trailer}, ${value}`
      break
    case 'max-forwards':
      said.maxForwards ??= value
      break
    case 'x-kong-request-id':
      said.requestId ??= value
      break
    default:
    // What is about the connection, what is disguised, and what an untrusted peer forwards.
  }
}

/** Of a header that is there several times the first one counts. */
function collectForwarded(said: SaidOfRequest, kind: HeaderKind, value: string): void {
  switch (kind) {
    case 'x-forwarded-proto':
      said.proto ??= value
      break
    case 'x-forwarded-host':
      said.host ??= value
      break
    case 'x-forwarded-port':
      said.port ??= value
      break
    case 'x-forwarded-path':
      said.path ??= value
      break
    case 'x-forwarded-prefix':
      said.prefix ??= value
      break
    default:
      collect(said, kind, value)
  }
}

/** Every field from the start, so that all requests share one hidden class. */
function nothingSaid(): SaidOfRequest {
  return {
    forwardedFor: undefined,
    via: undefined,
    length: undefined,
    chunked: false,
    trailers: false,
    trailer: undefined,
    maxForwards: undefined,
    requestId: undefined,
    proto: undefined,
    host: undefined,
    port: undefined,
    path: undefined,
    prefix: undefined,
  }
}

function joined(before: string | undefined, added: string, alone: string): string {
  return before === undefined || before === '' ? alone : `${before}, ${added}`
}

/** Kong: X-Forwarded-Host has no port and is lower case. */
function plainHost(host: string): string {
  const lower = host.toLowerCase()
  if (lower.startsWith('[')) return lower.slice(0, lower.indexOf(']') + 1) || lower
  const colon = lower.indexOf(':')
  return colon < 0 ? lower : lower.slice(0, colon)
}

/** Headers are bytes: what was decoded from the path goes out as its UTF-8. */
function latin1(text: string): string {
  for (let i = 0; i < text.length; i++) {
    const code = text.charCodeAt(i)
    if (code > 0x7e || code < 0x20) return encodeControls(Buffer.from(text).toString('latin1'))
  }
  return text
}

/** `%0d%0a` in a path must not become a line end in a header. */
function encodeControls(text: string): string {
  let encoded = ''
  for (const character of text) {
    const code = character.charCodeAt(0)
    const isControl = code < 0x20 || code === 0x7f
    encoded += isControl ? `%${code.toString(16).toUpperCase().padStart(2, '0')}` : character
  }
  return encoded
}
