import { Buffer } from 'node:buffer'
import type { Duplex, Readable } from 'node:stream'
import { http1Errors } from '../errors.ts'
import type { FieldMemo } from '../wire/field-memo.ts'
import type { PreparedFields } from '../wire/prepared-fields.ts'
import type { RequestHead } from '../wire/parse-request-head.ts'
import { writeFields, writeResponseHead } from '../wire/write-head.ts'
import type { ConnectionFacts } from './connection-facts.ts'
import type { ExchangeTransport } from './exchange-transport.ts'
import { RequestBody } from './request-body.ts'
import { ResponseHeadDraft, type ResponseFraming } from './response-head.ts'

/**
 * Hears of an exchange. An object and not functions: V8 13 lets a closure that is kept in a field
 * live until the next full collection, and with it all that the closure sees, which doubled the CPU
 * time of a request.
 */
export interface ExchangeListener {
  /** `write` may be used again. */
  onDrain?(): void
  /** Called once: with true when the answer has left, with false when the connection ended before. */
  onClose?(finished: boolean): void
}

/**
 * One request and the place for its answer.
 *
 * The head is held back until the first piece of the body, or until the current turn of the event
 * loop ends, so that a small answer leaves in one write.
 */
export class ServerExchange {
  readonly connection: ConnectionFacts
  /** Empty where no request could be read. */
  readonly method: string
  /** The request target as received. */
  readonly target: string
  readonly httpVersion: '1.0' | '1.1'
  /** Name, value, name, value, as received. */
  readonly rawHeaders: readonly string[]
  /**
   * The same object for all requests of the connection as long as its fields, and with them
   * `rawHeaders`, are repeated: what was worked out about them can be kept here.
   */
  readonly memo: FieldMemo
  /** True when the client asked to speak a protocol that the server was told it can. */
  readonly canUpgrade: boolean
  /** Hears when `write` may be used again, and when the exchange is over. */
  listener: ExchangeListener | undefined = undefined

  readonly #transport: ExchangeTransport
  readonly #hasBody: boolean
  readonly #readBefore: number
  readonly #writtenBefore: number
  #body: RequestBody | undefined = undefined
  #awaitsContinue: boolean
  #keepsAlive: boolean
  /** Whether the client knows that the connection ends: it, or the caller, has said so. */
  #isEndKnown: boolean
  /** Connection as the caller wants it, where it names Upgrade. */
  #options = ''
  #state: 'open' | 'begun' | 'ended' | 'closed' = 'open'
  /** The head that has not left yet: complete but for framing, Connection and empty line. */
  #heldHead = ''
  #framing: ResponseFraming = 'none'
  /** What is left of Content-Length. */
  #left = 0

  constructor(
    transport: ExchangeTransport,
    head: RequestHead | undefined,
    canUpgrade: boolean,
    memo: FieldMemo,
  ) {
    this.connection = transport.facts
    this.method = head?.method ?? ''
    this.target = head?.target ?? ''
    this.httpVersion = head?.minorVersion === 0 ? '1.0' : '1.1'
    this.rawHeaders = head?.rawHeaders ?? NO_HEADERS
    this.canUpgrade = canUpgrade
    this.memo = memo
    this.#transport = transport
    this.#readBefore = transport.bytesReadBefore
    this.#writtenBefore = transport.bytesWrittenBefore
    this.#hasBody = head !== undefined && head.framing.kind !== 'none'
    this.#awaitsContinue = head?.expectsContinue === true && this.#hasBody
    this.#keepsAlive = head?.keepsAlive === true
    this.#isEndKnown = !this.#keepsAlive && head !== undefined
  }

  /**
   * Whether the memory of a chunk may be used again when `write` has answered true. With TLS what is
   * written is not known to have left.
   */
  get borrowsData(): boolean {
    return this.connection.scheme === 'http'
  }

  /** Absent when the request has no body. What nobody reads is read and dropped after the answer. */
  get body(): Readable | undefined {
    return this.#hasBody ? this.requestBody : undefined
  }

  /** The body, made when somebody asks for it or when bytes of it arrive. */
  get requestBody(): RequestBody {
    this.#body ??= new RequestBody(this.#transport)
    return this.#body
  }

  /** Name, value, name, value, complete when the body has ended. */
  get rawTrailers(): readonly string[] {
    return this.#body?.rawTrailers ?? NO_HEADERS
  }

  /** Bytes that have come from the client for this exchange so far, its head included. */
  get bytesRead(): number {
    return this.#transport.bytesRead - this.#readBefore
  }

  /** Bytes that have gone to the client for it so far, heads and framing included. */
  get bytesWritten(): number {
    return this.#transport.bytesWritten - this.#writtenBefore
  }

  get isEnded(): boolean {
    return this.#state === 'ended'
  }

  get hasSentHead(): boolean {
    return this.#state !== 'open'
  }

  /** Whether the connection can go on after this answer. */
  get keepsAlive(): boolean {
    return this.#keepsAlive
  }

  /**
   * Begins the answer.
   *
   * Without Content-Length the body is chunked, or ends with the connection for HTTP/1.0; where it is
   * ended at once, Content-Length is added. Date and Connection are added, Transfer-Encoding is not
   * taken over.
   *
   * @param status 200 to 999
   * @param headers name, value, name, value
   * @param prepared fields of other names that go before them, written before
   * @throws POSTERN_HTTP1_HEAD_INVALID for what would break the message
   * @throws POSTERN_HTTP1_HEAD_SENT
   */
  sendHead(status: number, headers: readonly string[], prepared?: PreparedFields): void {
    if (this.#state === 'closed') return
    if (this.#state !== 'open') throw http1Errors.HEAD_SENT()
    if (status < 200) throw http1Errors.HEAD_INVALID('the final status', String(status))
    answerTo.isHead = this.method === 'HEAD'
    answerTo.dateLine = this.#transport.dateLine
    draft.write(status, headers, answerTo, prepared)
    this.#heldHead = draft.text
    this.#framing = draft.framing
    this.#left = draft.length
    this.#options = draft.options
    this.#isEndKnown ||= draft.closes
    this.#state = 'begun'
    if (draft.closes || this.#transport.isLast || this.#awaitsContinue) this.#keepsAlive = false
    this.#awaitsContinue = false
    this.#transport.schedule()
  }

  /**
   * Sends an interim answer at once. HTTP/1.0 does not know them, and gets none.
   *
   * @param status 100 to 199 without 101
   * @throws POSTERN_HTTP1_HEAD_INVALID
   */
  sendInformation(status: number, headers: readonly string[]): void {
    if (this.#state !== 'open' || this.httpVersion === '1.0') return
    if (status < 100 || status > 199 || status === 101) {
      throw http1Errors.HEAD_INVALID('the interim status', String(status))
    }
    if (status === 100) this.#awaitsContinue = false
    this.#transport.send(writeResponseHead(status, headers))
  }

  /** Tells a client that waits to be asked for its body to send it. */
  askForBody(): void {
    if (this.#awaitsContinue) this.sendInformation(100, NO_HEADERS)
  }

  /**
   * Sends a piece of the body. Answers false when the client is slow: `onDrain` of the listener tells
   * when to go on. Where it `borrowsData`, true says that the chunk has been used.
   * Dropped where the answer has no body. What is beyond its Content-Length is not sent, as the client
   * would take it for the next answer; the connection ends there.
   *
   * @throws POSTERN_HTTP1_HEAD_NOT_SENT
   */
  write(chunk: Uint8Array | string): boolean {
    if (this.#state === 'ended' || this.#state === 'closed') return true
    if (this.#state === 'open') throw http1Errors.HEAD_NOT_SENT()
    const bytes = typeof chunk === 'string' ? Buffer.byteLength(chunk) : chunk.length
    if (bytes === 0) return true
    if (this.#framing === 'undecided') this.#decide()
    if (this.#framing === 'none') return true
    if (this.#framing === 'length') {
      if (bytes > this.#left) return this.#sendRest(chunk)
      this.#left -= bytes
    }
    return this.#send(chunk, bytes)
  }

  /**
   * Ends the answer. A body shorter than its Content-Length cuts the connection.
   *
   * @param chunk the last piece, as for `write`
   * @param trailers name, value, name, value; sent where the body is chunked
   * @throws POSTERN_HTTP1_HEAD_NOT_SENT
   * @throws POSTERN_HTTP1_HEAD_INVALID
   */
  end(chunk?: Uint8Array | string, trailers?: readonly string[]): void {
    if (this.#state === 'ended' || this.#state === 'closed') return
    if (this.#state === 'open') throw http1Errors.HEAD_NOT_SENT()
    const last = trailers === undefined ? LAST_CHUNK : `0\r\n${writeFields(trailers)}\r\n`
    if (this.#framing === 'undecided') this.#decideAtEnd(chunk, trailers)
    if (chunk !== undefined) this.write(chunk)
    if (this.#state !== 'begun') return
    if (this.#framing === 'length' && this.#left > 0) {
      this.abort()
      return
    }
    if (this.#framing === 'chunked') this.#transport.send(this.#takeHead() + last)
    else this.flushHead()
    this.#state = 'ended'
    this.#transport.schedule()
  }

  /**
   * Does work that answers the request, at a time when the server does not run: in the callback of
   * another connection, for one. What it has sent is looked at when it returns, and not in a turn of
   * its own.
   */
  run(work: () => void): void {
    this.#transport.run(work)
  }

  /**
   * Cuts the connection, so that the client sees that the answer is not whole. It still gets the
   * answers before it, and what was written of this one.
   */
  abort(): void {
    // Where only the end of the connection ends the body, an orderly one would pass for its end.
    const endsTheBody = this.#framing === 'close' && this.#heldHead === ''
    const sign = this.#state === 'begun' && endsTheBody ? 'reset' : 'end'
    this.#state = 'closed'
    this.#heldHead = ''
    this.#transport.cut(this, sign)
  }

  /**
   * Answers 101 and hands the connection over, with what the client has already sent on it. Only
   * where `canUpgrade` says so.
   *
   * @param headers name, value, name, value; Upgrade and Connection are the caller's to say
   */
  upgrade(headers: readonly string[]): Duplex {
    if (this.#state !== 'open') throw http1Errors.HEAD_SENT()
    const head = writeResponseHead(101, headers)
    this.#state = 'closed'
    this.#transport.send(head)
    return this.#transport.upgrade()
  }

  /** Sends the head that is held back. For the connection. */
  flushHead(): void {
    if (this.#heldHead === '') return
    if (this.#framing === 'undecided') this.#decide()
    this.#transport.send(this.#takeHead())
  }

  /** A client that sends its body need not be asked for it. For the connection. */
  stopAwaitingContinue(): void {
    this.#awaitsContinue = false
  }

  /** What is left of the body is dropped, and whoever reads it hears so. For the connection. */
  giveUpBody(): void {
    this.#body?.destroy()
  }

  /** Tells that the exchange is over. For the connection. */
  close(finished: boolean): void {
    this.#state = 'closed'
    this.#heldHead = ''
    if (!finished) this.#body?.destroy(new Error('the client has gone'))
    const { listener } = this
    this.listener = undefined
    listener?.onClose?.(finished)
  }

  #decide(): void {
    if (this.httpVersion === '1.1') {
      this.#framing = 'chunked'
      this.#heldHead += 'Transfer-Encoding: chunked\r\n'
    } else {
      this.#framing = 'close'
      this.#keepsAlive = false
    }
  }

  #decideAtEnd(
    chunk: Uint8Array | string | undefined,
    trailers: readonly string[] | undefined,
  ): void {
    if (trailers !== undefined) return this.#decide()
    this.#framing = 'length'
    if (chunk === undefined) this.#left = 0
    else this.#left = typeof chunk === 'string' ? Buffer.byteLength(chunk) : chunk.length
    this.#heldHead += `Content-Length: ${this.#left}\r\n`
  }

  #takeHead(): string {
    if (this.#heldHead === '') return ''
    const head = this.#heldHead + this.#connectionLine()
    this.#heldHead = ''
    return head
  }

  #connectionLine(): string {
    if (this.#options === '') return this.#keepsAlive ? KEEP_ALIVE : CLOSE
    const close = this.#keepsAlive || this.#isEndKnown ? '' : ', close'
    return `Connection: ${this.#options}${close}\r\n\r\n`
  }

  #send(chunk: Uint8Array | string, bytes: number): boolean {
    const isChunked = this.#framing === 'chunked'
    const before = isChunked ? `${this.#takeHead()}${bytes.toString(16)}\r\n` : this.#takeHead()
    const after = isChunked ? '\r\n' : ''
    // Text of one byte a character is the same in latin1, as which it can follow the head.
    if (typeof chunk === 'string' && chunk.length === bytes) {
      return this.#transport.send(before + chunk + after)
    }
    const data = typeof chunk === 'string' ? Buffer.from(chunk) : chunk
    if (before === '' && after === '') return this.#transport.send(data)
    if (bytes > MAX_JOINED_BYTES) return this.#transport.sendAll(before, data, after)
    return this.#transport.send(before + latin1Of(data) + after)
  }

  /** The body ends here, whatever its sender thinks. */
  #sendRest(chunk: Uint8Array | string): boolean {
    const rest = (typeof chunk === 'string' ? Buffer.from(chunk) : chunk).subarray(0, this.#left)
    this.#keepsAlive = false
    this.#left = 0
    let canGoOn = true
    if (rest.length > 0) canGoOn = this.#send(rest, rest.length)
    else this.flushHead()
    this.#state = 'ended'
    this.#transport.schedule()
    return canGoOn
  }
}

const NO_HEADERS: readonly string[] = Object.freeze([])
const KEEP_ALIVE = 'Connection: keep-alive\r\n\r\n'
const CLOSE = 'Connection: close\r\n\r\n'
const LAST_CHUNK = '0\r\n\r\n'

/** Bodies up to this size go out as text behind their head: one write instead of a vector of them. */
const MAX_JOINED_BYTES = 16 * 1024

/** Nothing of it outlives the call that fills it. */
const draft = new ResponseHeadDraft()
const answerTo = { isHead: false, dateLine: '' }

function latin1Of(data: Uint8Array): string {
  const buffer = Buffer.isBuffer(data)
    ? data
    : Buffer.from(data.buffer, data.byteOffset, data.byteLength)
  return buffer.toString('latin1')
}
