import type { Dispatcher } from 'undici'
import type { UpstreamHandler } from '../src/index.ts'

/** Counts the bytes of an answer, for either client. */
export class Counter implements UpstreamHandler, Dispatcher.DispatchHandler {
  readonly borrowsData: boolean
  readonly #done: (bytes: number) => void
  #bytes = 0

  constructor(done: (bytes: number) => void, options = { borrowsData: false }) {
    this.#done = done
    this.borrowsData = options.borrowsData
  }

  onHead(): void {
    // The head is read and that is all.
  }

  onData(chunk: Uint8Array): boolean {
    this.#bytes += chunk.length
    return true
  }

  onEnd(): void {
    this.#done(this.#bytes)
  }

  onError({ message }: { message: string }): void {
    throw new Error(message)
  }

  onRequestStart(): void {
    // Nothing to keep.
  }

  onResponseStart(controller: Dispatcher.DispatchController): void {
    if (!Array.isArray(controller.rawHeaders)) throw new Error('no raw headers')
  }

  onResponseData(_controller: Dispatcher.DispatchController, chunk: Uint8Array): void {
    this.#bytes += chunk.length
  }

  onResponseEnd(): void {
    this.#done(this.#bytes)
  }

  onResponseError(_controller: unknown, error: Error): void {
    throw error
  }
}
