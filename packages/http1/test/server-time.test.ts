import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import type { ServerExchange } from '@postern/http1'
import type { RawClient } from './raw-client.ts'
import { echoBody, echoTarget, startServer, type TestServer } from './start-server.ts'

const GET = 'GET / HTTP/1.1\r\nHost: a\r\n\r\n'
const LIMITS = {
  headTimeoutMs: 2000,
  bodyIdleMs: 3000,
  keepAliveMs: 4000,
  sendIdleMs: 5000,
  halfClosedMs: 6000,
}

// The clock of the server is an interval and the date: sockets go on in real time.
beforeEach(() => {
  vi.useFakeTimers({ toFake: ['setInterval', 'clearInterval', 'Date'] })
})
afterEach(() => {
  vi.useRealTimers()
})

function start(onRequest: (exchange: ServerExchange) => void = echoTarget): Promise<TestServer> {
  return startServer(onRequest, { limits: LIMITS })
}

/** Resolves when the server has read what was sent before: it has answered on a newer connection. */
async function settled({ connect }: TestServer): Promise<void> {
  const other = await connect()
  for (const times of [1, 2]) {
    other.write('OPTIONS * HTTP/1.1\r\nHost: a\r\n\r\n')
    await other.until('OPTIONS *', times)
  }
  other.socket.destroy()
}

/** Sends bytes and lets a time pass; resolves with what comes until the connection ends. */
async function sendAndWait(server: TestServer, bytes: string, ms: number): Promise<RawClient> {
  const client = await server.connect()
  if (bytes !== '') client.write(bytes)
  await settled(server)
  vi.advanceTimersByTime(ms)
  return client
}

function holdOthers(exchange: ServerExchange): void {
  if (exchange.method === 'OPTIONS') echoTarget(exchange)
}

describe('a deadline', () => {
  it.each([
    ['nothing has come', '', 2500, ''],
    ['a head is not complete', 'GET / HT', 2500, '408'],
    [
      'a body does not come',
      'POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 5\r\n\r\nhel',
      3500,
      '408',
    ],
    ['the next request does not come', GET, 4500, '200'],
  ])('ends the connection where %s', async (_what, bytes, ms, wanted) => {
    const server = await start((exchange) => {
      if (exchange.method === 'POST') echoBody(exchange)
      else echoTarget(exchange)
    })
    const client = await sendAndWait(server, bytes, ms)
    expect((await client.untilClosed()).slice(9, 12)).toBe(wanted)
  })

  it.each([
    ['nothing has come', '', 1000],
    ['a head is not complete', 'GET / HT', 1000],
    ['a body does not come', 'POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 5\r\n\r\nhel', 2500],
    ['the next request does not come', GET, 3500],
    ['an answer takes long', 'PUT / HTTP/1.1\r\nHost: a\r\n\r\n', 3_600_000],
  ])('does not end it before its time where %s', async (_what, bytes, ms) => {
    const server = await start((exchange) => {
      if (exchange.method === 'POST') echoBody(exchange)
      else if (exchange.method !== 'PUT') echoTarget(exchange)
    })
    const client = await sendAndWait(server, bytes, ms)
    await settled(server)
    expect(client.socket.readableEnded).toBe(false)
    expect(server.server.counts.active).toBeGreaterThan(0)
  })

  it('counts from the first byte of a head that follows another, whatever comes of it later', async () => {
    const server = await start()
    const client = await sendAndWait(server, GET, 3500)
    for (const piece of ['GET', ' /2', ' HTTP']) {
      client.write(piece)
      await settled(server)
      vi.advanceTimersByTime(900)
    }
    expect(await client.untilClosed()).toContain('HTTP/1.1 408 ')
  })

  it('counts anew with each piece of a body', async () => {
    const server = await start((exchange) => {
      if (exchange.method === 'POST') echoBody(exchange)
      else echoTarget(exchange)
    })
    const client = await sendAndWait(
      server,
      'POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 4\r\n\r\n',
      2500,
    )
    for (const piece of 'abcd') {
      client.write(piece)
      await settled(server)
      vi.advanceTimersByTime(2500)
    }
    await client.until('abcd')
  })

  it('is not held against a client whose body nobody reads', async () => {
    const server = await start(holdOthers)
    const client = await server.connect()
    client.write(
      `POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 1000000\r\n\r\n${'a'.repeat(500_000)}`,
    )
    await expect
      .poll(() => server.exchanges[0]?.requestBody.readableLength ?? 0)
      .toBeGreaterThan(65_535)
    await settled(server)
    vi.advanceTimersByTime(60_000)
    await settled(server)
    expect(client.socket.readableEnded).toBe(false)
  })

  it('ends the wait for an answer when the client has sent FIN', async () => {
    const closed: boolean[] = []
    const server = await start((exchange) => {
      exchange.listener = { onClose: (finished) => closed.push(finished) }
      holdOthers(exchange)
    })
    const client = await server.connect()
    client.socket.end(GET)
    await settled(server)
    vi.advanceTimersByTime(5000)
    expect(closed).not.toContain(false)
    vi.advanceTimersByTime(2000)
    await client.untilClosed()
    await expect.poll(() => closed).toContain(false)
  })

  it('does not end an answer that has begun, for the FIN of its client', async () => {
    const server = await start(holdOthers)
    const client = await server.connect()
    client.socket.end(GET)
    await expect.poll(() => server.exchanges.length).toBe(1)
    const [exchange] = server.exchanges
    exchange?.sendHead(200, [])
    exchange?.write('begun')
    await client.until('begun')
    await settled(server)
    vi.advanceTimersByTime(60_000)
    exchange?.end(' and whole')
    expect(await client.untilClosed()).toContain(' and whole\r\n0\r\n\r\n')
  })

  it('holds for a body again when it is read on', async () => {
    const server = await start(holdOthers)
    const client = await server.connect()
    client.write(
      `POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 10000000\r\n\r\n${'a'.repeat(500_000)}`,
    )
    await expect
      .poll(() => server.exchanges[0]?.requestBody.readableLength ?? 0)
      .toBeGreaterThan(65_535)
    vi.advanceTimersByTime(60_000)
    let bytes = 0
    server.exchanges[0]?.body?.on('data', (chunk: Buffer) => {
      bytes += chunk.length
    })
    await expect.poll(() => bytes).toBe(500_000)
    vi.advanceTimersByTime(3500)
    expect(await client.untilClosed()).toContain('HTTP/1.1 408 ')
  })

  it('cuts an answer of which the client takes nothing', async () => {
    const closed = Promise.withResolvers<boolean>()
    const server = await start((exchange) => {
      if (exchange.method === 'OPTIONS') return echoTarget(exchange)
      exchange.listener = { onClose: closed.resolve }
      exchange.sendHead(200, [])
      exchange.end(Buffer.alloc(50_000_000))
    })
    const client = await server.connect()
    client.socket.pause()
    client.write(GET)
    await settled(server)
    for (let i = 0; i < 20; i++) {
      await settled(server)
      vi.advanceTimersByTime(500)
    }
    vi.advanceTimersByTime(6000)
    expect(await closed.promise).toBe(false)
  })

  it('does not count time in which the process did not get to run', async () => {
    const server = await start()
    const client = await server.connect()
    client.write('GET / HT')
    await settled(server)
    vi.setSystemTime(Date.now() + 3_600_000)
    vi.advanceTimersByTime(1000)
    client.write('TP/1.1\r\nHost: a\r\n\r\n')
    await client.until('GET /')
  })

  it('is never early, however short it is', async () => {
    const server = await startServer(echoTarget, { limits: { headTimeoutMs: 100 } })
    vi.advanceTimersByTime(499)
    const client = await server.connect()
    await expect.poll(() => server.server.counts.active).toBe(1)
    vi.advanceTimersByTime(1)
    client.write(GET)
    await client.until('GET /')
  })

  it('moves the Date on', async () => {
    vi.setSystemTime('2026-03-01T10:00:00Z')
    const server = await start()
    const client = await sendAndWait(server, GET, 1000)
    client.write(GET)
    const answers = await client.until('GET /', 2)
    expect(answers.match(/10:00:0\d/g)).toEqual(['10:00:00', '10:00:01'])
  })
})
