import type { MatchRequest, RouteFields } from '../src/index.ts'

/** What the reference knows of a match. */
export interface ReferenceMatch {
  readonly id: string
  readonly prefix: string
}

interface Candidate extends ReferenceMatch {
  readonly priority: bigint
}

/**
 * A router that is slow and obvious: it tries every path of every Route, and takes the candidate
 * with the greatest 64-bit priority, written as the layout in Kong's source draws it. It shares no
 * code with the real one, and knows only the plainest expressions.
 */
export function referenceMatch(
  routes: readonly RouteFields[],
  request: MatchRequest,
  calculation: 'strict' | 'original',
): ReferenceMatch | undefined {
  let best: Candidate | undefined
  for (const route of routes) {
    if (!matchesAllButPath(route, request, calculation)) continue
    for (const candidate of candidatesOf(route, request.path, calculation)) {
      if (best === undefined || isBetter(candidate, best)) best = candidate
    }
  }
  return best === undefined ? undefined : { id: best.id, prefix: best.prefix }
}

function isBetter(a: Candidate, b: Candidate): boolean {
  return a.priority === b.priority ? a.id > b.id : a.priority > b.priority
}

function candidatesOf(route: RouteFields, path: string, calculation: string): Candidate[] {
  const paths = route.paths ?? []
  if (paths.length === 0)
    return [{ id: route.id, prefix: '', priority: priority(route, '', calculation) }]
  return paths.flatMap((each) => {
    const prefix = matchedPrefix(each, path)
    if (prefix === undefined) return []
    return [{ id: route.id, prefix, priority: priority(route, each, calculation) }]
  })
}

function matchedPrefix(routePath: string, path: string): string | undefined {
  if (!routePath.startsWith('~')) return path.startsWith(routePath) ? routePath : undefined
  return new RegExp(`^(?:${routePath.slice(1)})`, 'u').exec(path)?.[0]
}

function priority(route: RouteFields, path: string, calculation: string): bigint {
  const hosts = route.hosts ?? []
  const headers = Object.keys(route.headers ?? {})
  const isRegex = path.startsWith('~')
  const lists = [route.methods, hosts, headers, route.snis, route.paths]
  const kinds = lists.filter((list) => (list ?? []).length > 0).length
  const plain = hosts.length > 0 && hosts.every((host) => !host.includes('*'))
  const flags = (plain ? 1n << 60n : 0n) | (isRegex ? 1n << 51n : 0n)
  const length = isRegex ? 0n : BigInt(Buffer.byteLength(path))
  const regexPriority = isRegex ? (route.regex_priority ?? 0) : 0
  if (calculation === 'strict') {
    const high = (BigInt(kinds) << 61n) | (BigInt(headers.length) << 52n) | flags
    return high + (BigInt(regexPriority) << 19n) + length
  }
  return originalPriority(flags, [kinds, headers.length, regexPriority], length)
}

/** 61, 52 and 19 bits modulo 32, each as a signed 32-bit number; see the specification of LuaJIT's bit.lshift. */
function originalPriority(flags: bigint, parts: readonly number[], length: bigint): bigint {
  const shifts = [29n, 20n, 19n]
  const low = parts.map((part, i) => BigInt.asIntN(32, BigInt(part) << (shifts[i] as bigint)))
  const top = 1n << 63n
  if (flags === 0n) {
    const all = low.reduce((sum, part) => sum | part, length)
    return all < 0n ? top : all
  }
  return low.reduce((sum, part) => sum | (part < 0n ? top : part), flags | length)
}

function matchesAllButPath(
  route: RouteFields,
  request: MatchRequest,
  calculation: string,
): boolean {
  return (
    anyOf(route.methods, (method) => method === request.method) &&
    anyOf(route.hosts, (host) => matchesHost(host, request)) &&
    matchesSnis(route, request, calculation) &&
    Object.entries(route.headers ?? {}).every(([name, values]) => {
      const sent = request.header(name)
      const lines = sent === undefined ? [] : typeof sent === 'string' ? [sent] : sent
      return values.some((value) =>
        lines.some((line) => line.toLowerCase() === value.toLowerCase()),
      )
    })
  )
}

function anyOf(
  list: readonly string[] | null | undefined,
  test: (item: string) => boolean,
): boolean {
  return list === null || list === undefined || list.length === 0 || list.some(test)
}

function matchesHost(routeHost: string, request: MatchRequest): boolean {
  if (request.host === undefined) return false
  const [name = '', port = String(request.port)] = request.host.toLowerCase().split(':')
  const [pattern = '', routePort] = routeHost.toLowerCase().split(':')
  if (routePort !== undefined && routePort !== port) return false
  if (pattern.endsWith('*')) return name.startsWith(pattern.slice(0, -1))
  const plain = name.endsWith('.') ? name.slice(0, -1) : name
  return pattern.startsWith('*') ? plain.endsWith(pattern.slice(1)) : plain === pattern
}

function matchesSnis(route: RouteFields, request: MatchRequest, calculation: string): boolean {
  const snis = route.snis ?? []
  if (snis.length === 0) return true
  if (request.scheme === 'https') return request.sni !== undefined && snis.includes(request.sni)
  const isTlsOnly = route.protocols?.join() === 'https'
  return calculation === 'original' || !isTlsOnly
}
