import type { Match, MatchRequest } from './match.ts'
import type { Route, RoutedService, Service } from './routed-service.ts'
import type { RouterWarning } from './router-warning.ts'

/** How a router is built. */
export interface RouterOptions {
  /**
   * `strict` (the default) ranks Routes as Kong documents it. `original` repeats what open-source
   * Kong 3.x really computes, a shift in 32 bits that lets plain hosts and regular expressions
   * outrank the number of attributes.
   */
  readonly matchCalculation?: 'strict' | 'original'
  /**
   * Paths longer than this many characters are not tried against regular expressions. Default
   * 8192, what a request line of Kong's default size can hold.
   */
  readonly maxRegexPathLength?: number
}

/** Finds the Route of a request. Immutable: a new configuration makes a new router. */
export interface Router<R extends Route = Route, S extends Service = Service> {
  /** The best Route that takes the request, or undefined when none does. */
  match(request: MatchRequest): Match<R, S> | undefined
  readonly warnings: readonly RouterWarning[]
}

/**
 * Compiles Routes into a router with Kong's flavor `traditional_compatible`.
 *
 * Leave out the Routes of disabled Services before. A Route whose expression does not compile is
 * left out and reported in `warnings`.
 */
export function createRouter<R extends Route, S extends Service>(
  routes: readonly RoutedService<R, S>[],
  options: RouterOptions = {},
): Router<R, S> {
  throw new Error(`${routes.length} ${JSON.stringify(options)}`)
}
