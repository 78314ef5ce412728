import type { UpstreamClient } from './upstream-client.ts'

/** Limits of the client. */
export interface UndiciClientOptions {
  /** Idle connections live this long, in milliseconds. Default 60000. */
  readonly keepAliveMs?: number
  /** Largest head of a response, in bytes. Default 32768. */
  readonly maxHeaderBytes?: number
}

/** Makes a client that speaks HTTP/1.1 through undici. */
export function createUndiciClient(options: UndiciClientOptions = {}): UpstreamClient {
  throw new Error(JSON.stringify(options))
}
