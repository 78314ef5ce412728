import type { Route, Service } from '@postern/entities'

/**
 * What the router reads of a Route. Any object with these fields will do, and comes back from a
 * match as it was given. Absent, null and empty attributes are all "not set".
 */
export interface RouteFields {
  /** A UUID. Of two Routes of the same rank the greater one wins. */
  readonly id: string
  readonly protocols?: readonly string[] | null
  readonly methods?: readonly string[] | null
  readonly hosts?: readonly string[] | null
  readonly paths?: readonly string[] | null
  readonly headers?: Readonly<Record<string, readonly string[]>> | null
  readonly snis?: readonly string[] | null
  /** Only for streams. */
  readonly sources?: readonly AddressFields[] | null
  /** Only for streams. */
  readonly destinations?: readonly AddressFields[] | null
  readonly regex_priority?: number | null
  /** True unless set. */
  readonly strip_path?: boolean | null
}

/** One of a Route's `sources` or `destinations`: an address, a port, or both. */
export interface AddressFields {
  /** An address or a range such as `10.0.0.0/8`. */
  readonly ip?: string | null
  readonly port?: number | null
}

/** What `upstreamPath` reads of a Service. */
export interface ServiceFields {
  readonly protocol?: string | null
  readonly path?: string | null
}

/** A Route and the Service it leads to. A Route without one matches all the same. */
export interface RoutedService<R extends RouteFields = Route, S extends ServiceFields = Service> {
  readonly route: R
  readonly service: S | undefined
}
