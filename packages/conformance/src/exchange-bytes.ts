import { connect, type Socket } from 'node:net'
import type { OracleAnswer, OracleRequest } from './oracle-case.ts'

/** How long a connection is watched after a whole answer, in milliseconds. */
const WATCHED_MS = 25

/**
 * Sends a request with the very headers it is told, and reads the answer; undefined when the
 * connection is closed without one, or none comes in time.
 */
export function exchangeBytes(
  base: URL,
  request: OracleRequest,
  timeoutMs: number,
): Promise<OracleAnswer | undefined> {
  return new Promise((resolve) => {
    const socket = connect(Number(base.port), base.hostname)
    const reader = new AnswerReader(request.method)
    const finish = (closed: boolean): void => {
      socket.destroy()
      resolve(reader.answer(closed))
    }
    const late = setTimeout(() => finish(false), timeoutMs)
    socket.on('error', () => undefined)
    socket.on('close', () => {
      clearTimeout(late)
      resolve(reader.answer(true))
    })
    socket.on('data', (chunk) => {
      reader.add(chunk)
      // A server that means to close does so at once.
      if (reader.answer(false) !== undefined) setTimeout(() => finish(false), WATCHED_MS)
    })
    write(socket, request)
  })
}

function write(socket: Socket, request: OracleRequest): void {
  const { method, target, headers, body = '', http_version: version = '1.1' } = request
  if (request.raw !== undefined) {
    socket.write(request.raw, 'latin1')
    return
  }
  const lines = headers.map(([name, value]) => `${name}: ${value}\r\n`).join('')
  socket.write(`${method} ${target} HTTP/${version}\r\n${lines}\r\n${body}`, 'latin1')
}

class AnswerReader {
  readonly #method: string
  #received: Buffer

  constructor(method: string) {
    this.#method = method
    this.#received = Buffer.alloc(0)
  }

  add(chunk: Buffer): void {
    this.#received = Buffer.concat([this.#received, chunk])
  }

  /** The answer as far as it has come, or undefined while it is not whole. */
  answer(closed: boolean): OracleAnswer | undefined {
    const headEnd = this.#received.indexOf('\r\n\r\n')
    if (headEnd < 0) return undefined
    const [statusLine = '', ...lines] = this.#received.toString('latin1', 0, headEnd).split('\r\n')
    const headers = lines.map((line) => splitLine(line))
    const status = Number(statusLine.split(' ')[1])
    const rest = this.#received.subarray(headEnd + 4)
    const body = this.#bodyOf(rest, { status, headers, closed })
    if (body === undefined) return undefined
    return { status, headers, ...body, closes: closed }
  }

  #bodyOf(
    rest: Buffer,
    head: { status: number; headers: OracleAnswer['headers']; closed: boolean },
  ): Pick<OracleAnswer, 'body' | 'extra_bytes'> | undefined {
    if (this.#method === 'HEAD' || head.status === 204 || head.status === 304) return { body: '' }
    if (valueOf(head.headers, 'transfer-encoding') === 'chunked') return dechunk(rest)
    const length = valueOf(head.headers, 'content-length')
    if (length === undefined) return head.closed ? { body: rest.toString() } : undefined
    if (rest.length < Number(length)) return undefined
    const extra = rest.subarray(Number(length))
    const body = rest.toString('utf8', 0, Number(length))
    return extra.length === 0 ? { body } : { body, extra_bytes: extra.toString() }
  }
}

function splitLine(line: string): [string, string] {
  const colon = line.indexOf(':')
  return [line.slice(0, colon), line.slice(colon + 1).trim()]
}

function valueOf(headers: OracleAnswer['headers'], lowerName: string): string | undefined {
  return headers.find(([name]) => name.toLowerCase() === lowerName)?.[1]
}

function dechunk(rest: Buffer): { readonly body: string } | undefined {
  const chunks: Buffer[] = []
  for (let at = 0; ; ) {
    const lineEnd = rest.indexOf('\r\n', at)
    if (lineEnd < 0) return undefined
    const size = Number.parseInt(rest.toString('latin1', at, lineEnd), 16)
    const start = lineEnd + 2
    if (rest.length < start + size + 2) return undefined
    if (size === 0) return { body: Buffer.concat(chunks).toString() }
    chunks.push(rest.subarray(start, start + size))
    at = start + size + 2
  }
}
