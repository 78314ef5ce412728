import { once } from 'node:events'
import http from 'node:http'
import https from 'node:https'
import type { AddressInfo } from 'node:net'
import { Readable } from 'node:stream'
import { contentOf } from './fuzz-body-content.ts'

/** How the end of a response is told. */
export const FRAMINGS = ['length', 'chunked', 'close'] as const
export type BodyFraming = (typeof FRAMINGS)[number]

/** What a Service writes at once, in octets, in turn. */
export const PIECES: Readonly<Record<string, readonly number[]>> = {
  whole: [Number.POSITIVE_INFINITY],
  odd: [1, 8191, 3, 65_537, 8192, 40_000, 8193, 17],
  middling: [20_000],
  small: [700],
}

export interface BodyService {
  readonly port: number
  close(): Promise<void>
}

/**
 * Starts a Service that answers `/OWNER/BYTES/FRAMING/PIECES` with the content of that owner, and
 * `/echo` with the body that it gets.
 *
 * @param pair certificate and key, for https
 */
export async function startBodyService(pair?: {
  readonly cert: string
  readonly key: string
}): Promise<BodyService> {
  const server = pair === undefined ? http.createServer() : https.createServer(pair)
  server.on('request', (req: http.IncomingMessage, res: http.ServerResponse) => {
    // A gateway that gives up a request is part of these tests.
    req.on('error', () => {})
    res.on('error', () => {})
    if (req.url === '/echo') req.pipe(res)
    else answer(req.url ?? '', res)
  })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  return {
    port: (server.address() as AddressInfo).port,
    close: async () => {
      server.closeAllConnections()
      server.close()
      await once(server, 'close')
    },
  }
}

function answer(path: string, res: http.ServerResponse): void {
  const [owner, bytes, framing, pieces = ''] = path.slice(1).split('/')
  const content = contentOf(Number(owner), Number(bytes))
  if (framing === 'length') res.setHeader('Content-Length', content.length)
  if (framing === 'close') {
    res.shouldKeepAlive = false
    res.useChunkedEncodingByDefault = false
  }
  Readable.from(piecesOf(content, PIECES[pieces] ?? [])).pipe(res)
}

function* piecesOf(content: Buffer, sizes: readonly number[]): Generator<Buffer> {
  for (let at = 0, i = 0; at < content.length; i++) {
    const size = sizes[i % sizes.length] as number
    yield content.subarray(at, at + size)
    at += size
  }
}
