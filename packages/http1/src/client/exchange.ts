import type { FieldMemo } from '../wire/field-memo.ts'
import type { ResponseHead } from '../wire/parse-response-head.ts'
import type {
  ClientExchange,
  ClientFailureKind,
  ClientHandler,
  ClientRequest,
} from './client-request.ts'
import type { Connection } from './connection.ts'
import { NEVER, type Waiting } from './deadlines.ts'
import { type BodyTarget, RequestBody } from './request-body.ts'
import { requestHead } from './request-head.ts'
import type { ResponseSink } from './response-reader.ts'

/** A smaller body is written together with its head. */
const INLINE_BYTES = 64 * 1024

/** A smaller chunk of a body is copied, and may be kept by any handler. In bytes. */
export const LENT_BYTES: number = 8 * 1024

/** RFC 9110, 9.2.2. Other methods may do more the second time. */
const IDEMPOTENT: ReadonlySet<string> = new Set([
  'GET',
  'HEAD',
  'OPTIONS',
  'TRACE',
  'PUT',
  'DELETE',
])

/** One request and its response, from `send` to the last call of the handler. */
export class Exchange implements ClientExchange, ResponseSink, BodyTarget, Waiting {
  readonly request: ClientRequest
  /** Set while it has a connection, an unfinished one included. */
  connection: Connection | undefined = undefined
  /** Called when it ends while it waits for a connection. */
  leaveQueue: ((exchange: Exchange) => void) | undefined = undefined
  /** Set while it waits for a connection. */
  readDeadlineMs: number = NEVER
  readonly writeDeadlineMs: number = NEVER
  /** Whether bytes of the request may have reached the server. */
  isSent = false
  isOver = false
  /** Whether the head of the response is here. */
  hasHead = false
  readonly head: string
  /** A body that leaves together with the head. */
  readonly inlineBody: Uint8Array | undefined
  readonly body: RequestBody | undefined
  readonly #handler: ClientHandler
  readonly #canLend: boolean
  #isPaused = false
  /** What came after `onData` had answered false. */
  #held: Uint8Array[] = NOTHING
  /** How it ends when what is held has been handed over: with these trailers, or broken. */
  #heldTrailers: readonly string[] | undefined = undefined
  #heldBreak: (() => void) | undefined = undefined

  /** @throws POSTERN_HTTP1_HEAD_INVALID */
  constructor(request: ClientRequest, handler: ClientHandler) {
    const { body } = request
    const { text, framing } = requestHead(request)
    this.request = request
    this.#handler = handler
    this.#canLend = handler.borrowsData === true
    this.head = text
    const isInline = body instanceof Uint8Array && body.length <= INLINE_BYTES
    this.inlineBody = isInline && body.length > 0 ? body : undefined
    this.body =
      body === undefined || isInline ? undefined : new RequestBody(body, framing, request.trailers)
  }

  /** Whether the whole request was written. */
  get isRequestWritten(): boolean {
    return this.body === undefined || this.body.isSent
  }

  /**
   * Whether it may be sent again after a kept connection has died under it without a byte of answer.
   *
   * That mostly means that the server had closed it before the request came, but it may have died
   * while at work: so only a method that may run twice, or a request of which nothing has left (RFC
   * 9112, 9.3.1). A body has to be there still.
   */
  get canRepeat(): boolean {
    const isHarmless = !this.isSent || IDEMPOTENT.has(this.request.method)
    return isHarmless && (this.body === undefined || this.body.canRepeat)
  }

  resume(): void {
    if (!this.#isPaused || this.isOver) return
    this.#isPaused = false
    while (this.#held.length > 0) {
      const chunk = this.#held.shift() as Uint8Array
      const goesOn = this.#handler.onData(chunk)
      if (this.isOver) return
      if (!goesOn) {
        this.#isPaused = true
        return
      }
    }
    if (this.#heldTrailers !== undefined) this.#end(this.#heldTrailers)
    else if (this.#heldBreak !== undefined) this.#heldBreak()
    else this.connection?.resume()
  }

  abort(): void {
    this.#finish()
  }

  /** Ends it with a failure, and its connection with it. */
  fail(kind: ClientFailureKind, message: string, cause?: unknown): void {
    if (this.isOver) return
    this.#finish()
    this.#handler.onError({ kind, message, sent: this.isSent, cause })
  }

  onDeadline(): void {
    const { connectTimeoutMs } = this.request
    this.fail('connect-timeout', `no connection was free for ${connectTimeoutMs} ms`)
  }

  onInformation({ status, rawHeaders }: ResponseHead): void {
    this.#handler.onInformation?.(status, rawHeaders)
  }

  onHead({ status, rawHeaders, reason }: ResponseHead, memo: FieldMemo): void {
    this.hasHead = true
    this.#handler.onHead(status, rawHeaders, reason, memo)
  }

  /** What one read has brought was looked at. */
  onRead(): void {
    if (this.hasHead && !this.isOver) this.#handler.onRead?.()
  }

  onData(chunk: Buffer): void {
    const { length } = chunk
    if (this.#isPaused) this.#hold(chunk)
    else if (this.#canLend && length >= LENT_BYTES) this.#lend(chunk)
    else this.#hand((this.connection as Connection).keep(chunk))
  }

  #hold(chunk: Buffer): void {
    if (this.#held === NOTHING) this.#held = []
    this.#held.push((this.connection as Connection).keep(chunk))
  }

  #lend(chunk: Buffer): void {
    const connection = this.connection as Connection
    if (!this.#hand(connection.lend(chunk))) connection.giveAway()
  }

  #hand(chunk: Uint8Array): boolean {
    if (this.#handler.onData(chunk)) return true
    if (!this.isOver) {
      this.#isPaused = true
      this.connection?.pause()
    }
    return false
  }

  onComplete(rawTrailers: readonly string[]): void {
    const connection = this.connection
    this.connection = undefined
    const isWritten = this.isRequestWritten
    this.body?.stop()
    // First, so that whoever sends the next request in `onEnd` finds it free.
    connection?.release(isWritten)
    // Who has asked for a pause is told of no end either.
    if (this.#isPaused) this.#heldTrailers = rawTrailers
    else this.#end(rawTrailers)
  }

  #end(rawTrailers: readonly string[]): void {
    this.isOver = true
    this.#handler.onEnd(rawTrailers)
  }

  onSwitch({ status, rawHeaders, upgrade }: ResponseHead, rest: Buffer): void {
    const asked = this.request.upgrade?.toLowerCase()
    const isAskedFor = upgrade !== '' && upgrade.toLowerCase() === asked && this.isRequestWritten
    if (!isAskedFor || this.#handler.onUpgrade === undefined) {
      return this.fail('invalid', 'the answer switches to another protocol than asked for')
    }
    const socket = (this.connection as Connection).handOver(rest)
    this.connection = undefined
    this.isOver = true
    this.#handler.onUpgrade(status, rawHeaders, socket)
  }

  onBroken(kind: 'reset' | 'invalid', message: string): void {
    if (this.#isPaused) this.#heldBreak = () => this.fail(kind, message)
    else this.fail(kind, message)
  }

  write(pieces: readonly (Uint8Array | string)[]): boolean {
    return this.connection?.writeBody(pieces) ?? false
  }

  onBodySent(): void {
    this.connection?.bodySent()
  }

  onBodyFailed(message: string, cause: unknown): void {
    this.fail('body', message, cause)
  }

  #finish(): void {
    if (this.isOver) return
    this.isOver = true
    this.#held = NOTHING
    this.body?.stop()
    this.leaveQueue?.(this)
    const connection = this.connection
    this.connection = undefined
    connection?.abandon()
  }
}

/** Never pushed to: most responses hold nothing back. */
const NOTHING: Uint8Array[] = []
