import type { BodySource } from '@postern/proxy'
import { gatewayErrors } from './errors.ts'
import type { Exchange } from './listener/listener.ts'

/** Trailer fields of one request: as many bytes, names and values together. */
const MAX_TRAILER_BYTES = 8 * 1024
/** Trailer lines of one request. */
const MAX_TRAILER_LINES = 100

/**
 * The body of a request as plugins and Services are to read it: no longer than the limit.
 *
 * A body that tells its length has been refused before if that is too much, and is handed on as it
 * is. Of a chunked one nobody knows the length, so that it is counted while it is read.
 */
export function limitBody(exchange: Exchange, limits: BodyLimits): BodySource | undefined {
  const { body } = exchange
  if (body === undefined) return undefined
  const isWatched = limits.timeoutMs > 0 || lengthOf(exchange) === undefined
  return isWatched ? new LimitedBody(exchange, limits) : body
}

/** 0 is unlimited. */
export interface BodyLimits {
  /** `client_max_body_size` */
  readonly maxBytes: number
  /** `client_request_timeout`: how long the whole of it may take to come, from now on. */
  readonly timeoutMs: number
}

/** What Content-Length says; undefined where there is none. */
export function lengthOf({ rawHeaders }: Exchange): number | undefined {
  for (let i = 0; i < rawHeaders.length; i += 2) {
    const name = rawHeaders[i] as string
    if (name.length === 14 && name.toLowerCase() === 'content-length') {
      return Number(rawHeaders[i + 1])
    }
  }
  return undefined
}

/** Fails before anything beyond the limit, or the end of a body with too many trailers, is handed on. */
class LimitedBody implements AsyncIterable<Uint8Array> {
  readonly #exchange: Exchange
  readonly #limits: BodyLimits
  readonly #startedAtMs = Date.now()

  constructor(exchange: Exchange, limits: BodyLimits) {
    this.#exchange = exchange
    this.#limits = limits
  }

  async *[Symbol.asyncIterator](): AsyncGenerator<Uint8Array, void> {
    const { body } = this.#exchange
    const { maxBytes, timeoutMs } = this.#limits
    let bytes = 0
    // Not destroyed when it is too long: the connection is still needed for the answer.
    for await (const chunk of body?.iterator({ destroyOnReturn: false }) ?? []) {
      bytes += (chunk as Uint8Array).length
      if (maxBytes > 0 && bytes > maxBytes) throw gatewayErrors.BODY_OVER_LIMIT(maxBytes)
      // One that sends nothing at all is the listener's to end: `client_body_timeout`.
      if (timeoutMs > 0 && Date.now() - this.#startedAtMs > timeoutMs) {
        throw gatewayErrors.BODY_TOO_SLOW(timeoutMs)
      }
      yield chunk as Uint8Array
    }
    this.#checkTrailers()
  }

  #checkTrailers(): void {
    const { rawTrailers = [] } = this.#exchange
    const bytes = rawTrailers.reduce((sum, part) => sum + part.length, 0)
    if (rawTrailers.length > 2 * MAX_TRAILER_LINES || bytes > MAX_TRAILER_BYTES) {
      throw gatewayErrors.TRAILERS_TOO_LARGE(MAX_TRAILER_LINES, MAX_TRAILER_BYTES)
    }
  }
}
