import { once } from 'node:events'
import type { ServerExchange } from '@postern/http1'
import { describe, expect, it } from 'vitest'
import { bodies, get, post, statuses } from './messages.ts'
import { echoBody, echoTarget, startServer } from './start-server.ts'

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
      exchange.listener = { onClose: (finished) => closed.push(finished) }
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

  it('that is still read when the answer ends is given up, and its reader hears so', async () => {
    const closed = Promise.withResolvers<boolean>()
    const { connect } = await startServer((exchange) => {
      exchange.body
        ?.on('close', () => closed.resolve(exchange.body?.readableEnded ?? false))
        .resume()
      echoTarget(exchange)
    })
    const client = await connect()
    client.write('POST /1 HTTP/1.1\r\nHost: a\r\nContent-Length: 5\r\n\r\nhel')
    await client.until('POST /1')
    expect(await closed.promise).toBe(false)
    client.write(`lo${get('/2')}`)
    await client.until('GET /2')
  })

  it('of a megabyte may be dropped with each request', async () => {
    const { connect } = await startServer(echoTarget)
    const client = await connect()
    for (let times = 1; times <= 5; times++) {
      client.write(post('/big', 'a'.repeat(900_000)))
      await client.until('POST /big', times)
    }
    client.write(get('/last'))
    await client.until('GET /last')
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

  it('is not answered when the body comes without waiting', async () => {
    const { connect } = await startServer((exchange) => {
      setImmediate(() => echoBody(exchange))
    })
    const client = await connect()
    client.write(`${HEAD}hello`)
    expect(statuses(await client.until('hello'))).toEqual(['200'])
  })

  it('ends the connection where the body was not asked for: it may come or not', async () => {
    const { send, exchanges } = await startServer(echoTarget)
    const answers = await send(HEAD + get('/2'))
    expect(statuses(answers)).toEqual(['200'])
    expect(answers).toContain('Connection: close')
    expect(exchanges).toHaveLength(1)
  })
})
