import http from 'node:http'
import type { AddressInfo } from 'node:net'

/** A Service for trying things out: answers with what it was asked. */
export interface EchoUpstream {
  readonly port: number
  close(): Promise<void>
}

/** Largest body that is read and told back, in bytes; the rest is counted and dropped. */
const MAX_ECHO_BYTES = 64 * 1024

/** Listens on 127.0.0.1, on a port of the system's choice. */
export async function startEchoUpstream(): Promise<EchoUpstream> {
  const server = http.createServer(echo)
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject)
    server.listen(0, '127.0.0.1', resolve)
  })
  return {
    port: (server.address() as AddressInfo).port,
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve())
        server.closeAllConnections()
      }),
  }
}

function echo(req: http.IncomingMessage, res: http.ServerResponse): void {
  const chunks: Buffer[] = []
  let bytes = 0
  req.on('data', (chunk: Buffer) => {
    if (bytes < MAX_ECHO_BYTES) chunks.push(chunk)
    bytes += chunk.length
  })
  req.on('end', () => {
    const body = Buffer.concat(chunks).toString('utf8', 0, MAX_ECHO_BYTES)
    const said = { method: req.method, path: req.url, headers: req.headers, body, bytes }
    res.writeHead(200, { 'content-type': 'application/json' })
    res.end(`${JSON.stringify(said, null, 2)}\n`)
  })
}
