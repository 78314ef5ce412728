import net from 'node:net'
import type { AddressInfo } from 'node:net'
import {
  type Body,
  type Fields,
  type Head,
  parseBody,
  parseHead,
  TOKEN,
  valuesOf,
} from './strict-message.ts'

/** A whole request that the upstream received. */
export interface RecordedRequest {
  readonly method: string
  readonly target: string
  readonly version: string
  readonly fields: Fields
  readonly body: Buffer
  /** The head as it came. */
  readonly head: string
}

/** What the upstream received since it was asked last, without canaries. */
export interface Recording {
  readonly requests: readonly RecordedRequest[]
  /** What is no request by RFC 9112. */
  readonly bad: readonly string[]
  readonly raw: Buffer
}

/** An upstream that reads strictly and remembers everything. */
export interface Recorder {
  readonly port: number
  /** How many whole requests have come since `take`. */
  readonly count: number
  take(): Recording
  close(): Promise<void>
}

/**
 * Starts an upstream that answers each whole request with 200 and the fields `X-Seen-Target` and
 * `X-Seen-Method`; `/big` with 10 MiB. What is no request is answered 400 and remembered.
 */
export async function startRecorder(): Promise<Recorder> {
  const log = new RecorderLog()
  const sockets = new Set<net.Socket>()
  const server = net.createServer({ noDelay: true }, (socket) => {
    sockets.add(socket)
    socket.once('close', () => sockets.delete(socket))
    socket.on('error', () => {})
    record(socket, log)
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  return {
    port: (server.address() as AddressInfo).port,
    get count() {
      return log.requests.length
    },
    take: () => log.take(),
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve())
        for (const socket of sockets) socket.destroy()
      }),
  }
}

class RecorderLog {
  requests: RecordedRequest[] = []
  bad: string[] = []
  raw: Buffer[] = []

  take(): Recording {
    const { requests, bad } = this
    const raw = Buffer.concat(this.raw)
    this.requests = []
    this.bad = []
    this.raw = []
    return { requests, bad, raw }
  }
}

function record(socket: net.Socket, log: RecorderLog): void {
  let bytes: Buffer = Buffer.alloc(0)
  let hasContinued = false
  let isOver = false
  socket.on('data', (chunk) => {
    if (!chunk.includes('/canary-')) log.raw.push(chunk)
    if (isOver) return
    bytes = Buffer.concat([bytes, chunk])
    while (bytes.length > 0 && !isOver) {
      const one = parseRequest(bytes)
      if ('bad' in one) {
        log.bad.push(one.bad)
        isOver = true
        socket.end('HTTP/1.1 400 Bad\r\nContent-Length: 0\r\nConnection: close\r\n\r\n')
        return
      }
      if (one.request === undefined) {
        if (one.expectsContinue && !hasContinued) {
          hasContinued = true
          socket.write('HTTP/1.1 100 Continue\r\n\r\n')
        }
        return
      }
      hasContinued = false
      bytes = bytes.subarray(one.next)
      if (!one.request.target.includes('/canary-')) log.requests.push(one.request)
      isOver = answer(socket, one.request)
    }
  })
}

type Parsed =
  | { readonly bad: string }
  | { readonly request: undefined; readonly expectsContinue: boolean }
  | { readonly request: RecordedRequest; readonly next: number }

const REQUEST_LINE = /^([^ ]+) ([\x21-\x7e\x80-\xff]+) HTTP\/(1\.[01])$/

function parseRequest(bytes: Buffer): Parsed {
  const head = parseHead(bytes, 0)
  if (head === undefined) return { request: undefined, expectsContinue: false }
  if ('bad' in head) return head
  const match = REQUEST_LINE.exec(head.line)
  if (match === null || !TOKEN.test(match[1] as string)) {
    return { bad: `request line ${JSON.stringify(head.line.slice(0, 80))}` }
  }
  const body = parseBody(bytes, head.bodyAt, head.fields)
  if (body === undefined) {
    const expectation = valuesOf(head.fields, 'expect').join()
    return { request: undefined, expectsContinue: /100-continue/i.test(expectation) }
  }
  if ('bad' in body) return body
  return { request: recorded(match, head, body), next: body.next }
}

function recorded(match: RegExpExecArray, head: Head, body: Body): RecordedRequest {
  const [, method = '', target = '', version = ''] = match
  return { method, target, version, fields: head.fields, body: body.body, head: head.text }
}

const BIG = Buffer.alloc(10 * 1024 * 1024, 'a')

/** Answers whether this was the last request of the connection. */
function answer(socket: net.Socket, { method, target, version, fields }: RecordedRequest): boolean {
  const body = target.startsWith('/big') ? BIG : Buffer.from(JSON.stringify({ t: target }))
  const isLast = /\bclose\b/i.test(valuesOf(fields, 'connection').join()) || version === '1.0'
  socket.write(
    `HTTP/1.1 200 OK\r\nX-Seen-Target: ${target.slice(0, 2000)}\r\nX-Seen-Method: ${method}\r\n` +
      `Content-Length: ${body.length}\r\n${isLast ? 'Connection: close\r\n' : ''}\r\n`,
    'latin1',
  )
  if (method !== 'HEAD') socket.write(body)
  if (isLast) socket.end()
  return isLast
}
