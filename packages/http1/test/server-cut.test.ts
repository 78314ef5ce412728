// A long file, because it is one table of what can stand before, in and behind an answer that is cut.
import { once } from 'node:events'
import { setImmediate as turn } from 'node:timers/promises'
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import type { ServerExchange } from '@postern/http1'
import { post } from './messages.ts'
import type { RawClient } from './raw-client.ts'
import { startServer, type TestServer } from './start-server.ts'

// The clock of the server is an interval and the date: sockets go on in real time.
beforeEach(() => {
  vi.useFakeTimers({ toFake: ['setInterval', 'clearInterval', 'Date'] })
})
afterEach(() => {
  vi.useRealTimers()
})

/** How long what nobody wants any more is read, and a tick less and more of the clock. */
const BEFORE_LINGER_MS = 4500
const AFTER_LINGER_MS = 6000

const REQUESTS = 32
/** All answers together are more than a client takes that does not read, and less than a system holds for it. */
const BODY_BYTES = 20_000

/** So long that the server has read only some of those behind the one that it answers. */
function request(number: number, version = '1.1'): string {
  const fields = ['Host: a', 'Connection: keep-alive', `X-Pad: ${'p'.repeat(8000)}`]
  return `GET /${number} HTTP/${version}\r\n${fields.join('\r\n')}\r\n\r\n`
}

function requests(from: number, to: number): string {
  return Array.from({ length: to - from + 1 }, (_, i) => request(from + i)).join('')
}

function bodyOf(target: string): string {
  return `${target} `.padEnd(BODY_BYTES, 'b')
}

/** What is told of a body, so that a test that fails can be read. */
function nameOf(body: string): string {
  const [target = ''] = body.split(' ')
  return body === bodyOf(target) ? target : `not whole: ${body.slice(0, 20)}`
}

function targets(count: number): string[] {
  return Array.from({ length: count }, (_, i) => `/${i + 1}`)
}

type Cut = (exchange: ServerExchange) => unknown

/** Begins an answer as `begin` says, and cuts it. */
function cutAfter(begin: Cut): Cut {
  return (exchange) => {
    begin(exchange)
    exchange.abort()
  }
}

const beginWithLength: Cut = (exchange) => {
  exchange.sendHead(200, ['Content-Length', String(BODY_BYTES)])
  exchange.write('begun')
}

const begin: Cut = (exchange) => {
  exchange.sendHead(200, [])
  exchange.write('begun')
}

/** How an answer is cut, and what its client gets of it behind the head. */
const CUTS: readonly { how: string; cut: Cut; seen: string | undefined }[] = [
  { how: 'with a length', cut: cutAfter(beginWithLength), seen: 'begun' },
  { how: 'in chunks', cut: cutAfter(begin), seen: '5\r\nbegun\r\n' },
  { how: 'before its head', cut: (exchange) => exchange.abort(), seen: undefined },
  {
    how: 'by an end before its length',
    cut: (exchange) => {
      beginWithLength(exchange)
      exchange.end()
    },
    seen: 'begun',
  },
  {
    how: 'some turns after it has begun, and twice',
    cut: async (exchange) => {
      beginWithLength(exchange)
      for (let i = 0; i < 10; i++) await turn()
      exchange.abort()
      exchange.abort()
      exchange.write('more')
      exchange.end('and more')
    },
    seen: 'begun',
  },
  {
    how: 'by a connection that does not wait for the call to return',
    cut: (exchange) => exchange.run(() => cutAfter(beginWithLength)(exchange)),
    seen: 'begun',
  },
]

/** The bodies of the whole answers that a text begins with, and what follows them. */
function parse(text: string): { readonly whole: string[]; readonly rest: string } {
  const whole: string[] = []
  for (let at = 0; ; ) {
    const bodyAt = text.indexOf('\r\n\r\n', at) + 4
    const length = /\r\nContent-Length: (\d+)\r\n/.exec(text.slice(at, bodyAt))?.[1]
    const end = bodyAt + Number(length)
    if (bodyAt < 4 || length === undefined || end > text.length) {
      return { whole: whole.map(nameOf), rest: text.slice(at) }
    }
    whole.push(text.slice(bodyAt, end))
    at = end
  }
}

/** What a client got behind the head of an answer; undefined where there was no head. */
function behindHead(rest: string): string | undefined {
  const at = rest.indexOf('\r\n\r\n')
  return at < 0 ? undefined : rest.slice(at + 4)
}

interface CutServer extends TestServer {
  /** Resolves when the exchange that was cut is over, with what `onClose` was told. */
  readonly isCut: Promise<boolean>
}

/** A server that answers what it is asked, but for one request, whose answer it cuts. */
async function startCutting(target: string, cut: Cut, isTls = false): Promise<CutServer> {
  const { promise, resolve } = Promise.withResolvers<boolean>()
  const server = await startServer(
    (exchange) => {
      if (exchange.target === target) {
        exchange.listener = { onClose: resolve }
        cut(exchange)
        return
      }
      exchange.sendHead(200, [])
      exchange.end(bodyOf(exchange.target))
    },
    { isTls },
  )
  return { ...server, isCut: promise }
}

/** A client that reads nothing yet, and the codes of the errors of its socket. */
async function connectSlow({ connect }: TestServer): Promise<RawClient & { errors: unknown[] }> {
  const client = await connect()
  const errors: unknown[] = []
  client.socket.on('error', (error: NodeJS.ErrnoException) => errors.push(error.code))
  client.socket.pause()
  return Object.assign(client, { errors })
}

/** Reads on, a piece in each turn of the event loop. */
function readSlowly({ socket }: RawClient): void {
  socket.on('data', () => {
    socket.pause()
    setImmediate(() => socket.resume())
  })
  socket.resume()
}

describe.each([
  { transport: 'plain', isTls: false },
  { transport: 'with TLS', isTls: true },
])('an answer that is cut, $transport', ({ isTls }) => {
  const rows = CUTS.flatMap((row) =>
    [1, 2, 16, REQUESTS - 1, REQUESTS].map((at) => ({ ...row, at })),
  )

  it.each(rows)('leaves those before it whole: $how, answer $at of 32', async (row) => {
    const { at, cut, seen } = row
    const server = await startCutting(`/${at}`, cut, isTls)
    const client = await connectSlow(server)
    client.write(requests(1, REQUESTS))
    expect(await server.isCut).toBe(false)
    readSlowly(client)
    const { whole, rest } = parse(await client.untilClosed())
    expect(whole).toEqual(targets(at - 1))
    expect(behindHead(rest)).toBe(seen)
    expect(client.errors).toEqual([])
    expect(server.exchanges).toHaveLength(at)
  })

  it.each([
    { what: 'nothing', late: '' },
    { what: 'another request', late: request(100) },
    { what: 'what is dropped as a whole', late: requests(100, 200) },
    { what: 'more than is dropped', late: requests(100, 600) },
  ])('leaves those before it whole where the client sends $what after it', async ({ late }) => {
    const server = await startCutting('/16', cutAfter(beginWithLength), isTls)
    const client = await connectSlow(server)
    client.write(requests(1, 16))
    await server.isCut
    client.write(late)
    readSlowly(client)
    const { whole, rest } = parse(await client.untilClosed())
    expect(whole).toEqual(targets(15))
    expect(behindHead(rest)).toBe('begun')
    expect(client.errors).toEqual([])
  })

  it.each([
    { what: 'little of it', bytes: 5 },
    { what: 'more of it than the system takes', bytes: 5_000_000 },
  ])('gets to a client that has sent FIN, with those before it: $what', async ({ bytes }) => {
    const cut: Cut = async (exchange) => {
      // By then FIN was read.
      for (let i = 0; i < 50; i++) await turn()
      exchange.sendHead(200, ['Content-Length', '9000000'])
      exchange.write(Buffer.alloc(bytes))
      exchange.abort()
    }
    const server = await startCutting('/16', cut, isTls)
    const client = await connectSlow(server)
    client.socket.end(requests(1, 16))
    await server.isCut
    readSlowly(client)
    const { whole, rest } = parse(await client.untilClosed())
    expect(whole).toEqual(targets(15))
    expect(behindHead(rest)).toHaveLength(bytes)
    await expect.poll(() => server.server.counts.active).toBe(0)
  })

  it('ends its connection as soon as the client has closed it', async () => {
    const server = await startCutting('/1', cutAfter(beginWithLength), isTls)
    const client = await server.connect()
    client.write(request(1))
    await client.untilClosed()
    expect(server.server.counts).toMatchObject({ active: 1, answering: 0 })
    client.socket.end()
    await expect.poll(() => server.server.counts.active).toBe(0)
  })

  it.each([
    { what: 'does not close it', act: () => {} },
    { what: 'reads nothing', act: ({ socket }: RawClient) => void socket.pause() },
    { what: 'sends on', act: (client: RawClient) => client.write(requests(2, 600)) },
  ])('ends its connection in bounded time where the client $what', async ({ act }) => {
    const large = Buffer.alloc(20_000_000)
    const server = await startCutting(
      '/1',
      cutAfter((exchange) => {
        exchange.sendHead(200, [])
        exchange.write(large)
      }),
      isTls,
    )
    const client = await server.connect()
    client.write(request(1))
    await server.isCut
    act(client)
    // What the system tells of in between is not waited for: the connection is there all the time.
    vi.advanceTimersByTime(BEFORE_LINGER_MS)
    for (let i = 0; i < 10; i++) await turn()
    expect(server.server.counts.active).toBe(1)
    vi.advanceTimersByTime(AFTER_LINGER_MS - BEFORE_LINGER_MS)
    await expect.poll(() => server.server.counts.active).toBe(0)
  })

  it('is over at once, and its body with it', async () => {
    const failed: string[] = []
    const server = await startCutting(
      '/1',
      cutAfter((exchange) => {
        exchange.body?.on('error', ({ message }: Error) => failed.push(message)).resume()
        beginWithLength(exchange)
      }),
      isTls,
    )
    const client = await server.connect()
    client.write(post('/1', 'hello').slice(0, -1))
    expect(await server.isCut).toBe(false)
    await client.untilClosed()
    expect(failed).toEqual(['the client has gone'])
    expect(server.server.counts.answering).toBe(0)
  })
})

describe.each([
  { transport: 'plain', isTls: false },
  { transport: 'with TLS', isTls: true },
])('an answer that only a reset can show to be cut, $transport', ({ isTls }) => {
  it('ends with one at once where it is the first', async () => {
    const server = await startCutting('/1', cutAfter(begin), isTls)
    const client = await connectSlow(server)
    client.write(request(1, '1.0'))
    await server.isCut
    client.socket.resume()
    await expect(once(client.socket, 'close')).rejects.toMatchObject({ code: 'ECONNRESET' })
    expect(server.server.counts.active).toBe(0)
  })

  it.each([
    { what: 'its body', head: 'POST /1 HTTP/1.0\r\nHost: a\r\nContent-Length: 9000000', sent: 'b' },
    { what: 'more requests', head: 'GET /1 HTTP/1.0\r\nHost: a', sent: request(2) },
  ])('reads nothing more of a client that sends $what meanwhile', async ({ head, sent }) => {
    const cut: Cut = async (exchange) => {
      begin(exchange)
      // By then much of what follows is here.
      await expect.poll(() => client.socket.bytesWritten).toBeGreaterThan(500_000)
      exchange.abort()
    }
    const server = await startCutting('/1', cut, isTls)
    const client = await connectSlow(server)
    client.write(`${head}\r\n\r\n`)
    client.write(sent.repeat(1 + 2_000_000 / sent.length))
    expect(await server.isCut).toBe(false)
    await expect.poll(() => server.server.counts.active).toBe(0)
    expect(server.exchanges).toHaveLength(1)
    expect(server.server.counts).toMatchObject({ requests: 1, answering: 0 })
  })

  it.each([
    { does: 'sends on', act: (client: RawClient) => client.write(requests(100, 110)) },
    { does: 'sends FIN', act: ({ socket }: RawClient) => void socket.end() },
  ])('ends with one when those before it had time to arrive: the client $does', async ({ act }) => {
    const server = await startCutting('/16', cutAfter(begin), isTls)
    const client = await connectSlow(server)
    client.write(requests(1, 15) + request(16, '1.0') + requests(17, REQUESTS))
    await server.isCut
    act(client)
    readSlowly(client)
    const { whole, rest } = parse(await client.until('\r\n\r\nbegun'))
    expect(whole).toEqual(targets(15))
    expect(behindHead(rest)).toBe('begun')
    vi.advanceTimersByTime(BEFORE_LINGER_MS)
    for (let i = 0; i < 10; i++) await turn()
    expect(client.socket.readableEnded).toBe(false)
    vi.advanceTimersByTime(AFTER_LINGER_MS - BEFORE_LINGER_MS)
    await expect(once(client.socket, 'close')).rejects.toMatchObject({ code: 'ECONNRESET' })
  })

  it('needs none before its head has left', async () => {
    const server = await startCutting(
      '/2',
      cutAfter((exchange) => exchange.sendHead(200, [])),
      isTls,
    )
    const client = await connectSlow(server)
    client.write(request(1) + request(2, '1.0'))
    await server.isCut
    client.socket.resume()
    expect(parse(await client.untilClosed())).toEqual({ whole: ['/1'], rest: '' })
    expect(client.errors).toEqual([])
  })
})

/** A chunked body without end, or the beginning of one with a length. */
const LONG_BODIES = [
  { framing: 'a length', field: 'Content-Length: 90000000', piece: 'b'.repeat(60_000) },
  { framing: 'chunks', field: 'Transfer-Encoding: chunked', piece: `5\r\nhello\r\n`.repeat(6000) },
]

describe.each([
  { transport: 'plain', isTls: false },
  { transport: 'with TLS', isTls: true },
])('an answer to a request whose body is too long to be dropped, $transport', ({ isTls }) => {
  const answers: readonly { when: string; answer: Cut }[] = [
    { when: 'at once', answer: () => {} },
    {
      when: 'when much of the body that it does not want has come',
      answer: async (exchange) => {
        exchange.body?.destroy()
        for (let i = 0; i < 200; i++) await turn()
      },
    },
  ]
  const rows = answers.flatMap((row) => LONG_BODIES.map((body) => ({ ...row, ...body })))

  it.each(rows)('arrives whole with those before it: $when, $framing', async (row) => {
    const { answer, field, piece } = row
    const closed: boolean[] = []
    const respond = async (exchange: ServerExchange): Promise<void> => {
      if (exchange.method === 'POST') {
        exchange.listener = { onClose: (finished) => closed.push(finished) }
        await answer(exchange)
      }
      exchange.sendHead(200, [])
      exchange.end(bodyOf(exchange.target))
    }
    const server = await startServer((exchange) => void respond(exchange), { isTls })
    const client = await connectSlow(server)
    client.write(`${requests(1, 15)}POST /16 HTTP/1.1\r\nHost: a\r\n${field}\r\n\r\n`)
    for (let i = 0; i < 50; i++) client.write(piece)
    await expect.poll(() => server.exchanges.length).toBe(16)
    readSlowly(client)
    const { whole, rest } = parse(await client.untilClosed())
    expect({ whole, rest }).toEqual({ whole: targets(16), rest: '' })
    expect(client.errors).toEqual([])
    expect(closed).toEqual([true])
    expect(server.server.counts).toMatchObject({ requests: 16, answering: 0 })
  })
})

describe('a refusal', () => {
  it.each([
    { what: 'is dropped', bytes: 500_000 },
    { what: 'is more than that', bytes: 3_000_000 },
  ])('leaves the answers before it whole where what follows $what', async ({ bytes }) => {
    const server = await startCutting('', () => {})
    const client = await connectSlow(server)
    client.write(`${requests(1, 15)}GARBAGE\r\n\r\n`)
    await expect.poll(() => server.server.counts.requests).toBe(16)
    client.write('x'.repeat(bytes))
    readSlowly(client)
    const { whole, rest } = parse(await client.untilClosed())
    expect(whole.slice(0, 15)).toEqual(targets(15))
    expect(whole).toHaveLength(16)
    expect(rest).toBe('')
    expect(client.errors).toEqual([])
  })
})
