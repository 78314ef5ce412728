import net from 'node:net'
import { describe, expect, it } from 'vitest'
import { createHttp1Server } from '@postern/http1'
import { echoTarget, startServer } from './start-server.ts'

const GET = 'GET / HTTP/1.1\r\nHost: a\r\n\r\n'

describe('Http1Server', () => {
  it('rejects with what the system says about an address', async () => {
    const { port } = await startServer(echoTarget)
    const other = createHttp1Server({ onRequest: echoTarget })
    await expect(other.listen({ host: '127.0.0.1', port })).rejects.toMatchObject({
      code: 'EADDRINUSE',
    })
    await other.close(0)
  })

  it('serves several addresses', async () => {
    const { server, connect } = await startServer(echoTarget)
    const port = await server.listen({ host: '127.0.0.1', port: 0 })
    const first = await connect()
    first.write(GET)
    await first.until('GET /')
    const second = net.connect(port, '127.0.0.1')
    second.write(GET)
    await new Promise((resolve) => second.once('data', resolve))
    second.destroy()
    expect(server.counts.accepted).toBe(2)
  })

  it('closes idle connections at once, and takes no new ones', async () => {
    const { server, connect, port } = await startServer(echoTarget)
    const idle = await connect()
    idle.write(GET)
    await idle.until('GET /')
    await Promise.all([server.close(60_000), idle.untilClosed().then(() => idle.socket.end())])
    const late = net.connect(port, '127.0.0.1')
    const [error] = (await new Promise((resolve) => late.once('error', (e) => resolve([e])))) as [
      NodeJS.ErrnoException,
    ]
    expect(error.code).toBe('ECONNREFUSED')
  })

  it('lets an answer end that is under way, and says that it is the last', async () => {
    const { server, connect, exchanges } = await startServer(() => {})
    const client = await connect()
    client.write(GET)
    await expect.poll(() => exchanges.length).toBe(1)
    const closed = server.close(60_000)
    exchanges[0]?.sendHead(200, [])
    exchanges[0]?.end('whole')
    const answer = await client.untilClosed()
    expect(answer).toContain('Connection: close')
    expect(answer.endsWith('whole')).toBe(true)
    client.socket.end()
    await closed
  })

  it('cuts what is left when the grace ends', async () => {
    const { server, connect, exchanges } = await startServer(() => {})
    const client = await connect()
    client.write(GET)
    await expect.poll(() => exchanges.length).toBe(1)
    await server.close(0)
    expect(await client.untilClosed()).toBe('')
    expect(server.counts).toMatchObject({ active: 0, answering: 0 })
  })

  it('answers a refusal in words of its user', async () => {
    const { send } = await startServer(echoTarget, {
      onRefused: (exchange, { status, problem }) => {
        exchange.sendHead(status, ['X-Why', problem])
        exchange.end('sorry')
      },
    })
    const answer = await send('GARBAGE\r\n\r\n')
    expect(answer).toMatch(
      /^HTTP\/1\.1 400 Bad Request\r\nX-Why: the request line .*Connection: close\r\n\r\nsorry$/s,
    )
  })
})

describe('the connection of an exchange', () => {
  it('knows both ends', async () => {
    const { connect, exchanges, port } = await startServer(echoTarget)
    const client = await connect()
    client.write(GET)
    await client.until('GET /')
    expect(exchanges[0]?.connection).toMatchObject({
      scheme: 'http',
      peerAddress: '127.0.0.1',
      peerPort: client.socket.localPort,
      localAddress: '127.0.0.1',
      localPort: port,
      serverName: undefined,
      tls: undefined,
    })
  })
})
