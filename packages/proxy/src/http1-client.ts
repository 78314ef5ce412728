import { type ClientOptions, createClient } from '@postern/http1'
import type { UpstreamClient } from './upstream-client.ts'

/** Limits of the client, and how it connects. */
export type Http1ClientOptions = ClientOptions

/**
 * Makes a client that speaks HTTP/1.1 through our own codec, for a third of the time that undici takes
 * (packages/http1/bench).
 *
 * A request that may run twice is sent once more, on a new connection, when a kept one has died under
 * it without a byte of answer. That is not one of the retries of a Service.
 */
export function createHttp1Client(options: Http1ClientOptions = {}): UpstreamClient {
  return createClient(options)
}
