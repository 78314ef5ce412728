import { createBodyDecoder } from '../wire/body-decoder.ts'
import { BODY_CUT, type BodyDecoder, type BodySink, NO_TRAILERS } from '../wire/body-sink.ts'
import { fieldName, lowerName } from '../wire/field-names.ts'
import type { FieldMemo } from '../wire/field-memo.ts'
import { HeadMemory } from '../wire/head-memory.ts'
import { HeadReader, NEEDS_MORE } from '../wire/head-reader.ts'
import type { WireLimits } from '../wire/limits.ts'
import { parseResponseHead, type ResponseHead } from '../wire/parse-response-head.ts'
import { Problem } from '../wire/problem.ts'

/** Hears what a response is made of. Nothing follows `onComplete`, `onSwitch` and `onBroken`. */
export interface ResponseSink {
  onInformation(head: ResponseHead): void
  /** @param memo the same object while the head is repeated */
  onHead(head: ResponseHead, memo: FieldMemo): void
  /** A view on what was pushed. It belongs to the connection again when the call returns. */
  onData(chunk: Buffer): void
  onComplete(rawTrailers: readonly string[]): void
  /** 101. `rest` is what came behind the head, in the other protocol already. */
  onSwitch(head: ResponseHead, rest: Buffer): void
  onBroken(kind: 'reset' | 'invalid', message: string): void
}

/** Limits of what a server may answer. */
export interface ResponseLimits extends WireLimits {
  /** Answers with 1xx before the one that counts: an endless row would hold a request for ever. */
  readonly maxInformational: number
}

/** Reads the responses of one connection, one after the other, strictly by RFC 9112. */
export class ResponseReader implements BodySink {
  /** Whether anything came of the response that is waited for. */
  hasBegun = false
  /** Whether the head of a response is waited for that has begun. */
  isWithinHead = false
  /** Whether the connection may carry another request when the response is complete. */
  canReuse = false
  /** How long the server keeps an idle connection, in seconds, where it has said so. */
  keepAliveSeconds: number | undefined = undefined
  readonly #limits: ResponseLimits
  readonly #heads: HeadReader
  readonly #memory = new HeadMemory()
  /** What the memory is of, and the method of its request. */
  #before: ResponseHead | undefined
  #methodBefore = ''
  #memo: FieldMemo = { value: undefined }
  #sink: ResponseSink | undefined
  #method = ''
  #informational = 0
  /** How much of the start of an unfinished head was looked at. */
  #startBytes = 0
  #decoder: BodyDecoder | undefined
  /** Set when a body has ended and its exchange has not been told yet. */
  #trailers: readonly string[] | undefined

  constructor(limits: ResponseLimits) {
    this.#limits = limits
    this.#heads = new HeadReader({ maxHeadBytes: limits.maxHeadBytes })
  }

  /** Waits for the response to a request. */
  start(method: string, sink: ResponseSink): void {
    this.#sink = sink
    this.#method = method
    this.#informational = 0
    this.#decoder = undefined
    this.#trailers = undefined
    this.hasBegun = false
    this.isWithinHead = false
    this.canReuse = false
    this.keepAliveSeconds = undefined
  }

  /** Lets go of the response. */
  stop(): void {
    this.#sink = undefined
    this.#decoder = undefined
    this.#trailers = undefined
  }

  push(buffer: Buffer, to: number): void {
    let from = 0
    this.hasBegun = true
    // A sink that ends the exchange stops the reader.
    while (from < to && this.#sink !== undefined) {
      const decoder = this.#decoder
      if (decoder === undefined) from = this.#readHead(buffer, from, to)
      else from = this.#decode(decoder, buffer, from, to)
    }
  }

  /** The connection has ended. */
  end(): void {
    if (this.#decoder === undefined) return this.#break('reset', CUT_HEAD)
    this.#decoder.finish(this)
    if (this.#trailers !== undefined) this.#complete(this.#trailers, 0)
  }

  #readHead(buffer: Buffer, from: number, to: number): number {
    const isFirstPiece = this.#heads.isEmpty
    if (isFirstPiece && this.#before !== undefined && this.#method === this.#methodBefore) {
      const end = this.#memory.endOf(buffer, from, to)
      if (end >= 0) return this.#takeFinal(this.#before, end, to)
    }
    const at = this.#heads.push(buffer, from, to)
    if (at >= 0) return this.#takeHead(buffer, isFirstPiece ? from : at, at, to)
    if (at === NEEDS_MORE) {
      if (!this.isWithinHead) this.#startBytes = 0
      this.isWithinHead = true
      // Somebody who speaks another protocol may wait for us to speak.
      if (!this.#beginsAsHttp(buffer, from, to)) this.#break('invalid', NO_HTTP)
    } else this.#break('invalid', this.#heads.problem?.problem ?? NO_HTTP)
    return to
  }

  /** Whether the part of a head that is here can become one of HTTP/1. */
  #beginsAsHttp(buffer: Buffer, from: number, to: number): boolean {
    const at = this.#startBytes
    if (at === START.length) return true
    const text = buffer.toString('latin1', from, Math.min(to, from + START.length - at))
    this.#startBytes += text.length
    return START.startsWith(text, at)
  }

  /**
   * Answers where to read on.
   *
   * @param from where the head begins, or `at` where it came in pieces
   */
  #takeHead(buffer: Buffer, from: number, at: number, to: number): number {
    this.isWithinHead = false
    const head = parseResponseHead(this.#heads.head, this.#method, this.#limits)
    if (head instanceof Problem) {
      this.#break('invalid', head.problem)
      return to
    }
    if (head.status >= 200) {
      this.#keep(head, buffer, from, at)
      return this.#takeFinal(head, at, to)
    }
    if (head.status !== 101) {
      this.#takeInformation(head)
      return at
    }
    const sink = this.#sink
    this.stop()
    sink?.onSwitch(head, buffer.subarray(at, to))
    return to
  }

  #keep(head: ResponseHead, buffer: Buffer, from: number, at: number): void {
    const isKept = from < at && this.#memory.keep(buffer, from, at)
    this.#before = isKept ? head : undefined
    this.#memo = { value: undefined }
    this.#methodBefore = this.#method
  }

  #takeInformation(head: ResponseHead): void {
    this.#informational += 1
    const most = this.#limits.maxInformational
    if (this.#informational <= most) this.#sink?.onInformation(head)
    else this.#break('invalid', `more than ${most} informational answers`)
  }

  #takeFinal(head: ResponseHead, at: number, to: number): number {
    const { framing } = head
    this.canReuse = head.keepsAlive && framing.kind !== 'close' && !hasStrayFraming(head)
    this.keepAliveSeconds = this.canReuse ? keepAliveOf(head.rawHeaders) : undefined
    const isEmpty = framing.kind === 'none' || (framing.kind === 'length' && framing.bytes === 0)
    if (!isEmpty) this.#decoder = createBodyDecoder(framing, this.#limits)
    this.#sink?.onHead(head, this.#memo)
    if (!isEmpty) return at
    this.#complete(NO_TRAILERS, to - at)
    return to
  }

  #decode(decoder: BodyDecoder, buffer: Buffer, from: number, to: number): number {
    const at = decoder.push(buffer, from, to, this)
    // Not in `onEnd`, as only here is known whether more has come than belongs to the response.
    if (this.#trailers === undefined) return at
    this.#complete(this.#trailers, to - at)
    return to
  }

  onData(chunk: Buffer): void {
    this.#sink?.onData(chunk)
  }

  onEnd(rawTrailers: readonly string[]): void {
    this.#trailers = rawTrailers
  }

  onProblem({ problem }: Problem): void {
    this.#break(problem === BODY_CUT.problem ? 'reset' : 'invalid', problem)
  }

  /** @param strayBytes that came behind the response: nobody has asked for them */
  #complete(rawTrailers: readonly string[], strayBytes: number): void {
    const sink = this.#sink
    this.stop()
    if (strayBytes > 0) this.canReuse = false
    sink?.onComplete(rawTrailers)
  }

  #break(kind: 'reset' | 'invalid', message: string): void {
    const sink = this.#sink
    this.stop()
    sink?.onBroken(kind, message)
  }
}

const NO_HTTP = 'the answer is no HTTP'
const CUT_HEAD = 'the connection ended before the head of the answer'

const START = 'HTTP/1.'

/** A 204 with a body would answer the next request (RFC 9112, 6.1 and 6.3). */
function hasStrayFraming({ status, rawHeaders }: ResponseHead): boolean {
  if (status !== 204) return false
  for (let i = 0; i < rawHeaders.length; i += 2) {
    const { role } = fieldName(rawHeaders[i] as string)
    if (role === 'transfer-encoding') return true
    if (role === 'content-length' && rawHeaders[i + 1] !== '0') return true
  }
  return false
}

/** Keep-Alive is in no RFC of today, and yet what servers tell their idle timeout with. */
function keepAliveOf(rawHeaders: readonly string[]): number | undefined {
  for (let i = 0; i < rawHeaders.length; i += 2) {
    const name = rawHeaders[i] as string
    if (name.length !== KEEP_ALIVE.length || lowerName(name) !== KEEP_ALIVE) continue
    const timeout = TIMEOUT.exec(rawHeaders[i + 1] as string)
    if (timeout !== null) return Number(timeout[1])
  }
  return undefined
}

const KEEP_ALIVE = 'keep-alive'
const TIMEOUT = /(?:^|[\s,])timeout=(\d{1,9})/i
