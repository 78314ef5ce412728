import http from 'node:http'
import { Duplex } from 'node:stream'

/** A request as node:http (llhttp) reads it. */
export interface NodeRequest {
  readonly method: string
  readonly target: string
  readonly isChunked: boolean
  /** latin1 */
  readonly body: string
  readonly isWhole: boolean
}

/** Reads one stream of requests with node:http. A Host is not asked for: that is no matter of framing. */
export function readWithNode(stream: Buffer): Promise<readonly NodeRequest[]> {
  const requests: { -readonly [Name in keyof NodeRequest]: NodeRequest[Name] }[] = []
  const server = http.createServer({ requireHostHeader: false, maxHeaderSize: 16 * 1024 })
  const take = (req: http.IncomingMessage, res: http.ServerResponse | undefined): void => {
    const request = {
      method: req.method ?? '',
      target: req.url ?? '',
      isChunked: req.headers['transfer-encoding'] !== undefined,
      body: '',
      isWhole: false,
    }
    requests.push(request)
    req.on('error', () => {})
    req.setEncoding('latin1').on('data', (chunk: string) => {
      request.body += chunk
    })
    req.on('end', () => {
      request.isWhole = req.complete
    })
    // Node hands a tunnel over here, with no body to wait for.
    if (res === undefined) request.isWhole = true
    else res.end()
  }
  for (const event of ['request', 'checkContinue', 'checkExpectation']) server.on(event, take)
  server.on('upgrade', (req: http.IncomingMessage) => take(req, undefined))
  server.on('connect', (req: http.IncomingMessage) => take(req, undefined))
  server.on('clientError', (_error, socket) => socket.destroy())
  return new Promise((resolve) => {
    const socket = new OneWay(stream, () => resolve(requests))
    server.emit('connection', socket)
  })
}

/** A connection on which everything has arrived and nothing more will. */
class OneWay extends Duplex {
  #rest: Buffer | undefined
  readonly #onEnd: () => void

  constructor(stream: Buffer, onEnd: () => void) {
    super()
    this.#rest = stream
    this.#onEnd = onEnd
    this.once('close', onEnd)
  }

  override _read(): void {
    const rest = this.#rest
    if (rest === undefined) return
    this.#rest = undefined
    this.push(rest)
    // Two turns: the parser reads in the first, and the bodies that it found end in the second.
    setImmediate(() => setImmediate(() => setImmediate(this.#onEnd)))
  }

  override _write(_chunk: Buffer, _encoding: BufferEncoding, done: () => void): void {
    done()
  }

  setTimeout(): this {
    return this
  }
}
