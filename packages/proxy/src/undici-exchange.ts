import type { Duplex } from 'node:stream'
import type { Dispatcher } from 'undici'
import type { BodyReader } from './body-reader.ts'
import { failureOf } from './failure.ts'
import type { UpstreamExchange, UpstreamFailure, UpstreamHandler } from './upstream-client.ts'

/** An endless row of 1xx answers would hold a request for ever. */
const MAX_INFORMATIONAL = 50
/** As many lines as the other client takes. undici itself counts bytes only. */
const MAX_HEADER_LINES = 1000

/** Translates between one dispatch of undici and the handler of one exchange. */
export class UndiciExchange implements UpstreamExchange, Dispatcher.DispatchHandler {
  readonly #handler: UpstreamHandler
  readonly #upgrade: string | undefined
  readonly #onSpoilt: () => void
  #controller: Dispatcher.DispatchController | undefined
  #body: BodyReader | undefined
  #isOver = false
  #sent = false
  #hasHead = false
  #informational = 0

  /**
   * @param upgrade the protocol to switch to
   * @param onSpoilt hears that the connection must not be used again, although undici will
   */
  constructor(handler: UpstreamHandler, upgrade: string | undefined, onSpoilt: () => void) {
    this.#handler = handler
    this.#upgrade = upgrade?.toLowerCase()
    this.#onSpoilt = onSpoilt
  }

  get isOver(): boolean {
    return this.#isOver
  }

  /** The body that ends together with this exchange. */
  set body(body: BodyReader) {
    this.#body = body
  }

  resume(): void {
    if (!this.#isOver) this.#controller?.resume()
  }

  abort(): void {
    if (this.#isOver) return
    this.#finish()
    this.#controller?.abort(new Error('exchange aborted'))
  }

  /** Ends the exchange from our side, with a failure that undici does not know of. */
  fail(kind: UpstreamFailure['kind'], message: string, cause?: unknown): void {
    if (this.#isOver) return
    this.#finish()
    this.#controller?.abort(new Error(message))
    this.#handler.onError({ kind, message, sent: this.#sent, cause })
  }

  onRequestStart(controller: Dispatcher.DispatchController): void {
    this.#controller = controller
    // Aborted while it waited for its connection.
    if (this.#isOver) controller.abort(new Error('exchange aborted'))
    else this.#sent = true
  }

  onRequestUpgrade(
    controller: Dispatcher.DispatchController,
    status: number,
    _headers: unknown,
    socket: Duplex,
  ): void {
    const headers = textOf(controller.rawHeaders)
    if (this.#isOver || this.#handler.onUpgrade === undefined || !this.#isAskedFor(headers)) {
      socket.destroy()
      return this.fail('invalid', 'the answer switches to another protocol than asked for')
    }
    this.#finish()
    this.#handler.onUpgrade(status, headers, socket)
  }

  onResponseStart(
    controller: Dispatcher.DispatchController,
    status: number,
    _headers: unknown,
    reason?: string,
  ): void {
    if (this.#isOver) return
    // undici lets 000 and 099 through and asserts later on; 101 was not asked for.
    if (status < 100 || status === 101)
      return this.fail('invalid', `status ${status} in the answer`)
    const headers = textOf(controller.rawHeaders)
    if (headers.length > 2 * MAX_HEADER_LINES) {
      return this.fail('invalid', `more than ${MAX_HEADER_LINES} header lines in the answer`)
    }
    if (status >= 200) {
      this.#hasHead = true
      this.#handler.onHead(status, headers, sendable(reason))
      process.nextTick(tellRead, this)
      return
    }
    if (++this.#informational > MAX_INFORMATIONAL) {
      return this.fail('invalid', `more than ${MAX_INFORMATIONAL} informational answers`)
    }
    this.#handler.onInformation?.(status, headers)
  }

  onRead(): void {
    if (!this.#isOver) this.#handler.onRead?.()
  }

  onResponseData(controller: Dispatcher.DispatchController, chunk: Buffer): void {
    if (!this.#isOver && !this.#handler.onData(chunk)) controller.pause()
  }

  onResponseEnd(controller: Dispatcher.DispatchController): void {
    if (this.#isOver) return
    this.#finish()
    const trailers = textOf(controller.rawTrailers)
    // llhttp takes it for a header and reads no further answer, which undici does not ask about.
    if (hasField(trailers, 'connection')) this.#onSpoilt()
    this.#handler.onEnd(trailers)
  }

  onResponseError(_controller: Dispatcher.DispatchController, error: Error): void {
    if (this.#isOver) return
    this.#finish()
    this.#handler.onError(failureOf(error, { sent: this.#sent, hasHead: this.#hasHead }))
  }

  #isAskedFor(headers: readonly string[]): boolean {
    const at = headers.findIndex((name, i) => i % 2 === 0 && name.toLowerCase() === 'upgrade')
    return at >= 0 && headers[at + 1]?.toLowerCase() === this.#upgrade
  }

  #finish(): void {
    this.#isOver = true
    this.#body?.stop()
  }
}

function hasField(raw: readonly string[], lowerName: string): boolean {
  return raw.some((name, i) => i % 2 === 0 && name.toLowerCase() === lowerName)
}

function tellRead(exchange: UndiciExchange): void {
  exchange.onRead()
}

/** undici keeps names and values as the bytes that came. */
function textOf(raw: unknown): string[] {
  if (!Array.isArray(raw)) return []
  return raw.map((part: unknown) =>
    Buffer.isBuffer(part) ? part.toString('latin1') : String(part),
  )
}

/** A reason phrase with a control character in it would break the line it is sent on in. */
function sendable(reason: string | undefined): string {
  if (reason === undefined) return ''
  for (let i = 0; i < reason.length; i++) {
    const code = reason.charCodeAt(i)
    if ((code < 0x20 && code !== 0x09) || code === 0x7f || code > 0xff) return ''
  }
  return reason
}
