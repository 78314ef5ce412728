import { connectionNames } from './connection-names.ts'
import { headerName } from './header-kind.ts'

/** What the headers to a client depend on. */
export interface ResponseHeaderFacts {
  /** This hop for Via, `1.1 postern/0.1.0`; undefined adds nothing. */
  readonly via: string | undefined
  /** Server, where the Service sent none; undefined adds nothing. */
  readonly server: string | undefined
  /** Whether the client said `TE: trailers`, so that Trailer may stay. */
  readonly acceptsTrailers: boolean
  /** The protocol that the connection switches to with this answer, `websocket`. */
  readonly upgrade: string | undefined
}

/**
 * The headers of a Service's response as they go to the client.
 *
 * Leaves out what is for the Service's connection only, headers named in its `Connection` among
 * them. Transfer-Encoding goes, as the body is framed anew; Content-Length stays. Trailer stays for a
 * client that accepts trailers, where there is no Content-Length. For an answer
 * that switches protocols, Connection and Upgrade are written anew.
 *
 * @see Kong Gateway docs, "Proxying", response; RFC 9110 7.6.1
 */
export function responseHeaders(raw: readonly string[], facts: ResponseHeaderFacts): string[] {
  const dropped = connectionNames(raw)
  const sent: string[] = []
  let via: string | undefined
  let hasServer = false
  let trailer: string | undefined
  let hasLength = false
  for (let i = 0; i + 1 < raw.length; i += 2) {
    const name = raw[i] as string
    const value = raw[i + 1] as string
    const { kind, lower } = headerName(name)
    if (dropped.size > 0 && dropped.has(lower) && kind !== 'content-length') continue
    if (OF_THE_HOP.has(lower)) continue
    if (kind === 'server') hasServer = true
    if (kind === 'content-length') hasLength = true
    if (kind === 'trailer') trailer = value
    else if (kind === 'via' && facts.via !== undefined) via = joined(via, value)
    else sent.push(name, value)
  }
  // A body of known length has no trailers, and node:http throws when asked to announce some.
  if (trailer !== undefined && facts.acceptsTrailers && !hasLength) sent.push('Trailer', trailer)
  if (facts.upgrade !== undefined) sent.push('Connection', 'upgrade', 'Upgrade', facts.upgrade)
  if (facts.via !== undefined) sent.push('Via', joined(via, facts.via))
  if (facts.server !== undefined && !hasServer) sent.push('Server', facts.server)
  return sent
}

function joined(before: string | undefined, added: string): string {
  return before === undefined ? added : `${before}, ${added}`
}

const OF_THE_HOP: ReadonlySet<string> = new Set([
  'connection',
  'keep-alive',
  'proxy-connection',
  'te',
  'transfer-encoding',
  'upgrade',
])
