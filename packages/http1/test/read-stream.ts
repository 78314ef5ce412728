import type { ReadRequest, ReadStream } from '@postern/conformance'
import {
  createBodyDecoder,
  DEFAULT_WIRE_LIMITS,
  HeadReader,
  IS_BROKEN,
  NEEDS_MORE,
  parseRequestHead,
  Problem,
  type RequestHead,
  type WireLimits,
} from '@postern/http1'
import { RequestReader } from '../src/server/request-reader.ts'
import { DEFAULT_SERVER_LIMITS, type ServerLimits } from '../src/server/server-limits.ts'

/** A stream as the codec reads it, and why it stopped. */
export interface CodecStream extends ReadStream {
  readonly problem: Problem | undefined
}

/** Reads the heads of one connection, one after the other. */
export interface Heads {
  /** What `push` has read when it answers an index, and why not when it answers IS_BROKEN. */
  readonly head: RequestHead | Problem
  readonly hasBegun: boolean
  push(buffer: Buffer, from: number, to: number): number
}

/** A reader that remembers heads, as connections have it. */
export function rememberingHeads(limits: Partial<ServerLimits> = {}): RequestReader {
  return new RequestReader({ ...DEFAULT_SERVER_LIMITS, ...limits }, { checksTarget: true })
}

/** Reads each head as if it were the first one. */
export class FreshHeads implements Heads {
  head: RequestHead | Problem = new Problem(400, 'no head was read')
  readonly #limits: WireLimits
  readonly #reader: HeadReader

  constructor(limits: Partial<WireLimits> = {}) {
    this.#limits = { ...DEFAULT_WIRE_LIMITS, ...limits }
    this.#reader = new HeadReader({ ...this.#limits, skipsEmptyLine: true })
  }

  get hasBegun(): boolean {
    return this.#reader.hasBegun
  }

  push(buffer: Buffer, from: number, to: number): number {
    const after = this.#reader.push(buffer, from, to)
    if (after >= 0) this.head = parseRequestHead(this.#reader.head, this.#limits)
    else if (after === IS_BROKEN) this.head = this.#reader.problem as Problem
    return after
  }
}

/**
 * Reads a stream of requests with the codec, in pieces.
 *
 * @param cuts positions at which a piece ends, in ascending order
 */
export function readStream(
  stream: Buffer,
  cuts: readonly number[] = [],
  heads: Heads = new FreshHeads(),
): CodecStream {
  const reader = new StreamReader(heads)
  let from = 0
  for (const cut of [...cuts, stream.length]) {
    // A copy, so that nothing can be read beyond the end of a piece.
    if (cut > from) reader.push(Buffer.from(stream.subarray(from, cut)))
    from = cut
  }
  return reader.result()
}

class StreamReader {
  readonly #heads: Heads
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

  constructor(heads: Heads) {
    this.#heads = heads
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
    if (after === NEEDS_MORE) return piece.length
    const { head } = this.#heads
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
