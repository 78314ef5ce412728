import { once } from 'node:events'
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { Readable } from 'node:stream'
import { coreEntities } from '@postern/entities'
import { createMemoryStore } from '@postern/store'
import { afterEach, describe, expect, it } from 'vitest'
import { createAdminApi } from '../src/index.ts'

const api = createAdminApi({
  store: createMemoryStore({ entities: coreEntities }),
  entities: coreEntities,
  plugins: new Map(),
  node: {
    id: '6e1b2f60-6f9e-4c3a-9a3c-0b1f3c5d7e9f',
    hostname: 'kettle',
    version: '0.1.0',
    configuration: {},
  },
  isLoopback: true,
})

const server = createServer((req, res) => void answer(req, res))

async function answer(req: IncomingMessage, res: ServerResponse): Promise<void> {
  const hasBody = req.method !== 'GET' && req.method !== 'HEAD'
  const init = {
    method: req.method,
    headers: req.headers,
    ...(hasBody && { body: Readable.toWeb(req), duplex: 'half' }),
  }
  const response = await api.fetch(
    new Request(`http://${req.headers.host}${req.url}`, init as unknown as RequestInit),
  )
  res.writeHead(response.status, Object.fromEntries(response.headers))
  res.end(Buffer.from(await response.arrayBuffer()))
}

afterEach(() => {
  server.closeAllConnections()
  server.close()
})

describe('createAdminApi() in a bare node:http server', () => {
  it('makes and lists a service', async () => {
    server.listen(0, '127.0.0.1')
    await once(server, 'listening')
    const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`

    const made = await fetch(`${url}/services`, {
      method: 'POST',
      body: new URLSearchParams({ name: 'tea', url: 'http://tea.test/pots' }),
    })
    const listed = await fetch(`${url}/services`)

    expect(made.status).toBe(201)
    expect(await listed.json()).toMatchObject({
      data: [{ name: 'tea', host: 'tea.test', path: '/pots' }],
      next: null,
    })
  })
})
