import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import { createServer as createTcpServer, type AddressInfo, type Server } from 'node:net'
import type { OracleHeaders, OracleUpstream } from './oracle-case.ts'

/** The Services of the recorded exchanges. */
export interface OracleServices {
  /** The port of each, by the port that stands in the recordings. */
  readonly ports: ReadonlyMap<number, number>
  /** What the echo Service has received since the last time. */
  take(): OracleUpstream[]
  close(): Promise<void>
}

/** Ports in the recordings. Nothing listens on 18109. */
const ECHO = 18_100
const SILENT = 18_108
const GARBAGE = 18_107
const CLOSER = 18_106

/**
 * Starts the Services of the recorded exchanges on 127.0.0.1: one that answers 200 with its path and
 * is told by its query to answer otherwise, one that never answers, one that answers no HTTP, and
 * one that hangs up.
 */
export async function startOracleServices(): Promise<OracleServices> {
  let saw: OracleUpstream[] = []
  const echo = createServer((req, res) => {
    const chunks: Buffer[] = []
    req.on('data', (chunk: Buffer) => chunks.push(chunk))
    req.on('end', () => {
      saw.push(recordOf(req, Buffer.concat(chunks)))
      answer(req, res)
    })
  })
  const silent = createTcpServer((socket) => socket.on('error', ignore).resume())
  const garbage = createTcpServer((socket) => {
    socket.on('error', ignore).on('data', () => socket.end('this is not http\r\n\r\n'))
  })
  const closer = createTcpServer((socket) => {
    socket.on('error', ignore).on('data', () => socket.destroy())
  })
  const servers: readonly (readonly [number, Server])[] = [
    [ECHO, echo],
    [SILENT, silent],
    [GARBAGE, garbage],
    [CLOSER, closer],
  ]
  const ports = new Map<number, number>()
  for (const [port, server] of servers) ports.set(port, await listen(server))
  return {
    ports,
    take() {
      const taken = saw
      saw = []
      return taken
    },
    async close() {
      echo.closeAllConnections()
      for (const [, server] of servers) server.close()
    },
  }
}

function ignore(): void {
  // The gateway may hang up whenever it likes.
}

async function listen(server: Server): Promise<number> {
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  return (server.address() as AddressInfo).port
}

function recordOf(req: IncomingMessage, body: Buffer): OracleUpstream {
  const headers: OracleHeaders = pairs(req.rawHeaders)
  const { method = '', url: target = '' } = req
  return { method, target, headers, body: body.toString('latin1') }
}

function pairs(raw: readonly string[]): [string, string][] {
  const found: [string, string][] = []
  for (let i = 0; i + 1 < raw.length; i += 2) found.push([raw[i] as string, raw[i + 1] as string])
  return found
}

/** The query tells how: x-status, x-h=Name:value, x-body, x-size, x-chunked, x-drop, x-partial. */
function answer(req: IncomingMessage, res: ServerResponse): void {
  const target = req.url ?? '/'
  const query = new URL(target, 'http://x').searchParams
  if (query.has('x-drop')) return void req.socket.destroy()
  if (query.has('x-partial')) return answerPart(req, res)
  const status = Number(query.get('x-status') ?? 200)
  const isBodiless = status === 204 || status === 304
  const body = isBodiless ? '' : bodyOf(query, target)
  const headers = query.getAll('x-h').flatMap((line) => splitHeader(line))
  const names = new Set(headers.filter((_, i) => i % 2 === 0).map((name) => name.toLowerCase()))
  if (!names.has('content-type') && body !== '') headers.push('Content-Type', 'application/json')
  const isFramed = names.has('content-length') || names.has('transfer-encoding')
  if (!query.has('x-chunked') && !isFramed && !isBodiless) {
    headers.push('Content-Length', String(Buffer.byteLength(body)))
  }
  const delayMs = Number(query.get('x-delay') ?? 0)
  const send = (): void => {
    res.writeHead(status, headers)
    res.end(req.method === 'HEAD' ? undefined : body)
  }
  if (delayMs > 0) setTimeout(send, delayMs)
  else send()
}

function answerPart(req: IncomingMessage, res: ServerResponse): void {
  res.writeHead(200, { 'Content-Length': '100' })
  res.write('partial')
  setTimeout(() => req.socket.destroy(), 20)
}

function bodyOf(query: URLSearchParams, target: string): string {
  const size = query.get('x-size')
  if (size !== null) return 'x'.repeat(Number(size))
  return query.get('x-body') ?? JSON.stringify({ ok: true, path: target.split('?')[0] })
}

function splitHeader(line: string): string[] {
  const colon = line.indexOf(':')
  return [line.slice(0, colon), line.slice(colon + 1).trim()]
}
