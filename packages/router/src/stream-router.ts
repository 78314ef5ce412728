import type { Route, Service } from '@postern/entities'
import { type AddressTest, compileAddresses, matchAddress } from './compile-addresses.ts'
import { compileSnis, matchSni, type SniTest } from './compile-snis.ts'
import type { RoutedService, RouteFields, ServiceFields } from './routed-service.ts'
import type { RouterOptions } from './router.ts'
import { isTlsOnly } from './tls-only.ts'

/** What the router asks of a connection. */
export interface StreamRequest {
  readonly sourceIp: string | undefined
  readonly sourcePort: number | undefined
  readonly destinationIp: string | undefined
  readonly destinationPort: number | undefined
  /** Server name of the TLS handshake, undefined for TCP and UDP. */
  readonly sni: string | undefined
}

/** Finds the Route of a connection. */
export interface StreamRouter<R extends RouteFields = Route, S extends ServiceFields = Service> {
  /** The best Route that takes the connection, or undefined when none does. */
  match(request: StreamRequest): RoutedService<R, S> | undefined
}

/**
 * Compiles Routes of TCP, TLS and UDP. They are tried one after the other in order of rank, as they
 * are few and asked once for each connection.
 *
 * @see Kong/kong: kong/router/transform.lua, `get_priority` of the stream subsystem
 */
export function createStreamRouter<
  R extends RouteFields = Route,
  S extends ServiceFields = Service,
>(
  routes: readonly RoutedService<R, S>[],
  options: Pick<RouterOptions, 'matchCalculation'> = {},
): StreamRouter<R, S> {
  const isStrict = options.matchCalculation !== 'original'
  const compiled = routes
    .map((routed) => ({ routed, tests: compileStream(routed.route, isStrict) }))
    .sort((a, b) => compare(a.tests, b.tests))
  return {
    match: (request) => compiled.find(({ tests }) => takes(tests, request))?.routed,
  }
}

interface StreamTests {
  readonly id: string
  readonly snis: SniTest | undefined
  /** Whether a connection without server name is refused. Kong takes the attribute as matched. */
  readonly needsSni: boolean
  readonly sources: AddressTest | undefined
  readonly destinations: AddressTest | undefined
}

function compileStream(route: RouteFields, isStrict: boolean): StreamTests {
  const hasSnis = (route.snis ?? []).length > 0
  return {
    id: route.id,
    snis: hasSnis ? compileSnis(route.snis ?? []) : undefined,
    needsSni: hasSnis && isStrict && isTlsOnly(route.protocols),
    sources: compileAddresses(route.sources ?? []),
    destinations: compileAddresses(route.destinations ?? []),
  }
}

/** A server name, or both ends of the connection; then how exactly the ends are told; then the id. */
function compare(a: StreamTests, b: StreamTests): number {
  return (
    Number(isFirstClass(b)) - Number(isFirstClass(a)) ||
    (b.sources?.weight ?? 0) - (a.sources?.weight ?? 0) ||
    (b.destinations?.weight ?? 0) - (a.destinations?.weight ?? 0) ||
    (a.id > b.id ? -1 : 1)
  )
}

function isFirstClass(tests: StreamTests): boolean {
  return (
    tests.snis !== undefined || (tests.sources !== undefined && tests.destinations !== undefined)
  )
}

function takes(tests: StreamTests, request: StreamRequest): boolean {
  if (tests.snis !== undefined) {
    const { sni } = request
    if (sni === undefined ? tests.needsSni : !matchSni(tests.snis, sni)) return false
  }
  const { sources, destinations } = tests
  if (sources && !matchAddress(sources, request.sourceIp, request.sourcePort)) return false
  return !destinations || matchAddress(destinations, request.destinationIp, request.destinationPort)
}
