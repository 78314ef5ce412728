import { once } from 'node:events'
import { describe, expect, it } from 'vitest'
import type { ServerExchange } from '@postern/http1'
import { echoBody, echoTarget, startServer } from './start-server.ts'

function get(target: string, ...fields: string[]): string {
  return `${[`GET ${target} HTTP/1.1`, 'Host: a', ...fields].join('\r\n')}\r\n\r\n`
}

function post(target: string, body: string, ...fields: string[]): string {
  return `${[`POST ${target} HTTP/1.1`, 'Host: a', `Content-Length: ${body.length}`, ...fields].join('\r\n')}\r\n\r\n${body}`
}

/** The bodies of all answers, where each is one line without CR. */
function bodies(answers: string): string[] {
  return answers
    .split('\r\n\r\n')
    .slice(1)
    .map((text) => text.replace(/HTTP\/1\.1 [\s\S]*/, ''))
}

function statuses(answers: string): string[] {
  return [...answers.matchAll(/HTTP\/1\.1 (\d+)/g)].map(([, status]) => status as string)
}

describe('a connection', () => {
  it('carries one request after the other', async () => {
    const { connect, server } = await startServer(echoTarget)
    const client = await connect()
    for (const target of ['/1', '/2', '/3']) {
      client.write(get(target))
      await client.until(`GET ${target}`)
    }
    expect(server.counts).toEqual({ accepted: 1, active: 1, requests: 3, answering: 0 })
  })

  it('answers requests of one packet in order, one at a time', async () => {
    let running = 0
    const order: string[] = []
    const { send } = await startServer((exchange) => {
      running += 1
      expect(running).toBe(1)
      order.push(exchange.target)
      setImmediate(() => {
        running -= 1
        echoTarget(exchange)
      })
    })
    const answers = await send(
      get('/1') +
        post('/2', 'GET /no HTTP/1.1\r\n\r\n') +
        get('/3', 'Connection: close') +
        get('/4'),
    )
    expect(order).toEqual(['/1', '/2', '/3'])
    expect(bodies(answers)).toEqual(['GET /1', 'POST /2', 'GET /3'])
  })

  it('answers a thousand requests of one packet, and lets others in between', async () => {
    const { connect } = await startServer(echoTarget)
    const client = await connect()
    const other = await connect()
    client.write(get('/many').repeat(1000))
    other.write(get('/other'))
    await other.until('GET /other')
    expect(bodies(await client.until('GET /many', 1000))).toHaveLength(1000)
  })

  it('is not read from while more than a little waits for its turn', async () => {
    const { connect, exchanges } = await startServer((exchange) => {
      if (exchange.target === '/other') echoTarget(exchange)
    })
    const client = await connect()
    client.write(get('/1') + get('/next').repeat(500_000))
    const other = await connect()
    // Each turn on the other connection would be one to read 64 KiB of the first.
    for (let turn = 1; turn <= 500; turn++) {
      other.write(get('/other'))
      await other.until('GET /other', turn)
    }
    expect(client.socket.writableLength).toBeGreaterThan(1_000_000)
    expect(exchanges.filter(({ target }) => target !== '/other')).toHaveLength(1)
  })

  it('gives the first answer before it refuses what follows', async () => {
    const { send, exchanges } = await startServer((exchange) => {
      setImmediate(() => echoTarget(exchange))
    })
    const answers = await send(`${get('/1')}GARBAGE\r\n\r\n${get('/3')}`)
    expect(statuses(answers)).toEqual(['200', '400'])
    expect(exchanges).toHaveLength(1)
  })

  it('ends at the last request that it may carry, and says so', async () => {
    const { send } = await startServer(echoTarget, { limits: { maxRequestsPerConnection: 2 } })
    const answers = await send(get('/1') + get('/2') + get('/3'))
    expect(bodies(answers)).toEqual(['GET /1', 'GET /2'])
    expect(answers.match(/Connection: [a-z-]+/g)).toEqual([
      'Connection: keep-alive',
      'Connection: close',
    ])
  })

  it.each([
    ['HTTP/1.0', 'GET /1 HTTP/1.0\r\n\r\n'],
    ['Connection: close', get('/1', 'Connection: close')],
    ['CONNECT', 'CONNECT a:1 HTTP/1.1\r\nHost: a\r\n\r\n'],
  ])('ends after %s, and reads nothing behind it', async (_what, request) => {
    const { send, exchanges } = await startServer(echoTarget)
    expect(statuses(await send(request + get('/2')))).toEqual(['200'])
    expect(exchanges).toHaveLength(1)
  })

  it('stays for HTTP/1.0 that asks for it', async () => {
    const { connect } = await startServer(echoTarget)
    const client = await connect()
    client.write('GET /1 HTTP/1.0\r\nConnection: keep-alive\r\n\r\n')
    expect(await client.until('GET /1')).toContain('Connection: keep-alive')
    client.write(get('/2'))
    await client.until('GET /2')
  })

  it.each([
    ['behind its request', get('/1')],
    ['behind several', get('/0') + get('/1')],
  ])('still answers a client that sends FIN %s', async (_what, requests) => {
    const { connect } = await startServer((exchange) => setImmediate(() => echoTarget(exchange)))
    const client = await connect()
    client.socket.end(requests, 'latin1')
    expect((await client.untilClosed()).endsWith('GET /1')).toBe(true)
  })

  it.each([
    ['in a head', 'GET / HT', 400],
    ['in a body', post('/', 'hello').slice(0, -1), 400],
    [
      'in a chunked body',
      'POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhel',
      400,
    ],
  ])('refuses a message that ends %s', async (_what, bytes, status) => {
    const closed: boolean[] = []
    const { connect } = await startServer((exchange) => {
      exchange.onClose = (finished) => closed.push(finished)
      echoBody(exchange)
    })
    const client = await connect()
    client.socket.end(bytes, 'latin1')
    expect(statuses(await client.untilClosed())).toEqual([String(status)])
    expect(closed).not.toContain(true)
  })

  it('says nothing to a client that opens and closes it', async () => {
    const { connect } = await startServer(echoTarget)
    const client = await connect()
    client.socket.end()
    expect(await client.untilClosed()).toBe('')
  })

  it('tells the handler that the client has gone', async () => {
    const gone = Promise.withResolvers<boolean>()
    const { connect, exchanges, server } = await startServer((exchange) => {
      exchange.onClose = gone.resolve
    })
    const client = await connect()
    client.write(get('/'))
    await expect.poll(() => exchanges.length).toBe(1)
    client.socket.resetAndDestroy()
    expect(await gone.promise).toBe(false)
    expect(server.counts).toMatchObject({ active: 0, answering: 0 })
    exchanges[0]?.sendHead(200, [])
    exchanges[0]?.end('too late')
  })

  it('tells the handler that its answer has left, once', async () => {
    const told: boolean[] = []
    const { send } = await startServer((exchange) => {
      exchange.onClose = (finished) => told.push(finished)
      echoTarget(exchange)
    })
    await send(get('/', 'Connection: close'))
    expect(told).toEqual([true])
  })

  it('counts the bytes of each exchange', async () => {
    const counted: [read: number, written: number][] = []
    const { connect } = await startServer((exchange) => {
      exchange.onClose = () => counted.push([exchange.bytesRead, exchange.bytesWritten])
      echoBody(exchange)
    })
    const client = await connect()
    const requests = [get('/1'), post('/2', 'hello'), get('/3')]
    client.write(requests.join(''))
    const answers = await client.until('\r\n\r\n', 3)
    await expect.poll(() => counted.length).toBe(3)
    expect(counted.map(([read]) => read)).toEqual(requests.map((request) => request.length))
    expect(counted.reduce((sum, [, written]) => sum + written, 0)).toBe(answers.length)
  })

  it('is drained so that a client which still sends sees why it was refused', async () => {
    const { connect } = await startServer(echoTarget)
    const client = await connect()
    client.write(`GET / HTTP/1.1\r\nHost: a\r\nX: ${'a'.repeat(300_000)}\r\n\r\n`)
    expect(statuses(await client.untilClosed())).toEqual(['431'])
  })

  it.each([
    ['an empty line', '\r\n', ['200']],
    ['two empty lines', '\r\n\r\n', ['400']],
    ['a bare LF', '\n', ['400']],
  ])('with %s before the request answers %j', async (_what, before, wanted) => {
    const { send } = await startServer(echoTarget)
    expect(statuses(await send(before + get('/', 'Connection: close')))).toEqual(wanted)
  })

  it('is refused at once where lines end in LF alone', async () => {
    const { send } = await startServer(echoTarget)
    expect(statuses(await send('GET / HTTP/1.1\nHost: a\n\n'))).toEqual(['400'])
  })
})

describe('a body', () => {
  const CHUNKED =
    'POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n6;x\r\n world\r\n0\r\nX-T: 1\r\n\r\n'

  it('is handed over without its framing, and its trailers with it', async () => {
    const { connect, exchanges } = await startServer(echoBody)
    const client = await connect()
    client.write(CHUNKED + get('/2'))
    expect(await client.until('Content-Length: 0')).toContain('\r\n\r\nhello world')
    expect(exchanges[0]?.rawTrailers).toEqual(['X-T', '1'])
  })

  it.each(Array.from({ length: CHUNKED.length - 1 }, (_, i) => i + 1))(
    'is the same when it comes in two pieces, cut at %i',
    async (at) => {
      const { connect } = await startServer(echoBody)
      const client = await connect()
      client.socket.setNoDelay(true)
      client.write(CHUNKED.slice(0, at))
      // An answer to another connection: by then the first piece has been read.
      const other = await connect()
      other.write(get('/'))
      await other.until('\r\n\r\n')
      client.write(CHUNKED.slice(at))
      expect(await client.until('hello world')).toContain('200 OK')
    },
  )

  it('is absent where the request has none', async () => {
    const { connect, exchanges } = await startServer(echoTarget)
    const client = await connect()
    client.write(get('/1') + post('/2', ''))
    await client.until('/2')
    expect(exchanges.map(({ body }) => body)).toEqual([undefined, undefined])
  })

  it('that nobody reads does not become the next request', async () => {
    const { connect } = await startServer(echoTarget)
    const client = await connect()
    client.write(post('/1', get('/smuggled')) + get('/2'))
    expect(bodies(await client.until('GET /2'))).toEqual(['POST /1', 'GET /2'])
  })

  it('that nobody reads is not read to its end when it is long', async () => {
    const { connect } = await startServer(echoTarget)
    const client = await connect()
    client.write('POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 100000000\r\n\r\n')
    await client.until('POST /')
    const closed = client.untilClosed()
    const chunk = Buffer.alloc(64 * 1024)
    const more = (): void => {
      while (client.socket.writable && client.socket.write(chunk));
    }
    client.socket.on('drain', more)
    more()
    expect(statuses(await closed)).toEqual(['200'])
  })

  it('flows as fast as it is read: 200 MB do not pile up', async () => {
    const whole = 200 * 1024 * 1024
    let read = 0
    const { connect } = await startServer((exchange) => {
      exchange.body?.on('data', (chunk: Buffer) => {
        read += chunk.length
        expect(exchange.body?.readableLength).toBeLessThan(256 * 1024)
        if (read % 5 === 0) {
          exchange.body?.pause()
          setImmediate(() => exchange.body?.resume())
        }
      })
      exchange.body?.on('end', () => {
        exchange.sendHead(200, [])
        exchange.end('done')
      })
    })
    const client = await connect()
    client.write(`POST / HTTP/1.1\r\nHost: a\r\nContent-Length: ${whole}\r\n\r\n`)
    const chunk = Buffer.alloc(1024 * 1024)
    for (let sent = 0; sent < whole; sent += chunk.length) {
      if (!client.socket.write(chunk)) await once(client.socket, 'drain')
    }
    await client.until('done')
    expect(read).toBe(whole)
  }, 30_000)

  it('is not read from the client while nobody wants it', async () => {
    const { connect, exchanges } = await startServer(() => {})
    const client = await connect()
    client.write('POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 100000000\r\n\r\n')
    let sent = 0
    const chunk = Buffer.alloc(256 * 1024)
    while (client.socket.write(chunk) || client.socket.writableLength < 8 * 1024 * 1024)
      sent += chunk.length
    await expect.poll(() => exchanges.length).toBe(1)
    expect(exchanges[0]?.bytesRead).toBeLessThan(sent)
    expect(exchanges[0]?.requestBody.readableLength).toBeLessThan(256 * 1024)
  })

  it('that is broken ends the exchange, and is refused while that can be said', async () => {
    const closed: boolean[] = []
    const errors: string[] = []
    const { send } = await startServer((exchange) => {
      exchange.onClose = (finished) => closed.push(finished)
      exchange.body?.on('error', (error: Error) => errors.push(error.message)).resume()
    })
    const answers = await send(
      'POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhello\r\nxyz\r\n',
    )
    expect(statuses(answers)).toEqual(['400'])
    expect(closed).toEqual([false])
    expect(errors).toHaveLength(1)
  })

  it('that is broken cuts the answer when it has begun', async () => {
    const { send } = await startServer((exchange) => {
      exchange.sendHead(200, [])
      exchange.write('begun')
    })
    const answers = await send(
      'POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\nxyz\r\n',
    )
    expect(statuses(answers).filter((status) => status !== '200')).toEqual([])
    expect(answers).not.toContain('0\r\n\r\n')
  })

  it('that its reader has destroyed is read off the connection', async () => {
    const { connect } = await startServer((exchange) => {
      exchange.body?.destroy()
      echoTarget(exchange)
    })
    const client = await connect()
    client.write(post('/1', 'a'.repeat(500_000)) + get('/2'))
    await client.until('GET /2')
  })
})

describe('Expect: 100-continue', () => {
  const HEAD = 'POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 5\r\nExpect: 100-continue\r\n\r\n'

  it('is answered when somebody reads the body', async () => {
    const { connect } = await startServer(echoBody)
    const client = await connect()
    client.write(HEAD)
    expect(await client.until('\r\n\r\n')).toBe('HTTP/1.1 100 Continue\r\n\r\n')
    client.write('hello')
    expect(statuses(await client.until('hello'))).toEqual(['100', '200'])
  })

  it('is answered once, also where the handler says it itself', async () => {
    const { connect } = await startServer((exchange: ServerExchange) => {
      exchange.sendInformation(100, [])
      exchange.askForBody()
      echoBody(exchange)
    })
    const client = await connect()
    client.write(`${HEAD}hello`)
    expect(statuses(await client.until('hello'))).toEqual(['100', '200'])
  })

  it('ends the connection where the body was not asked for: it may come or not', async () => {
    const { send, exchanges } = await startServer(echoTarget)
    const answers = await send(HEAD + get('/2'))
    expect(statuses(answers)).toEqual(['200'])
    expect(answers).toContain('Connection: close')
    expect(exchanges).toHaveLength(1)
  })
})

describe('Upgrade', () => {
  const HEAD = get('/', 'Connection: upgrade', 'Upgrade: WebSocket')

  it('hands over the connection with what the client has sent already', async () => {
    const { connect, server } = await startServer(
      (exchange) => {
        expect(exchange.canUpgrade).toBe(true)
        const socket = exchange.upgrade(['Connection', 'upgrade', 'Upgrade', 'websocket'])
        socket.pipe(socket)
      },
      { upgradeProtocols: ['websocket'] },
    )
    const client = await connect()
    client.write(`${HEAD}early`)
    expect(await client.until('early')).toBe(
      'HTTP/1.1 101 Switching Protocols\r\nConnection: upgrade\r\nUpgrade: websocket\r\n\r\nearly',
    )
    client.write('\0late\xff')
    await client.until('late\xff')
    expect(server.counts).toMatchObject({ active: 1, answering: 0 })
    client.socket.end()
    expect((await client.untilClosed()).endsWith('early\0late\xff')).toBe(true)
  })

  it('hands it over later as well, and back-pressure with it', async () => {
    const whole = 20 * 1024 * 1024
    const { connect } = await startServer(
      (exchange) => {
        setImmediate(() => {
          const socket = exchange.upgrade([])
          setImmediate(() => socket.pipe(socket))
        })
      },
      { upgradeProtocols: ['websocket'] },
    )
    const client = await connect()
    let echoed = 0
    const done = Promise.withResolvers<void>()
    client.socket.on('data', (text: string) => {
      echoed += text.length
      if (echoed >= whole) done.resolve()
    })
    client.write(`${HEAD}early`)
    const chunk = Buffer.alloc(1024 * 1024)
    for (let sent = 0; sent < whole; sent += chunk.length) {
      if (!client.socket.write(chunk)) await once(client.socket, 'drain')
    }
    await done.promise
  }, 30_000)

  it.each([
    ['to what the server does not speak', get('/', 'Connection: upgrade', 'Upgrade: h2c')],
    ['to one of several', get('/', 'Connection: upgrade', 'Upgrade: websocket, h2c')],
    ['that Connection does not name', get('/', 'Upgrade: websocket')],
    ['with a body', post('/', 'hello', 'Connection: upgrade', 'Upgrade: websocket')],
  ])('%s is an ordinary request', async (_what, request) => {
    const { connect, exchanges } = await startServer(echoTarget, {
      upgradeProtocols: ['websocket'],
    })
    const client = await connect()
    client.write(request + get('/2'))
    await client.until('GET /2')
    expect(exchanges.map(({ canUpgrade }) => canUpgrade)).toEqual([false, false])
  })

  it('that is not taken up is an ordinary request', async () => {
    const { connect } = await startServer(echoTarget, { upgradeProtocols: ['websocket'] })
    const client = await connect()
    client.write(HEAD + get('/2'))
    expect(bodies(await client.until('GET /2'))).toEqual(['GET /', 'GET /2'])
  })
})
