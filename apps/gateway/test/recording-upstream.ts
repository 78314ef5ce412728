import http from 'node:http'
import type { AddressInfo } from 'node:net'

/** A request as an upstream received it. */
export interface Received {
  readonly method: string
  readonly target: string
  readonly rawHeaders: readonly string[]
  readonly headers: http.IncomingHttpHeaders
  readonly body: string
}

export interface RecordingUpstream {
  readonly url: string
  readonly port: number
  readonly received: Received[]
  close(): Promise<void>
}

/** Listens on 127.0.0.1, keeps what it receives, and answers 200 with it as JSON. */
export async function startRecordingUpstream(
  answer?: (received: Received, res: http.ServerResponse) => void,
): Promise<RecordingUpstream> {
  const received: Received[] = []
  const server = http.createServer((req, res) => {
    const chunks: Buffer[] = []
    req.on('data', (chunk: Buffer) => chunks.push(chunk))
    req.on('end', () => {
      const one: Received = {
        method: req.method ?? '',
        target: req.url ?? '',
        rawHeaders: req.rawHeaders,
        headers: req.headers,
        body: Buffer.concat(chunks).toString(),
      }
      received.push(one)
      if (answer !== undefined) answer(one, res)
      else res.writeHead(200, { 'content-type': 'application/json' }).end(JSON.stringify(one))
    })
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const { port } = server.address() as AddressInfo
  return {
    url: `http://127.0.0.1:${port}`,
    port,
    received,
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve())
        server.closeAllConnections()
      }),
  }
}
