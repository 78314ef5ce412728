import { LENT_BYTES } from '@postern/http1'
import type { UpstreamExchange, UpstreamFailure } from '@postern/proxy'

/** Where the body of a Service's response goes. */
export interface BodySink {
  /** Whether it has no use for a chunk any more when `write` has answered true. */
  readonly borrowsData?: boolean
  /** Answers false when it has enough for now: `ServiceBody.resume` goes on. */
  write(chunk: Uint8Array): boolean
  /** @param rawTrailers as the Service sent them */
  end(rawTrailers: readonly string[]): void
  fail(failure: UpstreamFailure): void
}

/**
 * The body of a Service's response on its way through the gateway.
 *
 * The head of a response and its first bytes often arrive together. What comes before somebody is
 * there to take it is kept, up to a bound, and then the Service is made to wait.
 */
export class ServiceBody {
  readonly #upstream: UpstreamExchange
  readonly #isLent: boolean
  #waiting: Uint8Array[] = []
  #waitingBytes = 0
  #ended = false
  #trailers: readonly string[] = []
  #failure: UpstreamFailure | undefined
  #sink: BodySink | undefined

  /** @param isLent whether the memory of a large chunk is used again once `push` has answered true */
  constructor(upstream: UpstreamExchange, isLent: boolean) {
    this.#upstream = upstream
    this.#isLent = isLent
  }

  /** Takes a chunk. Answers false when the Service has to wait for `resume`. */
  push(chunk: Uint8Array): boolean {
    const sink = this.#sink
    if (sink !== undefined) {
      return sink.write(sink.borrowsData === true ? chunk : this.#own(chunk))
    }
    this.#waiting.push(this.#own(chunk))
    this.#waitingBytes += chunk.length
    return this.#waitingBytes < MAX_WAITING_BYTES
  }

  #own(chunk: Uint8Array): Uint8Array {
    return this.#isLent && chunk.length >= LENT_BYTES ? Buffer.from(chunk) : chunk
  }

  end(rawTrailers: readonly string[]): void {
    this.#ended = true
    this.#trailers = rawTrailers
    this.#sink?.end(rawTrailers)
  }

  fail(failure: UpstreamFailure): void {
    this.#failure = failure
    this.#sink?.fail(failure)
  }

  /** Hands what is there, and all that follows, to a sink. */
  flowTo(sink: BodySink): void {
    this.#sink = sink
    const waiting = this.#waiting
    this.#waiting = []
    let wantsMore = true
    for (const chunk of waiting) wantsMore = sink.write(chunk)
    if (this.#failure !== undefined) sink.fail(this.#failure)
    else if (this.#ended) sink.end(this.#trailers)
    else if (wantsMore) this.#upstream.resume()
  }

  /**
   * The whole body when it is here already, without trailers: one write is then enough for head and
   * body.
   */
  takeWhole(): readonly Uint8Array[] | undefined {
    const isPlain = this.#failure === undefined && this.#trailers.length === 0
    return this.#ended && isPlain ? this.#waiting : undefined
  }

  resume(): void {
    this.#upstream.resume()
  }

  abort(): void {
    this.#upstream.abort()
  }

  /** Waits for the whole body, and keeps it for whoever takes it later. */
  collect(maxBytes: number): Promise<CollectedBody> {
    return new Promise((resolve) => {
      const chunks: Uint8Array[] = []
      let bytes = 0
      this.flowTo({
        write: (chunk) => {
          chunks.push(chunk)
          bytes += chunk.length
          if (bytes <= maxBytes) return true
          this.abort()
          resolve({ kind: 'too large' })
          return false
        },
        end: () => {
          this.#sink = undefined
          this.#waiting = chunks
          resolve({ kind: 'whole', body: Buffer.concat(chunks) })
        },
        fail: (failure) => resolve({ kind: 'failed', failure }),
      })
    })
  }
}

/** What became of a body that was waited for. */
export type CollectedBody =
  | { readonly kind: 'whole'; readonly body: Uint8Array }
  | { readonly kind: 'too large' }
  | { readonly kind: 'failed'; readonly failure: UpstreamFailure }

/** A response of this size is usually here as a whole before its head has been looked at. */
const MAX_WAITING_BYTES = 64 * 1024
