import { randomUUID } from 'node:crypto'
import { createServer, request, type Server, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'

/** What the small gateway does wrong. */
export interface Faults {
  /** Answers this status to every POST. */
  readonly createStatus?: number
  /** Deletes nothing, and says it did. */
  readonly keepsEverything?: boolean
  /** Leaves the header X-Small out. */
  readonly withoutHeader?: boolean
  /** Closes the connection instead of answering a POST. */
  readonly hangsUp?: boolean
  /** Never answers the proxy port. */
  readonly silent?: boolean
}

export interface SmallGateway {
  readonly adminUrl: string
  readonly proxyUrl: string
  readonly services: ReadonlyMap<string, { url: string }>
  close(): Promise<void>
}

/** The least that can be called a gateway: an Admin API with /services, a proxy to the only one of them. */
export async function startSmallGateway(faults: Faults = {}): Promise<SmallGateway> {
  const services = new Map<string, { url: string }>()
  const admin = createServer((req, res) => {
    const [, collection, id] = (req.url ?? '').split(/[/?]/)
    if (collection !== 'services') return send(res, 404, { message: 'Not found' })
    if (req.method === 'GET') return send(res, 200, { data: [...services.values()], next: null })
    if (req.method === 'DELETE') {
      if (faults.keepsEverything !== true) services.delete(id ?? '')
      return res.writeHead(204).end()
    }
    if (faults.hangsUp === true) return req.socket.destroy()
    let text = ''
    req.on('data', (chunk: Buffer) => (text += chunk.toString()))
    req.on('end', () => {
      const service = { id: randomUUID(), ...(JSON.parse(text) as { url: string }) }
      services.set(service.id, service)
      if (faults.withoutHeader !== true) res.setHeader('X-Small', 'yes')
      send(res, faults.createStatus ?? 201, service)
    })
  })
  const proxy = createServer((req, res) => {
    if (faults.silent === true) return
    const [service] = services.values()
    if (service === undefined) return send(res, 404, { message: 'no Route matched' })
    const options = { method: req.method, headers: req.headers, agent: false as const }
    const upstream = request(new URL(req.url ?? '/', service.url), options, (answer) => {
      res.writeHead(answer.statusCode ?? 502, answer.headers)
      answer.pipe(res)
    })
    req.pipe(upstream)
  })
  return {
    adminUrl: await listen(admin),
    proxyUrl: await listen(proxy),
    services,
    close: async () => {
      await Promise.all([admin, proxy].map(close))
    },
  }
}

function send(res: ServerResponse, status: number, body: unknown): void {
  res.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(body))
}

async function listen(server: Server): Promise<string> {
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`
}

function close(server: Server): Promise<void> {
  return new Promise((resolve) => {
    server.close(() => resolve())
    server.closeAllConnections()
  })
}
