import type { Address } from './balancers.ts'
import type {
  UpstreamClient,
  UpstreamExchange,
  UpstreamFailure,
  UpstreamHandler,
  UpstreamRequest,
} from './upstream-client.ts'

/** A request that may be tried several times. */
export interface RetriedRequest {
  readonly client: UpstreamClient
  /** Further attempts after the first; the `retries` of the Service. */
  readonly retries: number
  /** Where the next attempt goes, or undefined when there is nowhere to go. */
  pick(): Address | undefined
  /** The request for one attempt; Host and server name depend on the address. */
  prepare(address: Address): UpstreamRequest
  /** Hears of an attempt that failed and is followed by another one. */
  onRetry?(failure: UpstreamFailure, address: Address): void
  /** Called instead of the handler's methods when `pick` answered undefined. */
  onNoAddress(): void
}

/** Sends a request, and again to the next address where a failure allows it. */
export function sendWithRetries(
  request: RetriedRequest,
  handler: UpstreamHandler,
): UpstreamExchange {
  throw new Error(`${request.retries} ${typeof handler}`)
}
