import { createRouter, type RouteFields, type Router, type ServiceFields } from '../src/index.ts'
import type { Configuration } from './configurations.ts'

/** What one configuration costs. */
export interface Measured {
  readonly buildMs: number
  /** Of the fastest of many rounds over all requests: what the machine can do undisturbed. */
  readonly matchNs: number
}

/** Checks that each request gets its Route, then times the rounds. */
export function measure(configuration: Configuration, rounds: number): Measured {
  const startedAt = performance.now()
  const router = createRouter(configuration.routes.map((route) => ({ route, service: undefined })))
  const buildMs = performance.now() - startedAt
  for (const { request, routeId } of configuration.requests) {
    if (router.match(request)?.route.id !== routeId) throw new Error(`wrong Route for ${routeId}`)
  }
  let matchNs = Number.POSITIVE_INFINITY
  for (let i = 0; i < rounds; i++) matchNs = Math.min(matchNs, oneRound(router, configuration))
  return { buildMs, matchNs }
}

function oneRound(router: Router<RouteFields, ServiceFields>, { requests }: Configuration): number {
  const startedAt = performance.now()
  for (const { request } of requests) router.match(request)
  return ((performance.now() - startedAt) * 1e6) / requests.length
}
