import { DEFAULT_WIRE_LIMITS, type WireLimits } from '../wire/limits.ts'

/** How much of a client is borne. Times are never cut short, and up to a second longer. */
export interface ServerLimits extends WireLimits {
  /** How long a client may take to send a head, in milliseconds from its first byte; then 408. */
  readonly headTimeoutMs: number
  /** How long nothing may come while a body is waited for, in milliseconds; then 408, or the end. */
  readonly bodyIdleMs: number
  /** How long a connection without a request is kept, in milliseconds. */
  readonly keepAliveMs: number
  /** How long a client may take nothing of an answer, in milliseconds. */
  readonly sendIdleMs: number
  /**
   * How long a client that has sent FIN is answered, in milliseconds. It may have closed one half of
   * the connection or all of it: only an answer can tell.
   */
  readonly halfClosedMs: number
  /** Requests on one connection; the answer to the last one says `Connection: close`. */
  readonly maxRequestsPerConnection: number
  /** Bytes behind a request that are kept until it is answered; then the connection is not read from. */
  readonly maxPipelinedBytes: number
  /** Requests of one connection that are served before others get their turn. */
  readonly maxPipelinedRequests: number
}

/** What holds unless something else is said. */
export const DEFAULT_SERVER_LIMITS: ServerLimits = Object.freeze({
  ...DEFAULT_WIRE_LIMITS,
  headTimeoutMs: 10_000,
  bodyIdleMs: 30_000,
  keepAliveMs: 65_000,
  sendIdleMs: 60_000,
  halfClosedMs: 10_000,
  maxRequestsPerConnection: 10_000,
  maxPipelinedBytes: 16 * 1024,
  maxPipelinedRequests: 16,
})
