import type { IncomingMessage, ServerResponse } from 'node:http'
import type { Socket } from 'node:net'
import type { Duplex, Readable } from 'node:stream'
import type { TLSSocket } from 'node:tls'
import type { PreparedFields } from '@postern/http1'
import { type CountedBytes, countedBefore, setCounted } from './counted-bytes.ts'
import { IdleClient, type IdleLimits } from './idle-client.ts'
import type { Connection, ConnectionTls, Exchange, ExchangeListener } from './listener.ts'
import { nodeResponseHead } from './node-response-head.ts'
import { withoutMapping } from './peer-address.ts'

/** What an exchange knows of the listener that it belongs to. */
interface ListenerState extends IdleLimits {
  readonly isClosing: boolean
  readonly upgraded: Set<Duplex>
}

/** How a request came. */
interface NodeExchangeOptions {
  /** What the client has sent behind the head of a request to upgrade; absent where nothing is switched to. */
  readonly behindHead?: Buffer | undefined
  /** The client waits to be asked for its body. */
  readonly awaitsContinue?: boolean
  /** Its answer is the last one on the connection, whatever it says itself. */
  readonly isLast?: boolean
}

/** An {@link Exchange} over the request and response objects of node:http. */
export class NodeExchange implements Exchange {
  readonly connection: Connection
  readonly method: string
  readonly target: string
  readonly httpVersion: string
  readonly rawHeaders: readonly string[]
  readonly body: Readable | undefined
  readonly canUpgrade: boolean
  listener: ExchangeListener | undefined = undefined
  readonly #req: IncomingMessage
  readonly #res: ServerResponse
  readonly #listener: ListenerState
  /** What the client has sent behind the head of a request to upgrade. */
  readonly #behindHead: Buffer | undefined
  /** Bytes of the connection that belong to exchanges before this one. */
  readonly #before: CountedBytes
  readonly #idle: IdleClient
  readonly #isLast: boolean
  #awaitsContinue: boolean
  /** The response belongs to another exchange by now. */
  #isGivenUp = false
  #isEnded = false
  #endsByClosing = false
  /** What is left of Content-Length. */
  #left = Number.POSITIVE_INFINITY

  /** The exchange that a response belongs to. */
  static of(res: ServerResponse): NodeExchange | undefined {
    return exchangeOf.get(res)
  }

  constructor(
    req: IncomingMessage,
    res: ServerResponse,
    listener: ListenerState,
    { behindHead, awaitsContinue = false, isLast = false }: NodeExchangeOptions = {},
  ) {
    this.connection = new NodeConnection(req.socket)
    this.method = req.method ?? ''
    this.target = req.url ?? ''
    this.httpVersion = req.httpVersion
    this.rawHeaders = req.rawHeaders
    this.body = hasBody(req) ? req : undefined
    this.canUpgrade = behindHead !== undefined
    this.#req = req
    this.#res = res
    this.#listener = listener
    this.#behindHead = behindHead
    this.#awaitsContinue = awaitsContinue
    this.#isLast = isLast
    this.#before = countedBefore(req.socket)
    exchangeOf.set(res, this)
    this.#idle = new IdleClient(req, res, { limits: listener, hasBody: this.body !== undefined })
    res.on('drain', () => {
      this.#idle.isSending = false
      this.listener?.onDrain?.()
    })
    res.on('close', () => this.#close(res.writableFinished))
    // Whoever reads the body hears of its errors; without a listener they would end the process.
    req.on('error', ignore)
    res.on('error', ignore)
  }

  /** Takes the response away from whoever is about to write it. */
  giveUp(): void {
    this.#close(false)
    this.#isGivenUp = true
  }

  get rawTrailers(): readonly string[] {
    return this.#req.rawTrailers
  }

  /** What a client sends ahead of its answers counts for the first of them. */
  get bytesRead(): number {
    return this.#req.socket.bytesRead - this.#before.read
  }

  get bytesWritten(): number {
    return this.#req.socket.bytesWritten - this.#before.written
  }

  #close(finished: boolean): void {
    if (this.#isGivenUp) return
    this.listener?.onClose?.(finished)
    const { bytesRead: read, bytesWritten: written } = this.#req.socket
    setCounted(this.#req.socket, { read, written })
  }

  sendHead(status: number, headers: readonly string[], prepared?: PreparedFields): void {
    if (this.#isGivenUp) return
    const all = prepared === undefined ? headers : [...prepared.raw, ...headers]
    const head = nodeResponseHead(status, all, {
      isHead: this.method === 'HEAD',
      httpVersion: this.httpVersion,
      keepsAlive: this.#keepsAlive,
      isEndKnown: !this.#res.shouldKeepAlive,
    })
    this.#res.writeHead(status, head.headers)
    this.#left = head.length
    this.#endsByClosing = head.endsByClosing
    if (head.closesUnsaid) this.#closeWhenSent()
  }

  /** A body that was not asked for may come or not: what follows could not be told from it. */
  get #keepsAlive(): boolean {
    const isLast = this.#isLast || this.#listener.isClosing || this.#awaitsContinue
    return this.#res.shouldKeepAlive && !isLast
  }

  sendInformation(status: number, headers: readonly string[]): void {
    // RFC 9110, 15.2: HTTP/1.0 does not know them.
    if (this.#isGivenUp || this.httpVersion === '1.0') return
    if (status === 100) {
      this.#awaitsContinue = false
      this.#res.writeContinue()
    } else if (status === 103) this.#sendHints(headers)
  }

  /** node:http throws at links that it cannot read; without hints the answer is the same. */
  #sendHints(headers: readonly string[]): void {
    try {
      this.#res.writeEarlyHints(linksOf(headers))
    } catch {
      // The next thing that comes is the answer.
    }
  }

  write(chunk: Uint8Array | string): boolean {
    if (this.#isGivenUp || this.#isEnded) return true
    const bytes = Buffer.byteLength(chunk)
    if (bytes > this.#left) {
      this.end(chunk)
      return true
    }
    this.#left -= bytes
    const isTaken = this.#res.write(chunk)
    if (!isTaken) this.#idle.isSending = true
    return isTaken
  }

  end(chunk?: Uint8Array | string, trailers: readonly string[] = []): void {
    if (this.#isGivenUp || this.#isEnded) return
    this.#isEnded = true
    const last = this.#withinLength(chunk)
    // The client would wait for the rest of what Content-Length has promised.
    if (this.#left > 0 && this.#left !== Number.POSITIVE_INFINITY) return this.abort()
    // node:http leaves them out where the body is not chunked.
    if (trailers.length > 0) this.#res.addTrailers(pairsOf(trailers))
    if (last === undefined) this.#res.end()
    else this.#res.end(last)
    if (this.#res.writableLength > 0) this.#idle.isSending = true
    this.#letGoOfBody()
  }

  /**
   * What is beyond Content-Length is not sent, as the client would take it for the next answer; the
   * connection ends there.
   */
  #withinLength(chunk: Uint8Array | string | undefined): Uint8Array | string | undefined {
    if (chunk === undefined) return undefined
    const bytes = Buffer.byteLength(chunk)
    const left = this.#left
    this.#left = Math.max(0, left - bytes)
    if (bytes <= left) return chunk
    this.#closeWhenSent()
    return (typeof chunk === 'string' ? Buffer.from(chunk) : chunk).subarray(0, left)
  }

  #closeWhenSent(): void {
    this.#res.once('finish', () => this.#req.socket.destroySoon())
  }

  /**
   * A body that nobody has read keeps the connection from its next request: a short one is read to
   * its end, so that the client gets to see the answer. A longer one is not worth the connection.
   */
  #letGoOfBody(): void {
    const req = this.#req
    if (this.body === undefined || req.readableEnded) return
    let bytes = 0
    const late = setTimeout(() => req.socket.destroy(), LINGER_MS)
    req.on('data', (chunk: Buffer) => {
      bytes += chunk.length
      if (bytes > LINGER_BYTES) req.socket.destroy()
    })
    req.once('close', () => clearTimeout(late))
    req.resume()
  }

  abort(): void {
    if (this.#isGivenUp) return
    const { socket } = this.#req
    // An orderly end would pass for the end of the body. Without close_notify that of TLS does not.
    if (this.#endsByClosing && this.connection.scheme === 'http') socket.resetAndDestroy()
    else socket.destroy()
  }

  upgrade(headers: readonly string[]): Duplex {
    const { socket } = this.#req
    const { upgraded } = this.#listener
    upgraded.add(socket)
    socket.once('close', () => upgraded.delete(socket))
    this.#res.detachSocket(socket)
    let head = 'HTTP/1.1 101 Switching Protocols\r\n'
    for (let i = 0; i < headers.length; i += 2) head += `${headers[i]}: ${headers[i + 1]}\r\n`
    socket.write(`${head}\r\n`, 'latin1')
    if (this.#behindHead !== undefined && this.#behindHead.length > 0) {
      socket.unshift(this.#behindHead)
    }
    return socket
  }
}

/** How much of a body that nobody wants is read, in bytes and milliseconds. */
const LINGER_BYTES = 1024 * 1024
const LINGER_MS = 5000

const exchangeOf = new WeakMap<ServerResponse, NodeExchange>()

/** Reads the facts of a socket when they are asked for: an address costs a system call. */
class NodeConnection implements Connection {
  readonly #socket: Socket

  constructor(socket: Socket) {
    this.#socket = socket
  }

  get scheme(): 'http' | 'https' {
    return (this.#socket as TLSSocket).encrypted === true ? 'https' : 'http'
  }

  get peerAddress(): string {
    return withoutMapping(this.#socket.remoteAddress)
  }

  get peerPort(): number {
    return this.#socket.remotePort ?? 0
  }

  get localAddress(): string {
    return withoutMapping(this.#socket.localAddress)
  }

  get localPort(): number {
    return this.#socket.localPort ?? 0
  }

  get serverName(): string | undefined {
    const name = (this.#socket as TLSSocket & { servername?: string | false }).servername
    return typeof name === 'string' ? name : undefined
  }

  get tls(): ConnectionTls | undefined {
    if (this.scheme === 'http') return undefined
    const socket = this.#socket as TLSSocket
    return {
      protocol: socket.getProtocol() ?? '',
      cipher: socket.getCipher()?.standardName ?? '',
      socket,
    }
  }
}

/** RFC 9112, 6.3: a request has a body only if it says so. */
function hasBody(req: IncomingMessage): boolean {
  const { rawHeaders } = req
  for (let i = 0; i < rawHeaders.length; i += 2) {
    const name = rawHeaders[i] as string
    if (name.length === 14 && name.toLowerCase() === 'content-length') {
      return rawHeaders[i + 1] !== '0'
    }
    if (name.length === 17 && name.toLowerCase() === 'transfer-encoding') return true
  }
  return false
}

function linksOf(headers: readonly string[]): Record<string, string | string[]> {
  const hints: Record<string, string | string[]> = Object.create(null)
  for (let i = 0; i < headers.length; i += 2) {
    const name = (headers[i] as string).toLowerCase()
    const before = hints[name]
    const value = headers[i + 1] as string
    hints[name] = before === undefined ? value : [before, value].flat()
  }
  return hints
}

function pairsOf(raw: readonly string[]): [string, string][] {
  const pairs: [string, string][] = []
  for (let i = 0; i + 1 < raw.length; i += 2) pairs.push([raw[i] as string, raw[i + 1] as string])
  return pairs
}

function ignore(): void {
  // Nothing to do: the close event follows.
}
