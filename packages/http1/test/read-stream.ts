import {
  createBodyDecoder,
  DEFAULT_WIRE_LIMITS,
  HeadReader,
  IS_BROKEN,
  parseRequestHead,
  Problem,
  type RequestHead,
} from '@postern/http1'
import type { ReadRequest, ReadStream } from './reference-parser.ts'

/** A stream as the codec reads it, and why it stopped. */
export interface CodecStream extends ReadStream {
  readonly problem: Problem | undefined
}

/**
 * Reads a stream of requests with the codec, in pieces.
 *
 * @param cuts positions at which a piece ends, in ascending order
 */
export function readStream(stream: Buffer, cuts: readonly number[] = []): CodecStream {
  const reader = new StreamReader()
  let from = 0
  for (const cut of [...cuts, stream.length]) {
    // A copy, so that nothing can be read beyond the end of a piece.
    if (cut > from) reader.push(Buffer.from(stream.subarray(from, cut)))
    from = cut
  }
  return reader.result()
}

class StreamReader {
  readonly #heads = new HeadReader({ ...DEFAULT_WIRE_LIMITS, skipsEmptyLine: true })
  readonly #requests: ReadRequest[] = []
  #head: RequestHead | undefined
  #decoder: ReturnType<typeof createBodyDecoder> | undefined
  #body = ''
  #problem: Problem | undefined
  readonly #sink = {
    onData: (chunk: Buffer): void => {
      this.#body += chunk.toString('latin1')
    },
    onEnd: (trailers: readonly string[]): void => this.#take(trailers),
    onProblem: (problem: Problem): void => {
      this.#problem = problem
    },
  }

  push(piece: Buffer): void {
    let at = 0
    while (at < piece.length && this.#problem === undefined) {
      if (this.#decoder !== undefined) at = this.#decoder.push(piece, at, piece.length, this.#sink)
      else at = this.#readHead(piece, at)
    }
  }

  #readHead(piece: Buffer, from: number): number {
    const after = this.#heads.push(piece, from, piece.length)
    if (after === IS_BROKEN) this.#problem = this.#heads.problem
    if (after < 0) return piece.length
    const head = parseRequestHead(this.#heads.head, DEFAULT_WIRE_LIMITS)
    if (head instanceof Problem) {
      this.#problem = head
      return piece.length
    }
    this.#head = head
    this.#body = ''
    if (head.framing.kind === 'none') this.#take([])
    else this.#decoder = createBodyDecoder(head.framing, DEFAULT_WIRE_LIMITS)
    return after
  }

  #take(trailers: readonly string[]): void {
    const { method, target, minorVersion, rawHeaders, framing } = this.#head as RequestHead
    const kind = framing.kind as ReadRequest['framing']
    this.#requests.push({
      method,
      target,
      version: minorVersion === 0 ? '1.0' : '1.1',
      headers: rawHeaders,
      framing: kind,
      body: this.#body,
      trailers,
    })
    this.#decoder = undefined
  }

  result(): CodecStream {
    const requests = this.#requests
    if (this.#problem !== undefined) return { requests, end: 'refused', problem: this.#problem }
    const isPartial = this.#decoder !== undefined || this.#heads.hasBegun
    return { requests, end: isPartial ? 'partial' : 'done', problem: undefined }
  }
}
