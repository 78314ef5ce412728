import { createServer, type IncomingMessage } from 'node:http'
import type { AddressInfo } from 'node:net'

/** The Service behind the gateway under test. */
export interface EchoUpstream {
  readonly port: number
  close(): Promise<void>
}

/**
 * Starts a server on 127.0.0.1 that answers each request with 200 and what it received, as JSON:
 * `{ method, path, query, headers, body }`. What occurs more than once is a list.
 */
export async function startEchoUpstream(): Promise<EchoUpstream> {
  const server = createServer((req, res) => {
    const chunks: Buffer[] = []
    req.on('data', (chunk: Buffer) => chunks.push(chunk))
    req.on('end', () => {
      const body = describeRequest(req, Buffer.concat(chunks).toString())
      const head = { 'content-type': 'application/json', 'content-length': Buffer.byteLength(body) }
      res.writeHead(200, head).end(req.method === 'HEAD' ? undefined : body)
    })
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  return {
    port: (server.address() as AddressInfo).port,
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve())
        server.closeAllConnections()
      }),
  }
}

function describeRequest(req: IncomingMessage, body: string): string {
  const target = req.url ?? '/'
  const mark = target.indexOf('?')
  const path = mark < 0 ? target : target.slice(0, mark)
  const query = mark < 0 ? [] : [...new URLSearchParams(target.slice(mark + 1))]
  const headers = groupHeaders(req.rawHeaders)
  return JSON.stringify({ method: req.method, path, query: group(query), headers, body })
}

/** Headers by their lower-cased names; a name that occurs more than once has a list. */
export function groupHeaders(raw: readonly string[]): Record<string, string | string[]> {
  const pairs: [string, string][] = []
  for (let i = 0; i + 1 < raw.length; i += 2) {
    pairs.push([(raw[i] as string).toLowerCase(), raw[i + 1] as string])
  }
  return group(pairs)
}

function group(pairs: Iterable<readonly [string, string]>): Record<string, string | string[]> {
  const groups = new Map<string, string[]>()
  for (const [name, value] of pairs) groups.set(name, [...(groups.get(name) ?? []), value])
  return Object.fromEntries(
    [...groups].map(([name, all]) => [name, all.length > 1 ? all : one(all)]),
  )
}

function one(values: readonly string[]): string {
  return values[0] as string
}
