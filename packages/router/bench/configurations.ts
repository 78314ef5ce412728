import type { MatchRequest, RouteFields } from '../src/index.ts'

/** A configuration to measure: Routes, and requests each of which one of them takes. */
export interface Configuration {
  readonly routes: readonly RouteFields[]
  readonly requests: readonly { readonly request: MatchRequest; readonly routeId: string }[]
}

/** How many requests are asked in a round. */
const REQUESTS = 2000

/**
 * Of how many Routes: the same for all sizes, as V8 keeps the code of a few thousand expressions
 * less well than that of a few hundred, and this is to show the growth of the index.
 */
const ASKED_ROUTES = 500

/** Ways in which configurations grow; `count` is the number of Routes. */
export const SHAPES: Readonly<Record<string, (count: number) => Configuration>> = {
  'hosts, 10 paths each': (count) =>
    configuration(count, (i) => ({
      route: { hosts: [`h${Math.floor(i / 10)}.test`], paths: [`/service-${i % 10}/v1`] },
      ask: { host: `h${Math.floor(i / 10)}.test`, path: `/service-${i % 10}/v1/items/7` },
    })),
  'paths without hosts': (count) =>
    configuration(count, (i) => ({
      route: { paths: [`/team-${i % 100}/service-${i}`] },
      ask: { host: 'any.test', path: `/team-${i % 100}/service-${i}/items/7` },
    })),
  'expressions under different beginnings': (count) =>
    configuration(count, (i) => ({
      route: { paths: [`~/service-${i}/\\d+/items`] },
      ask: { host: 'any.test', path: `/service-${i}/7/items` },
    })),
  'wildcard hosts': (count) =>
    configuration(count, (i) => ({
      route: { hosts: [`*.h${i}.test`], methods: ['GET'] },
      ask: { host: `x.h${i}.test`, path: '/' },
    })),
}

interface Sample {
  readonly route: Omit<RouteFields, 'id'>
  readonly ask: { readonly host: string; readonly path: string }
}

function configuration(count: number, sampleOf: (i: number) => Sample): Configuration {
  const routes = Array.from({ length: count }, (_, i) => ({ ...sampleOf(i).route, id: String(i) }))
  const requests = Array.from({ length: REQUESTS }, (_, i) => {
    // A prime, so that neighbours in time are not neighbours in the tree.
    const index = ((i % ASKED_ROUTES) * 7919) % count
    return { request: requestOf(sampleOf(index).ask), routeId: String(index) }
  })
  return { routes, requests }
}

function requestOf({ host, path }: Sample['ask']): MatchRequest {
  return {
    method: 'GET',
    path,
    host,
    port: 80,
    scheme: 'http',
    sni: undefined,
    header: () => undefined,
  }
}
