/** What a log line tells of a request that only the host knows. What is not told is left out. */
export interface LogFacts {
  /** Bytes that came from the client and went to it, heads included. */
  readonly requestBytes?: number
  readonly responseBytes?: number
  /** When the client had everything, in milliseconds since 1970. Default: now. */
  readonly finishedAtMs?: number
  /** When the request was handed to the Service; 0 when it was not. */
  readonly proxiedAtMs?: number
  /** When the head of the Service's response came; 0 when it did not. */
  readonly answeredAtMs?: number
  /** Where the request was sent, in order. */
  readonly tries?: readonly UpstreamTry[]
}

/** One attempt to reach the Service, under the names it has in a log line of Kong. */
export interface UpstreamTry {
  readonly ip: string
  readonly port: number
  /** Milliseconds since 1970. */
  readonly balancer_start: number
  /** Milliseconds that choosing the Target took. */
  readonly balancer_latency?: number
  /** Set when it did not succeed. */
  readonly state?: 'failed' | 'next'
  /** Status of an attempt that did not succeed. */
  readonly code?: number
}

/** Of a host that tells nothing. */
export const NO_LOG_FACTS: LogFacts = Object.freeze({})
