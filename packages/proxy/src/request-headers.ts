/** What the headers to a Service depend on. */
export interface RequestHeaderFacts {
  /** Host for the Service, from `hostHeader`. Used unless the Route preserves the client's. */
  readonly upstreamHost: string
  /** The Route's `preserve_host`. Without a Host header there is nothing to preserve. */
  readonly preserveHost: boolean
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
  /** The request's path as it came, without the query. */
  readonly path: string
  /** What was stripped from the path; `''` or `/` when nothing was. */
  readonly prefix: string
  /** Goes to X-Kong-Request-Id; undefined sends none of ours. */
  readonly requestId: string | undefined
  /** This hop for Via, `1.1 postern/0.1.0`: version of the client's protocol, then who we are. */
  readonly via: string
  /** Whether the client wants to switch to websocket and the connection will. */
  readonly upgrade: boolean
}

/** The headers of a client's request as they go to the Service. */
export function requestHeaders(raw: readonly string[], facts: RequestHeaderFacts): string[] {
  throw new Error(`${raw.length} ${facts.path}`)
}

/** Host for a Service: its name, with the port unless it is the scheme's own. */
export function hostHeader(name: string, port: number, scheme: 'http' | 'https'): string {
  const shown = name.includes(':') && !name.startsWith('[') ? `[${name}]` : name
  return port === (scheme === 'https' ? 443 : 80) ? shown : `${shown}:${port}`
}
