import { once } from 'node:events'
import { describe, expect, it } from 'vitest'
import { bodies, get, post } from './messages.ts'
import { echoTarget, startServer } from './start-server.ts'

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
    { whose: 'the request before', at: 0, received: 'still' },
    { whose: 'its own request', at: 1, received: undefined },
  ])('is cut by its own request alone: $whose', async ({ at, received }) => {
    const { connect, exchanges } = await startServer(
      (exchange) => {
        if (!exchange.canUpgrade) return echoTarget(exchange)
        const socket = exchange.upgrade(['Connection', 'upgrade', 'Upgrade', 'websocket'])
        socket.pipe(socket)
      },
      { upgradeProtocols: ['websocket'] },
    )
    const client = await connect()
    client.write(`${get('/1')}${HEAD}`)
    await client.until('Upgrade: websocket\r\n\r\n')
    exchanges[at]?.abort()
    client.write('still')
    if (received === undefined) await client.untilClosed()
    else await client.until(received)
    expect(client.received.endsWith('still')).toBe(received !== undefined)
  })

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
