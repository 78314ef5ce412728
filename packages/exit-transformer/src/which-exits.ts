import type { Exit } from '@postern/pdk-response'

/** The two switches of a configuration, and where its instance stands. */
export interface Reach {
  readonly handleUnknown: boolean
  readonly handleUnexpected: boolean
  /** Bound to no Route, Service or Consumer. */
  readonly isGlobal: boolean
}

/**
 * Whether an Exit reaches the functions of an instance.
 *
 * Ordinary exits always do. The 404 of an unmatched request needs `handle_unknown` on a global
 * instance; what no plugin decided needs `handle_unexpected`, and both where no Route is known.
 *
 * @see Kong Gateway docs, exit-transformer, "Handling Unmatched 400 and 404 Responses"
 */
export function isReached(kind: Exit['kind'], isRouteKnown: () => boolean, reach: Reach): boolean {
  switch (kind) {
    case 'ordinary':
      return true
    case 'unknown':
      return reach.handleUnknown && reach.isGlobal
    case 'unexpected':
      if (!reach.handleUnexpected) return false
      return isRouteKnown() || (reach.handleUnknown && reach.isGlobal)
  }
}
