/**
 * Takes the `url` of a Service apart, the way Kong's URL library does: leniently, with schemes
 * compared as they were written. What is missing becomes `null`, and is refused where it is needed.
 *
 * User, password, query and fragment are dropped; a query right after the host becomes part of it,
 * and is refused there.
 *
 * @see LuaSocket, socket.url: parse
 */
export function parseServiceUrl(url: string | null): Record<string, unknown> {
  if (url === null) return {}
  const { scheme, authority, path } = splitUrl(url)
  const { host, port } = splitAuthority(authority)
  const protocol = scheme ?? PROTOCOL_OF_PORT.get(port ?? 80) ?? 'http'
  return { protocol, host, port: port ?? PORT_OF_PROTOCOL.get(protocol) ?? 80, path }
}

const PROTOCOL_OF_PORT: ReadonlyMap<unknown, string> = new Map([
  [80, 'http'],
  [443, 'https'],
])

/** Every other scheme has 80, `grpcs` and `tls` as well. */
const PORT_OF_PROTOCOL: ReadonlyMap<string, number> = new Map([
  ['http', 80],
  ['https', 443],
])

interface UrlParts {
  readonly scheme: string | undefined
  readonly authority: string
  readonly path: string | null
}

function splitUrl(url: string): UrlParts {
  const [, scheme, rest = ''] =
    /^(?:([a-z0-9][a-z0-9+.-]*):)?(.*)$/is.exec(url.replace(/#.*$/s, '')) ?? []
  const authority = /^\/\/([^/]*)/.exec(rest)
  const path = rest.slice(authority?.[0].length ?? 0).replace(/[?;].*$/s, '')
  return { scheme, authority: authority?.[1] ?? '', path: path === '' ? null : path }
}

interface Authority {
  readonly host: string | null
  readonly port: number | string | undefined
}

function splitAuthority(authority: string): Authority {
  const withoutUser = authority.replace(/^[^@]*@/, '')
  const match = /^(.*):([^:\]]*)$/s.exec(withoutUser)
  const name = match?.[1] ?? withoutUser
  const host = /^\[(.+)\]$/s.exec(name)?.[1] ?? name
  return { host: host === '' ? null : host, port: portOf(match?.[2]) }
}

/** What is no number stays, so that it is refused as a port. */
function portOf(text: string | undefined): number | string | undefined {
  return text !== undefined && /^\d+$/.test(text) ? Number(text) : text
}
