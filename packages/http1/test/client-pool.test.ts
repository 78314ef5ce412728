import { once } from 'node:events'
import type { Socket } from 'node:net'
import { afterEach, describe, expect, it, onTestFinished, vi } from 'vitest'
import { type ClientOptions, createClient, type Http1Client } from '../src/index.ts'
import { exchange, listen, requestTo, turn, until } from './client-exchange.ts'
import { answering, onRequest, type RawServer, rawServer } from './raw-server.ts'

const YEAR_MS = 365 * 24 * 3_600_000

const OK = 'HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok'

let clients: Http1Client[] = []
afterEach(async () => {
  await Promise.all(clients.map((client) => client.close()))
  clients = []
})

function client(options?: ClientOptions): Http1Client {
  const made = createClient(options)
  clients.push(made)
  return made
}

describe('createClient(): kept connections', () => {
  it('serves one request after the other over one connection', async () => {
    const one = client()
    await using server = await answering(OK)
    for (let i = 0; i < 50; i++) await exchange(one, requestTo(server.port))
    expect(server.sockets).toHaveLength(1)
  })

  it('takes the one that was used last first', async () => {
    const one = client()
    const used: number[] = []
    await using server = await rawServer((socket, index) => {
      onRequest(socket, () => {
        used.push(index)
        if (used.length > 3) socket.write(OK)
        else if (used.length === 3) for (const each of server.sockets) each.write(OK)
      })
    })
    await Promise.all([1, 2, 3].map(() => exchange(one, requestTo(server.port))))
    for (let i = 0; i < 5; i++) await exchange(one, requestTo(server.port))
    expect(new Set(used.slice(0, 3)).size).toBe(3)
    expect(new Set(used.slice(3)).size).toBe(1)
  })

  it.each([
    { what: 'the response says so', answer: 'Connection: close\r\nContent-Length: 2\r\n\r\nok' },
    { what: 'more came than was said', answer: 'Content-Length: 2\r\n\r\nokHTTP/1.1 200 OK\r\n' },
    { what: 'its idle time is up', answer: 'Keep-Alive: timeout=1\r\nContent-Length: 2\r\n\r\nok' },
    { what: 'a 204 has a body', status: '204', answer: 'Content-Length: 2\r\n\r\n' },
  ])('ends a connection when $what', async ({ answer, status = '200' }) => {
    const one = client()
    await using server = await answering(`HTTP/1.1 ${status} OK\r\n${answer}`)
    for (let i = 0; i < 3; i++) {
      expect((await exchange(one, requestTo(server.port))).failure).toBeUndefined()
    }
    expect(server.sockets).toHaveLength(3)
  })

  it('ends an idle connection on which something comes', async () => {
    const one = client()
    await using server = await answering(OK)
    await exchange(one, requestTo(server.port))
    const [socket] = server.sockets as [Socket]
    socket.write('HTTP/1.1 408 Request Timeout\r\nContent-Length: 0\r\n\r\n')
    await once(socket, 'close')
    expect(await exchange(one, requestTo(server.port))).toMatchObject({ status: 200 })
    expect(server.sockets).toHaveLength(2)
  })

  it.each([
    { keepAliveMs: 1, keptMs: 0, endedMs: 1 },
    { keepAliveMs: 60_000, keptMs: 59_999, endedMs: 60_000 },
    { keepAliveMs: undefined, keptMs: 59_999, endedMs: 60_000 },
    { keepAliveMs: Number.POSITIVE_INFINITY, keptMs: 10 * YEAR_MS, endedMs: undefined },
  ])('keeps an idle connection for $keepAliveMs ms', async ({ keepAliveMs, keptMs, endedMs }) => {
    vi.useFakeTimers({ toFake: ['performance', 'setTimeout', 'clearTimeout'] })
    onTestFinished(() => void vi.useRealTimers())
    const one = client(keepAliveMs === undefined ? {} : { keepAliveMs })
    await using server = await answering(OK)
    await exchange(one, requestTo(server.port))
    vi.advanceTimersByTime(keptMs)
    for (let i = 0; i < 10; i++) await turn()
    expect(await exchange(one, requestTo(server.port))).toMatchObject({ status: 200 })
    expect(server.sockets).toHaveLength(1)
    if (endedMs === undefined) return
    vi.advanceTimersByTime(endedMs)
    await once(server.sockets[0] as Socket, 'close')
    expect(await exchange(one, requestTo(server.port))).toMatchObject({ status: 200 })
    expect(server.sockets).toHaveLength(2)
  })

  it('does not use a connection that the server has ended', async () => {
    const one = client()
    await using server = await answering(OK)
    for (let i = 0; i < 5; i++) {
      const about = { method: 'POST', body: Buffer.from('x') }
      expect(await exchange(one, requestTo(server.port, about))).toMatchObject({ status: 200 })
      const last = server.sockets.at(-1) as Socket
      last.end()
      await once(last, 'close')
    }
    expect(server.sockets).toHaveLength(5)
  })

  it.each([
    { maxRequests: 1, requests: 1, connections: 1 },
    { maxRequests: 1, requests: 2, connections: 2 },
    { maxRequests: 3, requests: 3, connections: 1 },
    { maxRequests: 3, requests: 4, connections: 2 },
    { maxRequests: 3, requests: 7, connections: 3 },
    { maxRequests: Number.POSITIVE_INFINITY, requests: 100, connections: 1 },
  ])('opens $connections connections for $requests requests, $maxRequests on each', async (row) => {
    const one = client({ maxRequests: row.maxRequests })
    await using server = await answering(OK)
    for (let i = 0; i < row.requests; i++) await exchange(one, requestTo(server.port))
    expect(server.sockets).toHaveLength(row.connections)
  })

  it.each([
    { maxRequests: undefined, requests: 10_000, connections: 1 },
    { maxRequests: undefined, requests: 10_001, connections: 2 },
  ])('opens $connections connections for $requests requests unless told otherwise', async (row) => {
    const one = client()
    await using server = await answering(OK)
    for (let i = 0; i < row.requests; i++) await exchange(one, requestTo(server.port))
    expect(server.sockets).toHaveLength(row.connections)
  })

  /** Sends requests that are answered when all of them are there: each has a connection of its own. */
  async function sendTogether(one: Http1Client, count: number): Promise<RawServer> {
    let answered = 0
    const server = await rawServer((socket) => {
      onRequest(socket, () => {
        if (server.sockets.length < count || answered++ > 0) return
        // In their order, so that the first one becomes idle first.
        for (const each of server.sockets) setImmediate(() => each.write(OK))
      })
    })
    await Promise.all(Array.from({ length: count }, () => exchange(one, requestTo(server.port))))
    return server
  }

  it.each([
    { maxIdle: 0, requests: 1, kept: 0 },
    { maxIdle: 0, requests: 5, kept: 0 },
    { maxIdle: 1, requests: 1, kept: 1 },
    { maxIdle: 1, requests: 2, kept: 1 },
    { maxIdle: 2, requests: 2, kept: 2 },
    { maxIdle: 2, requests: 5, kept: 2 },
    { maxIdle: undefined, requests: 512, kept: 512 },
    { maxIdle: undefined, requests: 513, kept: 512 },
  ])('keeps $kept of $requests connections where maxIdle is $maxIdle', async (row) => {
    const { maxIdle, requests, kept } = row
    const one = client(maxIdle === undefined ? {} : { maxIdle })
    await using server = await sendTogether(one, requests)
    const open = (): number => server.sockets.filter(({ destroyed }) => !destroyed).length
    await until(() => open() === kept)
    for (let i = 0; i < 10; i++) await turn()
    expect(open()).toBe(kept)
    expect(server.sockets).toHaveLength(requests)
  })

  it('lets the connection go that was not used for longest', async () => {
    const one = client({ maxIdle: 2 })
    await using server = await rawServer(() => {})
    const all = [1, 2, 3, 4].map(() => exchange(one, requestTo(server.port)))
    await until(() => server.sockets.length === all.length)
    for (const [i, socket] of server.sockets.entries()) {
      socket.write(OK)
      await all[i]
    }
    for (const socket of server.sockets.slice(0, 2)) await once(socket.resume(), 'close')
    expect(server.sockets.map(({ destroyed }) => destroyed)).toEqual([true, true, false, false])
  })

  it('keeps as many connections to each address', async () => {
    const one = client({ maxIdle: 2 })
    await using first = await sendTogether(one, 2)
    await using second = await sendTogether(one, 2)
    for (let i = 0; i < 10; i++) await turn()
    const all = [...first.sockets, ...second.sockets]
    expect(all.filter(({ destroyed }) => !destroyed)).toHaveLength(4)
  })

  it('lets requests wait where no more connections may be opened', async () => {
    const one = client({ maxConnections: 2 })
    await using server = await answering(OK)
    const all = Array.from({ length: 20 }, () => exchange(one, requestTo(server.port)))
    for (const heard of await Promise.all(all)) expect(heard).toMatchObject({ status: 200 })
    expect(server.sockets).toHaveLength(2)
  })

  it('opens another connection for those that wait when one has ended', async () => {
    const one = client({ maxConnections: 1 })
    await using server = await answering(
      `HTTP/1.1 200 OK\r\nConnection: close\r\n\r\nok`,
      (socket) => socket.end(),
    )
    const all = Array.from({ length: 5 }, () => exchange(one, requestTo(server.port)))
    for (const heard of await Promise.all(all)) expect(heard).toMatchObject({ body: 'ok' })
    expect(server.sockets).toHaveLength(5)
  })

  it('tells connect-timeout to a request that has waited for a connection in vain', async () => {
    const one = client({ maxConnections: 1 })
    await using server = await answering('')
    const first = listen()
    const running = one.send(requestTo(server.port), first.handler)
    const about = { connectTimeoutMs: 30 }
    const { failure } = await exchange(one, requestTo(server.port, about))
    expect(failure).toMatchObject({ kind: 'connect-timeout', sent: false })
    running.abort()
  })

  it('forgets a request that was aborted while it waited', async () => {
    const one = client({ maxConnections: 1 })
    let heads = 0
    await using server = await rawServer((socket) => {
      onRequest(socket, () => {
        heads++
        socket.write(OK)
      })
    })
    const first = exchange(one, requestTo(server.port))
    one.send(requestTo(server.port), listen().handler).abort()
    const third = exchange(one, requestTo(server.port))
    await Promise.all([first, third])
    expect(heads).toBe(2)
  })

  it('makes room for a connection that is to switch protocols', async () => {
    const one = client({ maxConnections: 1 })
    await using server = await rawServer((socket) => {
      onRequest(socket, (head) => {
        const isUpgrade = head.includes('Upgrade: websocket')
        const switched = 'HTTP/1.1 101 S\r\nConnection: upgrade\r\nUpgrade: websocket\r\n\r\n'
        socket.write(isUpgrade ? switched : OK)
      })
    })
    await exchange(one, requestTo(server.port))
    const { socket } = await exchange(one, requestTo(server.port, { upgrade: 'websocket' }))
    expect(socket).toBeDefined()
    socket?.destroy()
    expect(await exchange(one, requestTo(server.port))).toMatchObject({ status: 200 })
  })

  it('fails a request that comes after close() with aborted', async () => {
    const one = client()
    await using server = await answering(OK)
    await exchange(one, requestTo(server.port))
    await one.close()
    const { failure } = await exchange(one, requestTo(server.port))
    expect(failure).toMatchObject({ kind: 'aborted', sent: false })
    await until(() => (server.sockets[0] as Socket).destroyed)
  })

  it.each([
    { what: 'a port that is none', about: { port: 70_000 } },
    { what: 'CONNECT', about: { method: 'CONNECT', path: 'a.test:443' } },
    { what: 'a Content-Length that is none', about: { body: source(), length: '1e3' } },
  ])('tells invalid for $what', async ({ about }) => {
    const { length, ...rest } = { length: undefined, ...about }
    const headers = ['Host', 'a.test', ...(length === undefined ? [] : ['Content-Length', length])]
    const { failure } = await exchange(client(), requestTo(1, { ...rest, headers }))
    expect(failure).toMatchObject({ kind: 'invalid', sent: false })
  })
})

describe('createClient(): a kept connection that dies under a request', () => {
  /** A server whose first connection answers once, and then does `dies` with the next request. */
  function server(dies: (socket: Socket) => void) {
    return rawServer((socket, index) => {
      onRequest(socket, (_head, count) => {
        if (index === 0 && count === 1) dies(socket)
        else socket.write(OK)
      })
    })
  }
  const end = (socket: Socket): void => void socket.end()
  const reset = (socket: Socket): void => void socket.resetAndDestroy()
  const cut = (socket: Socket): void => void socket.end('HTTP/1.1 2')

  it.each([
    { method: 'GET', body: undefined, dies: end },
    { method: 'GET', body: undefined, dies: reset },
    { method: 'HEAD', body: undefined, dies: end },
    { method: 'OPTIONS', body: undefined, dies: end },
    { method: 'DELETE', body: undefined, dies: reset },
    { method: 'PUT', body: Buffer.from('hello'), dies: reset },
    { method: 'PUT', body: Buffer.alloc(300_000), dies: end },
  ])('sends $method again over a new one', async ({ method, body, dies }) => {
    const one = client()
    await using service = await server(dies)
    await exchange(one, requestTo(service.port))
    const heard = await exchange(one, requestTo(service.port, { method, body }))
    expect(heard).toMatchObject({ status: 200, failure: undefined })
    expect(service.sockets).toHaveLength(2)
  })

  it.each([
    { what: 'POST', method: 'POST', body: undefined, dies: end },
    { what: 'PATCH', method: 'PATCH', body: Buffer.from('x'), dies: reset },
    { what: 'a method nobody knows', method: 'BREW', body: undefined, dies: end },
    { what: 'a body that is read only once', method: 'PUT', body: source(), dies: end },
    { what: 'a request whose answer had begun', method: 'GET', body: undefined, dies: cut },
  ])('does not send $what again', async ({ method, body, dies }) => {
    const one = client()
    await using service = await server(dies)
    await exchange(one, requestTo(service.port))
    const { failure } = await exchange(one, requestTo(service.port, { method, body }))
    expect(failure).toMatchObject({ kind: 'reset', sent: true })
    expect(service.sockets).toHaveLength(1)
  })

  it('sends even a POST again when nothing of it was taken', async () => {
    const one = client()
    await using service = await answering(OK)
    await exchange(one, requestTo(service.port))
    // The reset is in our system when this call returns, and no event has told of it yet.
    service.sockets[0]?.resetAndDestroy()
    const heard = await exchange(one, requestTo(service.port, { method: 'POST' }))
    expect(heard).toMatchObject({ status: 200, failure: undefined })
    expect(service.sockets).toHaveLength(2)
  })

  it.each([
    { method: 'GET', mayFail: false },
    { method: 'POST', mayFail: true },
  ])('delivers each $method at most as often as it may', async ({ method, mayFail }) => {
    const one = client()
    const delivered = new Map<string, number>()
    await using service = await rawServer((socket) => {
      onRequest(socket, (head) => {
        const target = head.split(' ')[1] as string
        delivered.set(target, (delivered.get(target) ?? 0) + 1)
        socket.write(OK)
        // One in five connections ends while the next request may be on its way.
        if (delivered.size % 5 === 0) setImmediate(() => socket.end())
      })
    })
    let sent = 0
    let failed = 0
    const next = async (): Promise<void> => {
      while (sent < 2000) {
        const path = `/${sent++}`
        const { failure } = await exchange(one, requestTo(service.port, { method, path }))
        if (failure === undefined) continue
        failed++
        expect(failure).toMatchObject({ kind: 'reset', sent: true })
      }
    }
    await Promise.all(Array.from({ length: 16 }, next))
    if (!mayFail) expect(failed).toBe(0)
    const most = Math.max(...delivered.values())
    expect(most).toBeLessThanOrEqual(mayFail ? 1 : 2)
    expect(delivered.size + (mayFail ? failed : 0)).toBeGreaterThanOrEqual(2000)
  })

  it('does not send a request a third time', async () => {
    const one = client()
    await using service = await rawServer((socket, index) => {
      onRequest(socket, (_head, count) => {
        if (index === 0 && count === 0) socket.write(OK)
        else socket.end()
      })
    })
    await exchange(one, requestTo(service.port))
    const { failure } = await exchange(one, requestTo(service.port))
    expect(failure).toMatchObject({ kind: 'reset', sent: true })
    expect(service.sockets).toHaveLength(2)
  })
})

async function* source(): AsyncGenerator<Uint8Array> {
  yield Buffer.from('hello')
}
