import type { Route, Service } from '@postern/entities'
import type { RouteFields, ServiceFields } from './routed-service.ts'

/** What the router asks of a request. */
export interface MatchRequest {
  /** As sent: methods are compared with their case. */
  readonly method: string
  /** The path made by `normalizePath`, without the query. */
  readonly path: string
  /** The Host header as it came, with its port; undefined when there was none. */
  readonly host: string | undefined
  /** Port of the listener, used for Routes whose host names a port when the Host header has none. */
  readonly port: number
  /** Scheme of the listener. */
  readonly scheme: 'http' | 'https'
  /** Server name of the TLS handshake. */
  readonly sni: string | undefined
  /** The values of a header by its lower-case name; several lines of one name as a list. */
  header(lowerName: string): string | readonly string[] | undefined
}

/**
 * What the groups of regular expressions caught. `unnamed[0]` is all that matched, groups count
 * from 1, a group that took no part is undefined.
 *
 * @see Kong Gateway docs, PDK reference, "kong.request.get_uri_captures"
 */
export interface Captures {
  readonly unnamed: readonly (string | undefined)[]
  /** Has no prototype. Groups that took no part are absent. */
  readonly named: Readonly<Record<string, string>>
}

/** The Route that takes a request. */
export interface Match<R extends RouteFields = Route, S extends ServiceFields = Service> {
  readonly route: R
  readonly service: S | undefined
  /**
   * The part of the path that the Route's path matched, `''` when the Route has no paths. It is
   * stripped from the path sent upstream when the Route says `strip_path`.
   */
  readonly prefix: string
  /** Undefined when no expression of the Route has a group. */
  readonly captures: Captures | undefined
}
