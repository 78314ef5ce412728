import { once } from 'node:events'
import net, { type AddressInfo, type Socket } from 'node:net'
import { setImmediate as turn } from 'node:timers/promises'
import { describe, expect, it, onTestFinished } from 'vitest'
import { type DataPlane, startDataPlane } from './data-plane.ts'

interface KeptService {
  readonly port: number
  /** All connections so far, the closed ones included. */
  readonly sockets: Socket[]
}

/** A Service that answers when as many requests as asked for are there, and closes no connection itself. */
async function startService(together: number): Promise<KeptService> {
  const sockets: Socket[] = []
  const waiting: Socket[] = []
  const server = net.createServer((socket) => {
    sockets.push(socket)
    socket.on('error', () => {})
    socket.on('data', () => {
      waiting.push(socket)
      if (waiting.length < together) return
      for (const each of waiting.splice(0))
        each.write('HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok')
    })
  })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  onTestFinished(() => {
    for (const socket of sockets) socket.destroy()
    server.close()
  })
  return { port: (server.address() as AddressInfo).port, sockets }
}

async function startGateway(
  settings: Readonly<Record<string, string>>,
  service: KeptService,
): Promise<DataPlane> {
  const gateway = await startDataPlane(settings)
  onTestFinished(() => gateway.close())
  const { id } = await gateway.add('services', { url: `http://127.0.0.1:${service.port}` })
  await gateway.add('routes', { paths: ['/'], service: { id } })
  return gateway
}

/** Sends requests one after the other. */
async function sendInTurn({ url }: DataPlane, count: number): Promise<void> {
  for (let i = 0; i < count; i++) expect(await (await fetch(url)).text()).toBe('ok')
}

function openOf({ sockets }: KeptService): number {
  return sockets.filter(({ destroyed }) => !destroyed).length
}

describe.each(['postern', 'node'])('connections to Services, with the engine %s', (engine) => {
  it.each([
    { size: 0, requests: 1, kept: 0 },
    { size: 0, requests: 3, kept: 0 },
    { size: 2, requests: 2, kept: 2 },
    // undici has no such limit.
    { size: 2, requests: 3, kept: engine === 'node' ? 3 : 2 },
  ])('are kept idle: $kept of $requests, upstream_keepalive_pool_size = $size', async (row) => {
    const { size, requests, kept } = row
    const service = await startService(requests)
    const gateway = await startGateway(
      { http_engine: engine, upstream_keepalive_pool_size: String(size) },
      service,
    )
    await Promise.all(Array.from({ length: requests }, () => sendInTurn(gateway, 1)))
    await expect.poll(() => openOf(service)).toBe(kept)
    for (let i = 0; i < 20; i++) await turn()
    expect([openOf(service), service.sockets.length]).toEqual([kept, requests])
  })

  it('are not used again where none is kept', async () => {
    const service = await startService(1)
    const settings = { http_engine: engine, upstream_keepalive_pool_size: '0' }
    await sendInTurn(await startGateway(settings, service), 3)
    expect(service.sockets).toHaveLength(3)
  })

  it.each([
    { most: 0, requests: 20, connections: 1 },
    { most: 1, requests: 3, connections: 3 },
    { most: 3, requests: 3, connections: 1 },
    { most: 3, requests: 4, connections: 2 },
    { most: 3, requests: 7, connections: 3 },
  ])(
    'are $connections for $requests requests, upstream_keepalive_max_requests = $most',
    async (row) => {
      const service = await startService(1)
      const settings = { http_engine: engine, upstream_keepalive_max_requests: String(row.most) }
      await sendInTurn(await startGateway(settings, service), row.requests)
      expect(service.sockets).toHaveLength(row.connections)
    },
  )

  it.each([
    { seconds: '0', isKept: true },
    { seconds: '60', isKept: true },
    { seconds: '0.01', isKept: false },
  ])(
    'are kept: $isKept, upstream_keepalive_idle_timeout = $seconds',
    async ({ seconds, isKept }) => {
      const service = await startService(1)
      const settings = { http_engine: engine, upstream_keepalive_idle_timeout: seconds }
      const gateway = await startGateway(settings, service)
      await sendInTurn(gateway, 1)
      if (!isKept) await expect.poll(() => openOf(service)).toBe(0)
      await sendInTurn(gateway, 1)
      expect(service.sockets).toHaveLength(isKept ? 1 : 2)
    },
  )
})
