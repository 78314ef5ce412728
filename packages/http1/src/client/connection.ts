import { Buffer } from 'node:buffer'
import { once } from 'node:events'
import type { Socket } from 'node:net'
import type { Duplex } from 'node:stream'
import { ReadBuffer } from '../wire/read-buffer.ts'
import { connect } from './connect.ts'
import { NEVER, nowMs, type Waiting } from './deadlines.ts'
import type { Exchange } from './exchange.ts'
import type { Origin } from './origin.ts'
import { ResponseReader } from './response-reader.ts'
import { kindOfError, messageOf } from './socket-error.ts'

/** A chunk up to this size leaves as one text with its framing: one write, and no list of buffers. */
const JOINED_BYTES = 16 * 1024

type Listener = (about: unknown) => void

/** One connection, and the exchange that it is at work on. */
export class Connection implements Waiting {
  readDeadlineMs: number = NEVER
  writeDeadlineMs: number = NEVER
  readonly #origin: Origin
  readonly #socket: Socket
  readonly #reader: ResponseReader
  readonly #buffer = new ReadBuffer()
  /** An ordinary stream, which can be handed over when the protocol is switched. */
  readonly #isStream: boolean
  #exchange: Exchange | undefined
  #isConnected = false
  #isClosed = false
  #isPaused = false
  /** Requests that were started on it. */
  #requests = 0
  readonly #listeners: (readonly [event: string, listener: Listener])[] = []
  /** A head that waits for the first piece of its body, so that both leave in one write. */
  #pendingHead = ''

  /** Opens a connection for an exchange, which starts when it stands. */
  constructor(origin: Origin, exchange: Exchange) {
    this.#origin = origin
    this.#reader = new ResponseReader(origin.context.limits)
    this.#isStream = exchange.request.upgrade !== undefined
    this.#socket = connect(origin.address, {
      lookup: origin.context.lookup,
      session: origin.session,
      onread: this.#isStream
        ? undefined
        : {
            // Asked after each read, so that a buffer can be given away. The types know no function.
            buffer: (() => this.#buffer.next) as unknown as Uint8Array,
            callback: (bytes, buffer) => {
              this.#read(buffer as Buffer, bytes)
              return true
            },
          },
    })
    this.#listen()
    this.#exchange = exchange
    exchange.connection = this
    this.#expectRead(exchange.request.connectTimeoutMs)
  }

  /** Resolves when the socket is closed. */
  async closed(): Promise<void> {
    if (!this.#socket.closed) await once(this.#socket, 'close')
  }

  /** Whether a request can be sent on it now. */
  get isUsable(): boolean {
    return !this.#isClosed && !this.#socket.destroyed
  }

  /** Sends the request of an exchange. */
  start(exchange: Exchange): void {
    if (this.#requests > 0) this.#socket.ref()
    this.#requests += 1
    this.#exchange = exchange
    exchange.connection = this
    this.#reader.start(exchange.request.method, exchange)
    this.readDeadlineMs = NEVER
    if (exchange.body === undefined) return this.#sendWhole(exchange)
    this.#pendingHead = exchange.head
    exchange.body.start(exchange)
    // A source that has nothing to give yet must not keep the head from the server.
    if (this.#pendingHead !== '') setImmediate(flushHead, this)
  }

  writeBody(pieces: readonly (Uint8Array | string)[]): boolean {
    const head = this.#pendingHead
    this.#pendingHead = ''
    return this.#write(head === '' ? pieces : [head, ...pieces])
  }

  /** The whole body was written. */
  bodySent(): void {
    this.flushHead()
    if (!this.#socket.writableNeedDrain) this.#expectAnswer()
  }

  flushHead(): void {
    if (this.#pendingHead !== '' && this.#exchange !== undefined) this.writeBody([])
  }

  /** Bytes that stay valid. */
  keep(chunk: Buffer): Buffer {
    return this.#isStream ? chunk : this.#buffer.keep(chunk)
  }

  /** Bytes that stay valid until the next read, unless `giveAway` follows. */
  lend(chunk: Buffer): Buffer {
    return this.#isStream ? chunk : this.#buffer.lend(chunk)
  }

  giveAway(): void {
    if (!this.#isStream) this.#buffer.giveAway()
  }

  pause(): void {
    this.#isPaused = true
    this.readDeadlineMs = NEVER
    if (!this.#isStream) this.#socket.pause()
  }

  resume(): void {
    if (!this.#isPaused) return
    this.#isPaused = false
    if (this.#exchange !== undefined) this.#expectRead(this.#exchange.request.readTimeoutMs)
    if (this.#isStream) this.#readStream()
    else this.#socket.resume()
  }

  /**
   * The response is complete. Another request may follow where both sides have said all they had to
   * say, and nothing more.
   */
  release(isRequestWritten: boolean): void {
    const { context } = this.#origin
    const { canReuse, keepAliveSeconds } = this.#reader
    this.#exchange = undefined
    this.writeDeadlineMs = NEVER
    // A second less than the server says: a request under way must not meet its end.
    const idleMs = Math.min(context.keepAliveMs, ((keepAliveSeconds ?? NEVER) - 1) * 1000)
    const isWorn = this.#requests >= context.maxRequests || this.#isStream
    if (!canReuse || !isRequestWritten || isWorn || idleMs <= 0 || !this.isUsable) {
      return this.destroy()
    }
    this.#buffer.rest()
    if (this.#isPaused) this.resume()
    this.#expectRead(idleMs)
    this.#origin.release(this)
  }

  /** An idle connection does not keep the process alive. */
  rest(): void {
    this.#socket.unref()
  }

  /** The exchange is over before its response is. */
  abandon(): void {
    this.#exchange = undefined
    this.destroy()
  }

  destroy(): void {
    this.readDeadlineMs = NEVER
    this.writeDeadlineMs = NEVER
    this.#reader.stop()
    this.#socket.destroy()
    this.#close()
  }

  /** Gives the socket away, with what was read too much. */
  handOver(rest: Buffer): Duplex {
    const socket = this.#socket
    this.#exchange = undefined
    for (const [event, listener] of this.#listeners) socket.off(event, listener)
    if (rest.length > 0) socket.unshift(Buffer.from(rest))
    this.#close()
    return socket
  }

  /** The client is closed. */
  shutDown(): void {
    if (this.#exchange === undefined) this.destroy()
    else this.#exchange.fail('aborted', 'the client was closed')
  }

  onDeadline(now: number): void {
    const exchange = this.#exchange
    if (exchange === undefined) return this.destroy()
    const { connectTimeoutMs, writeTimeoutMs, readTimeoutMs } = exchange.request
    if (!this.#isConnected) {
      exchange.fail('connect-timeout', `no connection after ${connectTimeoutMs} ms`)
    } else if (this.writeDeadlineMs <= now) {
      exchange.fail('timeout', `nothing was taken for ${writeTimeoutMs} ms`)
    } else exchange.fail('timeout', `nothing was answered for ${readTimeoutMs} ms`)
  }

  #listen(): void {
    const isSecure = this.#origin.address.scheme === 'https'
    this.#on(isSecure ? 'secureConnect' : 'connect', () => this.#connected())
    if (isSecure) this.#on('session', (session) => this.#origin.keepSession(session as Buffer))
    if (this.#isStream) this.#on('readable', () => this.#readStream())
    this.#on('drain', () => this.#drained())
    this.#on('end', () => this.#ended())
    this.#on('error', (error) => this.#failed(error as Error))
    this.#on('close', () => this.#failed(undefined))
  }

  #on(event: string, listener: Listener): void {
    this.#socket.on(event, listener)
    this.#listeners.push([event, listener])
  }

  #connected(): void {
    this.#isConnected = true
    const exchange = this.#exchange
    if (exchange === undefined) this.destroy()
    else this.start(exchange)
  }

  #sendWhole(exchange: Exchange): void {
    const { head, inlineBody } = exchange
    if (inlineBody === undefined) this.#send(head)
    else this.#write([head, inlineBody])
    if (this.#exchange === exchange && !this.#socket.writableNeedDrain) this.#expectAnswer()
  }

  #write(pieces: readonly (Uint8Array | string)[]): boolean {
    let bytes = 0
    for (const piece of pieces) bytes += piece.length
    if (bytes <= JOINED_BYTES) {
      let text = ''
      for (const piece of pieces) text += typeof piece === 'string' ? piece : latin1(piece)
      return this.#send(text)
    }
    this.#socket.cork()
    let takesMore = true
    for (const piece of pieces) takesMore = this.#send(piece)
    this.#socket.uncork()
    return takesMore
  }

  #send(piece: string | Uint8Array): boolean {
    const socket = this.#socket
    const exchange = this.#exchange as Exchange
    const takesMore =
      typeof piece === 'string' ? socket.write(piece, 'latin1') : socket.write(piece)
    // The system has refused the very first write: the server had closed the connection, and has
    // nothing of this request. Behind TLS the error could be of an earlier record.
    const isRefused = socket.errored !== null && this.#origin.address.scheme === 'http'
    if (!isRefused) exchange.isSent = true
    if (!takesMore) this.#expectWrite(exchange.request.writeTimeoutMs)
    return takesMore
  }

  #drained(): void {
    this.writeDeadlineMs = NEVER
    const exchange = this.#exchange
    if (exchange === undefined) return
    if (exchange.isRequestWritten) this.#expectAnswer()
    else exchange.body?.drained()
  }

  #read(buffer: Buffer, bytes: number): void {
    const exchange = this.#exchange
    // Nobody has asked for it, and the next request must not be answered with it.
    if (exchange === undefined) return this.destroy()
    const wasWithinHead = this.#reader.isWithinHead
    this.#reader.push(buffer, bytes)
    exchange.onRead()
    if (this.#exchange !== exchange || this.#isPaused) return
    // A head that drips has one deadline; a body has one for each read.
    const drips = wasWithinHead && this.#reader.isWithinHead
    if (!drips && (exchange.hasHead || exchange.isRequestWritten)) this.#expectAnswer()
  }

  #readStream(): void {
    while (!this.#isPaused && !this.#isClosed) {
      const chunk: Buffer | null = this.#socket.read()
      if (chunk === null) return
      this.#read(chunk, chunk.length)
    }
  }

  #ended(): void {
    const exchange = this.#exchange
    if (exchange === undefined) return this.destroy()
    if (!this.#reader.hasBegun) return this.#lose('reset', ENDED, undefined)
    this.#reader.end()
  }

  #failed(error: Error | undefined): void {
    if (this.#exchange !== undefined) {
      if (error === undefined) this.#lose('reset', ENDED, undefined)
      else this.#lose(kindOfError(error, this.#isConnected), messageOf(error), error)
    }
    this.destroy()
  }

  /** The connection has died under its exchange. */
  #lose(kind: Parameters<Exchange['fail']>[0], message: string, cause: unknown): void {
    const exchange = this.#exchange as Exchange
    const isStale = this.#requests > 1 && !this.#reader.hasBegun && kind === 'reset'
    if (!isStale || !exchange.canRepeat) return exchange.fail(kind, message, cause)
    this.#exchange = undefined
    exchange.connection = undefined
    exchange.body?.stop()
    this.destroy()
    // Not on another kept one: a server that was restarted has closed them all.
    this.#origin.open(exchange)
  }

  /** The next bytes are those of the answer. */
  #expectAnswer(): void {
    if (this.#exchange !== undefined && !this.#isPaused) {
      this.#expectRead(this.#exchange.request.readTimeoutMs)
    }
  }

  #expectRead(withinMs: number): void {
    this.readDeadlineMs = nowMs() + withinMs
    this.#origin.context.deadlines.expect(this.readDeadlineMs)
  }

  #expectWrite(withinMs: number): void {
    this.writeDeadlineMs = nowMs() + withinMs
    this.#origin.context.deadlines.expect(this.writeDeadlineMs)
  }

  #close(): void {
    if (this.#isClosed) return
    this.#isClosed = true
    this.#origin.closed(this)
  }
}

const ENDED = 'the connection ended before the answer'

function flushHead(connection: Connection): void {
  connection.flushHead()
}

function latin1(bytes: Uint8Array): string {
  return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length).toString('latin1')
}
