import { describe, expect, it } from 'vitest'
import { bodies, get, post, statuses } from './messages.ts'
import { echoBody, echoTarget, startServer } from './start-server.ts'

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

  it('keeps the order when requests come faster than their turns', async () => {
    const { connect, exchanges } = await startServer(echoTarget)
    const client = await connect()
    client.socket.setNoDelay(true)
    const targets = Array.from({ length: 3000 }, (_, i) => `/${i}`)
    for (let i = 0; i < targets.length; i += 100) {
      client.write(
        targets
          .slice(i, i + 100)
          .map((target) => get(target))
          .join(''),
      )
      await new Promise((resolve) => setImmediate(resolve))
    }
    client.socket.end()
    const answers = bodies(await client.untilClosed())
    expect(answers).toEqual(targets.map((target) => `GET ${target}`))
    expect(exchanges.map(({ target }) => target)).toEqual(targets)
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
      exchange.listener = { onClose: (finished) => closed.push(finished) }
      echoBody(exchange)
    })
    const client = await connect()
    client.socket.end(bytes, 'latin1')
    expect(statuses(await client.untilClosed())).toEqual([String(status)])
    expect(closed).not.toContain(true)
  })

  it.each([
    ['nothing', '', []],
    ['an empty line', '\r\n', []],
    ['a whole request', get('/2'), ['200']],
    ['two requests', get('/2') + get('/3'), ['200', '200']],
    ['a part of a head', 'GET / HT', ['400']],
    ['a request and a part of a head', `${get('/2')}GET / HT`, ['200', '400']],
    ['a part of a body', post('/', 'hello').slice(0, -1), ['400']],
    [
      'a part of a chunk',
      'POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhel',
      ['400'],
    ],
  ])('answers at once what stands behind a request, when FIN came first: %s', async (...row) => {
    const [, behind, wanted] = row
    // A connection that waited for more would end with its first deadline, and answer 408.
    const late = { headTimeoutMs: 300_000, bodyIdleMs: 300_000, halfClosedMs: 300_000 }
    const { connect, send, exchanges } = await startServer(
      (exchange) => {
        if (exchange.target !== '/held') echoBody(exchange)
      },
      { limits: late },
    )
    const client = await connect()
    client.socket.end(get('/held') + behind, 'latin1')
    // Whoever comes later is served later: by then the FIN was seen.
    await expect.poll(() => exchanges.length).toBe(1)
    await send(get('/other', 'Connection: close'))
    const held = exchanges[0] as (typeof exchanges)[number]
    echoTarget(held)
    expect(statuses(await client.untilClosed())).toEqual(['200', ...wanted])
  })

  it('is answered by `run` in the middle of a body', async () => {
    const { connect, exchanges } = await startServer((exchange) => {
      exchange.requestBody.once('data', () => {
        exchange.run(() => {
          exchange.sendHead(200, [])
          exchange.end('early')
        })
      })
    })
    const client = await connect()
    const head = 'POST / HTTP/1.1\r\nHost: a\r\nConnection: close\r\nTransfer-Encoding: chunked'
    client.write(`${head}\r\n\r\n`)
    await expect.poll(() => exchanges.length).toBe(1)
    // All in one read, and to a body that flows.
    client.write(`${'5\r\nhello\r\n'.repeat(20)}0\r\n\r\n`)
    expect(await client.untilClosed()).toMatch(/^HTTP\/1\.1 200 .*early$/s)
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
      exchange.listener = { onClose: gone.resolve }
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
      exchange.listener = { onClose: (finished) => told.push(finished) }
      echoTarget(exchange)
    })
    await send(get('/', 'Connection: close'))
    expect(told).toEqual([true])
  })

  it('counts the bytes of each exchange', async () => {
    const counted: [read: number, written: number][] = []
    const { connect } = await startServer((exchange) => {
      exchange.listener = {
        onClose: () => counted.push([exchange.bytesRead, exchange.bytesWritten]),
      }
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
