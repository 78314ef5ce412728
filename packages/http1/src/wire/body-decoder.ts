import { BODY_CUT, type BodyDecoder, type BodySink, NO_TRAILERS } from './body-sink.ts'
import { ChunkedDecoder } from './chunked-decoder.ts'
import type { Framing } from './framing.ts'
import type { WireLimits } from './limits.ts'

/** Makes the decoder of a body. A message of kind `none` has no body, and no decoder. */
export function createBodyDecoder(
  framing: Exclude<Framing, { readonly kind: 'none' }>,
  limits: WireLimits,
): BodyDecoder {
  if (framing.kind === 'chunked') return new ChunkedDecoder(limits)
  return framing.kind === 'length' ? new LengthDecoder(framing.bytes) : new CloseDecoder()
}

class LengthDecoder implements BodyDecoder {
  #left: number

  constructor(bytes: number) {
    this.#left = bytes
  }

  get isDone(): boolean {
    return this.#left === 0
  }

  push(buffer: Buffer, from: number, to: number, sink: BodySink): number {
    const end = to - from < this.#left ? to : from + this.#left
    if (end === from) return from
    this.#left -= end - from
    sink.onData(buffer.subarray(from, end))
    if (this.#left === 0) sink.onEnd(NO_TRAILERS)
    return end
  }

  finish(sink: BodySink): void {
    if (this.#left > 0) sink.onProblem(BODY_CUT)
  }
}

class CloseDecoder implements BodyDecoder {
  isDone = false

  push(buffer: Buffer, from: number, to: number, sink: BodySink): number {
    if (to > from) sink.onData(buffer.subarray(from, to))
    return to
  }

  finish(sink: BodySink): void {
    if (this.isDone) return
    this.isDone = true
    sink.onEnd(NO_TRAILERS)
  }
}
