import type { Route, Service } from '@postern/entities'
import { captureGroups } from './captures.ts'
import type { CompiledRegex } from './compile-regex.ts'
import { compileRoute, type Variant } from './compile-route.ts'
import type { Entry, Query } from './entry.ts'
import { HostIndex, parseRouteHost } from './host-index.ts'
import { parseHost } from './host-name.ts'
import type { Match, MatchRequest } from './match.ts'
import { compareOriginal, compareStrict } from './route-rank.ts'
import type { RoutedService, RouteFields, ServiceFields } from './routed-service.ts'
import { type RouterWarning, warnOfRoutes } from './router-warning.ts'

/** How a router is built. */
export interface RouterOptions {
  /**
   * `strict` (the default) ranks Routes as Kong documents it. `original` repeats what open-source
   * Kong 3.x really computes, a shift in 32 bits that lets plain hosts and regular expressions
   * outrank the number of attributes.
   */
  readonly matchCalculation?: 'strict' | 'original'
  /**
   * Paths and header values longer than this many characters are not tried against regular
   * expressions. Default 8192, what a request line of Kong's default size can hold.
   */
  readonly maxRegexInput?: number
}

/** Finds the Route of a request. Immutable: a new configuration makes a new router. */
export interface Router<R extends RouteFields = Route, S extends ServiceFields = Service> {
  /** The best Route that takes the request, or undefined when none does. */
  match(request: MatchRequest): Match<R, S> | undefined
  /** What an operator should know about the Routes. Empty when all is well. */
  readonly warnings: readonly RouterWarning[]
}

/**
 * Compiles Routes into a router with Kong's flavor `traditional_compatible`.
 *
 * Leave out the Routes of disabled Services before. A Route whose expression does not compile is
 * left out and reported in `warnings`; the others work.
 */
export function createRouter<R extends RouteFields = Route, S extends ServiceFields = Service>(
  routes: readonly RoutedService<R, S>[],
  options: RouterOptions = {},
): Router<R, S> {
  const { matchCalculation = 'strict', maxRegexInput = 8192 } = options
  const isStrict = matchCalculation === 'strict'
  const warnings: RouterWarning[] = []
  const variants = compileAll(routes, warnings)
  sortByRank(variants, isStrict)
  warnOfRoutes(variants, warnings)
  const index = new HostIndex(entriesOf(variants))
  return {
    warnings,
    match: (request) => match(index, request, maxRegexInput, isStrict) as Match<R, S> | undefined,
  }
}

type AnyRouted = RoutedService<RouteFields, ServiceFields>
type AnyMatch = Match<RouteFields, ServiceFields>

function compileAll(routes: readonly AnyRouted[], warnings: RouterWarning[]): Variant[] {
  return routes.flatMap((routed) => {
    try {
      return compileRoute(routed)
    } catch (error) {
      const message = (error as Error).message
      warnings.push({ kind: 'invalid-regex', routeId: routed.route.id, message })
      return []
    }
  })
}

function sortByRank(variants: Variant[], isStrict: boolean): void {
  const compare = isStrict ? compareStrict : compareOriginal
  variants.sort((a, b) => compare(a.facts, b.facts))
  for (const [rank, variant] of variants.entries()) variant.rank = rank
}

function* entriesOf(variants: readonly Variant[]): Generator<[string | undefined, Entry]> {
  for (const variant of variants) {
    const hosts = variant.routed.route.hosts ?? []
    if (hosts.length === 0) for (const entry of pathEntries(variant, -1)) yield [undefined, entry]
    for (const host of hosts) {
      const { name, port } = parseRouteHost(host)
      for (const entry of pathEntries(variant, port)) yield [name, entry]
    }
  }
}

function pathEntries(variant: Variant, port: number): Entry[] {
  const { prefixes, regexes } = variant
  if (prefixes.length === 0 && regexes.length === 0) return [entryOf(variant, port, '')]
  return [
    ...prefixes.map((prefix) => entryOf(variant, port, prefix)),
    ...regexes.map((regex) => entryOf(variant, port, regex.prefix, regex)),
  ]
}

function entryOf(variant: Variant, port: number, prefix: string, regex?: CompiledRegex): Entry {
  const { rank, methods, snis, headers } = variant
  const hasTests = methods !== undefined || snis !== undefined || headers !== undefined
  const isPlain = !hasTests && port === -1 && regex === undefined
  return { rank, variant, port, prefix, regex, isPlain }
}

function match(
  index: HostIndex,
  request: MatchRequest,
  maxRegexInput: number,
  strict: boolean,
): AnyMatch | undefined {
  const { path } = request
  // A byte that is not UTF-8. Kong answers 404 here, and logs an error.
  if (!path.isWellFormed()) return undefined
  const host = request.host === undefined ? undefined : parseHost(request.host)
  const port = host === undefined || host.port < 0 ? request.port : host.port
  const query: Query = { request, path, port, maxRegexInput, strict }
  const entry = index.find(query, host?.name)
  return entry === undefined ? undefined : describeMatch(entry, request)
}

function describeMatch(entry: Entry, request: MatchRequest): AnyMatch {
  const { variant } = entry
  const { route, service } = variant.routed
  const path = variant.regexes.length === 0 ? undefined : execFirst(variant, request.path)
  const prefix = path === undefined ? entry.prefix : path[0]
  return { route, service, prefix, captures: captureGroups(variant, path, request) }
}

/** Several expressions of a Route may match; the first one in its list counts. */
function execFirst(variant: Variant, path: string): RegExpExecArray | undefined {
  for (const compiled of variant.regexes) {
    const exec = compiled.exec(path)
    if (exec !== null) return exec
  }
}
