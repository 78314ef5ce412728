import type { Match } from './match.ts'
import type { RouteFields, ServiceFields } from './routed-service.ts'

/**
 * The path a matched request goes to at its Service, percent-encoded and without a query.
 *
 * Joins the path of the Service with that of the request, less the matched prefix where the Route
 * says `strip_path` (which is true unless set), by Kong's rules for `path_handling` v0. v1 has no
 * effect in this flavor. Services of gRPC get the path of the request.
 *
 * @param path what `normalizePath` made of the request's path
 * @see Kong Gateway docs, "Route entity", path_handling
 */
export function upstreamPath(
  match: Pick<Match<RouteFields, ServiceFields>, 'route' | 'service' | 'prefix'>,
  path: string,
): string {
  const { route, service } = match
  if (service?.protocol === 'grpc' || service?.protocol === 'grpcs') return escapePath(path)
  const base = service?.path || '/'
  return escapePath(
    route.strip_path === false ? appendWhole(base, path) : appendRest(base, match.prefix, path),
  )
}

function appendWhole(base: string, path: string): string {
  if (base === '/' && path.startsWith('/')) return path
  if (base.endsWith('/')) return base + withoutFirstSlash(path)
  return path === '/' ? base : base + path
}

function appendRest(base: string, prefix: string, path: string): string {
  const rest = sanitize(prefix === '' ? withoutFirstSlash(path) : path.slice(prefix.length))
  if (rest !== '') return `${withoutLastSlash(base)}/${withoutFirstSlash(rest)}`
  if (base === '/') return '/'
  if (base.endsWith('/')) return path.endsWith('/') ? base : withoutLastSlash(base)
  return path.length > 1 && path.endsWith('/') ? `${base}/` : base
}

/** Behind `/route`, the path `/route../x` would climb out of the Service's path. */
function sanitize(rest: string): string {
  if (rest === '.' || rest === '..') return ''
  if (rest.startsWith('./')) return rest.slice(2)
  return rest.startsWith('../') ? rest.slice(3) : rest
}

function withoutFirstSlash(path: string): string {
  return path.startsWith('/') ? path.slice(1) : path
}

function withoutLastSlash(path: string): string {
  return path.endsWith('/') ? path.slice(0, -1) : path
}

/** Other characters than those that go out as they are. */
const NOT_PLAIN = /[^!#$&'()*+,/:;=?@[\]\-_.~%0-9a-zA-Z]/

function escapePath(path: string): string {
  return NOT_PLAIN.test(path) ? escapeAll(path) : path
}

function escapeAll(path: string): string {
  let escaped = ''
  for (const character of path) {
    const code = character.codePointAt(0) as number
    if (!NOT_PLAIN.test(character)) escaped += character
    else if (code >= 0xdc80 && code <= 0xdcff) escaped += hex(code & 0xff)
    else for (const byte of Buffer.from(character)) escaped += hex(byte)
  }
  return escaped
}

function hex(byte: number): string {
  return `%${byte < 16 ? '0' : ''}${byte.toString(16).toUpperCase()}`
}
