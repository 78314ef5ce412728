import { isTlsOnly } from './tls-only.ts'
import { compileHeaders, type HeaderTest } from './compile-headers.ts'
import { type CompiledRegex, compilePathRegex } from './compile-regex.ts'
import { compileSnis, type SniTest } from './compile-snis.ts'
import type { RankFacts } from './route-rank.ts'
import type { RoutedService, RouteFields, ServiceFields } from './routed-service.ts'

/**
 * A Route, or the part of one whose paths have the same rank: a long path must not lift the short
 * ones beside it.
 */
export interface Variant {
  readonly routed: RoutedService<RouteFields, ServiceFields>
  readonly facts: RankFacts
  /** Place among all variants, 0 wins. Set once they are sorted. */
  rank: number
  readonly methods: ReadonlySet<string> | undefined
  readonly headers: readonly HeaderTest[] | undefined
  readonly snis: SniTest | undefined
  /** Only for TLS: over plain http its `snis` do not count as matched. Strict calculation only. */
  readonly tlsOnly: boolean
  /** Without prefixes and regexes it takes any path. */
  readonly prefixes: readonly string[]
  readonly regexes: readonly CompiledRegex[]
}

/**
 * Splits a Route into its variants: one for each length of prefix, one for all expressions.
 *
 * @throws POSTERN_ROUTER_REGEX_INVALID
 */
export function compileRoute(routed: RoutedService<RouteFields, ServiceFields>): Variant[] {
  const { route } = routed
  const common = {
    routed,
    rank: 0,
    methods: isSet(route.methods) ? new Set(route.methods) : undefined,
    headers: hasHeaders(route) ? compileHeaders(route.headers ?? {}) : undefined,
    snis: isSet(route.snis) ? compileSnis(route.snis) : undefined,
    tlsOnly: isTlsOnly(route.protocols),
  }
  return groupPaths(route.paths ?? []).map(({ prefixes, regexes, length }) => ({
    ...common,
    prefixes,
    regexes: regexes.map((path) => compilePathRegex(path)),
    facts: {
      id: route.id,
      kinds: countKinds(route),
      plainHosts: isSet(route.hosts) && !route.hosts.some((host) => host.includes('*')),
      headerNames: Object.keys(route.headers ?? {}).length,
      isRegex: regexes.length > 0,
      regexPriority: regexes.length > 0 ? (route.regex_priority ?? 0) : 0,
      prefixLength: length,
    },
  }))
}

interface PathGroup {
  readonly prefixes: string[]
  readonly regexes: string[]
  readonly length: number
}

function groupPaths(paths: readonly string[]): readonly PathGroup[] {
  if (paths.length === 0) return [{ prefixes: [], regexes: [], length: 0 }]
  const regexes = paths.filter((path) => path.startsWith('~')).map((path) => path.slice(1))
  const byLength = new Map<number, PathGroup>()
  for (const path of paths) {
    if (path.startsWith('~')) continue
    const length = Buffer.byteLength(path)
    const group = byLength.get(length)
    if (group === undefined) byLength.set(length, { prefixes: [path], regexes: [], length })
    else group.prefixes.push(path)
  }
  const groups = [...byLength.values()]
  return regexes.length === 0 ? groups : [{ prefixes: [], regexes, length: 0 }, ...groups]
}

function countKinds(route: RouteFields): number {
  const sets = [route.methods, route.hosts, route.snis, route.paths].filter(isSet).length
  return sets + (hasHeaders(route) ? 1 : 0)
}

function hasHeaders(route: RouteFields): boolean {
  return Object.keys(route.headers ?? {}).length > 0
}

function isSet(list: readonly string[] | null | undefined): list is readonly string[] {
  return list !== undefined && list !== null && list.length > 0
}
