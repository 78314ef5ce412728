import type { FieldMemo } from '@postern/http1'
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
  /** Further attempts after the first one, 0 or more: the `retries` of the Service. */
  readonly retries: number
  /** Where the next attempt goes, undefined when there is nowhere to go. */
  pick(): Address | undefined
  /** The request for one attempt: Host and server name may depend on the address. */
  prepare(address: Address): UpstreamRequest
  /** Hears of an attempt that failed and is followed by another one. */
  onRetry?(failure: UpstreamFailure, address: Address): void
}

/** Failures that end with the attempt: another address may do better. */
const RETRIED: ReadonlySet<UpstreamFailure['kind']> = new Set([
  'connect',
  'connect-timeout',
  'dns',
  'reset',
  'timeout',
])

/** nginx: `proxy_next_upstream` without `non_idempotent`. */
const NOT_REPEATED: ReadonlySet<string> = new Set(['POST', 'LOCK', 'PATCH'])

/**
 * Sends a request, and again to the next address where the transport failed before a response.
 *
 * A status of the Service is never a reason to try again, nor is an answer that is no HTTP. Once
 * bytes may have reached a Service, POST, LOCK and PATCH are not repeated, nor is a request whose
 * body is streamed, as what was read of it is gone. Without an address there is a failure of kind
 * `no-address`. There is no pause between attempts.
 *
 * @see Kong Gateway docs, "Service entity", retries; nginx, proxy_next_upstream
 */
export function sendWithRetries(
  request: RetriedRequest,
  handler: UpstreamHandler,
): UpstreamExchange {
  return new RetriedExchange(request, handler)
}

/** Its own handler of each attempt: it passes on all but a failure that another attempt follows. */
class RetriedExchange implements UpstreamExchange, UpstreamHandler {
  readonly borrowsData: boolean
  readonly #request: RetriedRequest
  readonly #handler: UpstreamHandler
  /** The attempt that is under way. */
  #current: UpstreamExchange | undefined
  #address: Address | undefined
  #prepared: UpstreamRequest | undefined
  #left: number
  #isAborted = false
  /** A response that has begun is the client's; there is no second one. */
  #hasHead = false

  constructor(request: RetriedRequest, handler: UpstreamHandler) {
    this.#request = request
    this.#handler = handler
    this.borrowsData = handler.borrowsData === true
    this.#left = request.retries
    this.#attempt(undefined)
  }

  resume(): void {
    this.#current?.resume()
  }

  abort(): void {
    this.#isAborted = true
    this.#current?.abort()
  }

  onInformation(status: number, rawHeaders: readonly string[]): void {
    this.#handler.onInformation?.(status, rawHeaders)
  }

  onHead(
    status: number,
    rawHeaders: readonly string[],
    reason: string,
    memo: FieldMemo | undefined,
  ): void {
    this.#hasHead = true
    this.#handler.onHead(status, rawHeaders, reason, memo)
  }

  onData(chunk: Uint8Array): boolean {
    return this.#handler.onData(chunk)
  }

  onRead(): void {
    this.#handler.onRead?.()
  }

  onEnd(rawTrailers: readonly string[]): void {
    this.#handler.onEnd(rawTrailers)
  }

  onUpgrade(...upgraded: Parameters<NonNullable<UpstreamHandler['onUpgrade']>>): void {
    this.#hasHead = true
    if (this.#handler.onUpgrade === undefined) upgraded[2].destroy()
    else this.#handler.onUpgrade(...upgraded)
  }

  onError(failure: UpstreamFailure): void {
    const prepared = this.#prepared as UpstreamRequest
    if (this.#left <= 0 || this.#hasHead || !mayRepeat(prepared, failure)) {
      return this.#handler.onError(failure)
    }
    this.#left--
    this.#request.onRetry?.(failure, this.#address as Address)
    this.#attempt(failure)
  }

  #attempt(before: UpstreamFailure | undefined): void {
    const address = this.#request.pick()
    if (address === undefined) return this.#endWithout(before)
    const prepared = this.#request.prepare(address)
    this.#address = address
    this.#prepared = prepared
    this.#current = this.#request.client.send(prepared, this)
  }

  /** The failure of the last attempt says more than that there was nowhere else to go. */
  #endWithout(before: UpstreamFailure | undefined): void {
    const failure = before ?? NO_ADDRESS
    queueMicrotask(() => {
      if (!this.#isAborted) this.#handler.onError(failure)
    })
  }
}

const NO_ADDRESS: UpstreamFailure = Object.freeze({
  kind: 'no-address',
  message: 'no Target has a weight',
  sent: false,
})

function mayRepeat(request: UpstreamRequest, failure: UpstreamFailure): boolean {
  if (!RETRIED.has(failure.kind)) return false
  if (!failure.sent) return true
  const isStreamed = request.body !== undefined && !(request.body instanceof Uint8Array)
  return !isStreamed && !NOT_REPEATED.has(request.method)
}
