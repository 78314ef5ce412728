/** The parts of a URI, as lua-resty-http's `parse_uri` answers them. */
export interface UriParts {
  readonly scheme: 'http' | 'https'
  /** IPv6 in brackets. */
  readonly host: string
  readonly port: number
  /** `/` where there is none. */
  readonly path: string
  /** Without the question mark; empty where there is none. */
  readonly query: string
}

/** That of lua-resty-http 0.17; what has no scheme stands for that of the request there, and is refused here. */
const URI = /^(?:(https?):)\/\/([^[\]:/?]+|\[.+\])(?::(\d+))?([^?]*)\??([^]*)/

/** Takes a URI apart; undefined when it is none. */
export function parseUri(uri: string): UriParts | undefined {
  const match = URI.exec(uri)
  if (match === null) return undefined
  const [, scheme, host = '', port, path = '', query = ''] = match
  return {
    scheme: scheme === 'https' ? 'https' : 'http',
    host,
    port: port === undefined ? defaultPort(scheme) : Number(port),
    path: path === '' ? '/' : path,
    query,
  }
}

/** The port of a scheme that names none. */
export function defaultPort(scheme: string | undefined): number {
  return scheme === 'https' ? 443 : 80
}
