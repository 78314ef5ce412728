import { Readable } from 'node:stream'
import type { BodySource } from './upstream-client.ts'

/** Who is told when a body does not flow. */
export interface BodyWatch {
  readonly writeTimeoutMs: number
  /** The Service has taken nothing for `writeTimeoutMs`. */
  onStalled(): void
  /** The source failed. */
  onFailed(error: unknown): void
}

/**
 * Hands a body out piece by piece, at the pace of the one who asks.
 *
 * Between a body and undici, which would destroy a source it is given: so a source that nothing was
 * read from can serve another attempt, and one that failed is told from a Service that did.
 */
export class BodyReader implements AsyncIterableIterator<Uint8Array> {
  readonly #source: Exclude<BodySource, Uint8Array>
  readonly #watch: BodyWatch
  #chunks: AsyncIterator<Uint8Array> | undefined
  #stall: NodeJS.Timeout | undefined
  #stop: ((end: IteratorReturnResult<undefined>) => void) | undefined
  #stopped = false

  constructor(source: Exclude<BodySource, Uint8Array>, watch: BodyWatch) {
    this.#source = source
    this.#watch = watch
  }

  [Symbol.asyncIterator](): this {
    return this
  }

  next(): Promise<IteratorResult<Uint8Array, undefined>> {
    clearTimeout(this.#stall)
    if (this.#stopped) return Promise.resolve(END)
    this.#chunks ??= chunksOf(this.#source)
    return new Promise((resolve) => {
      this.#stop = resolve
      this.#read(resolve)
    })
  }

  /** Ends the body for whoever reads it. The source is let go, and left as it is. */
  stop(): void {
    if (this.#stopped) return
    this.#stopped = true
    clearTimeout(this.#stall)
    this.#stop?.(END)
    this.#chunks?.return?.().catch(() => {
      // The source failed after the exchange was over; nobody waits for it.
    })
  }

  #read(resolve: (result: IteratorResult<Uint8Array, undefined>) => void): void {
    this.#chunks?.next().then(
      (result) => {
        if (this.#stopped) return
        if (result.done) return resolve(END)
        this.#stall = setTimeout(() => this.#watch.onStalled(), this.#watch.writeTimeoutMs)
        resolve(result)
      },
      (error: unknown) => {
        if (!this.#stopped) this.#watch.onFailed(error)
      },
    )
  }
}

const END: IteratorReturnResult<undefined> = { done: true, value: undefined }

function chunksOf(source: Exclude<BodySource, Uint8Array>): AsyncIterator<Uint8Array> {
  if (source instanceof Readable) return source.iterator({ destroyOnReturn: false })
  return source[Symbol.asyncIterator]()
}
