import { createHash, randomBytes } from 'node:crypto'
import { once } from 'node:events'
import net from 'node:net'
import { setImmediate, setTimeout } from 'node:timers/promises'
import tls from 'node:tls'
import { describe, expect, it, onTestFinished } from 'vitest'
import { createHttp1Server, type Http1Server, type ServerExchange } from '@postern/http1'
import { certificate } from './fixtures/certificate.ts'
import { echoBody, echoTarget } from './start-server.ts'

interface TlsServer {
  readonly server: Http1Server
  readonly port: number
  readonly exchanges: ServerExchange[]
  connect(): Promise<tls.TLSSocket>
}

async function startTls(onRequest: (exchange: ServerExchange) => void): Promise<TlsServer> {
  const exchanges: ServerExchange[] = []
  const server = createHttp1Server({
    onRequest: (exchange) => {
      exchanges.push(exchange)
      onRequest(exchange)
    },
    upgradeProtocols: ['websocket'],
  })
  let listening: tls.Server | undefined
  const port = await server.listen({
    host: '127.0.0.1',
    port: 0,
    tls: certificate,
    onTlsServer: (one) => {
      listening = one
    },
  })
  expect(listening).toBeInstanceOf(tls.Server)
  onTestFinished(() => server.close(0))
  const connect = async (): Promise<tls.TLSSocket> => {
    const socket = tls.connect({
      port,
      host: '127.0.0.1',
      servername: 'service.test',
      ca: certificate.cert,
    })
    onTestFinished(() => {
      socket.destroy()
    })
    await once(socket, 'secureConnect')
    return socket
  }
  return { server, port, exchanges, connect }
}

/** Resolves when the text has come. */
async function until(socket: tls.TLSSocket, text: string): Promise<string> {
  let received = ''
  for await (const chunk of socket.setEncoding('latin1').iterator({ destroyOnReturn: false })) {
    received += chunk as string
    if (received.includes(text)) return received
  }
  return received
}

/** Of TLS 1.3 there is no renegotiation. */
const OLD = { maxVersion: 'TLSv1.2', servername: 'service.test' } as const

/** Reads a piece of the body, rests, and reads on. */
async function hashSlowly(exchange: ServerExchange): Promise<void> {
  const hash = createHash('sha256')
  for await (const chunk of exchange.requestBody) {
    hash.update(chunk as Buffer)
    await setTimeout(2)
  }
  exchange.sendHead(200, [])
  exchange.end(`${hash.digest('hex')} END`)
}

describe('a connection with TLS', () => {
  it('carries requests, and knows what was agreed on', async () => {
    const { connect, exchanges } = await startTls(echoTarget)
    const socket = await connect()
    socket.write('GET /1 HTTP/1.1\r\nHost: a\r\n\r\nGET /2 HTTP/1.1\r\nHost: a\r\n\r\n')
    await until(socket, 'GET /2')
    expect(exchanges[0]?.connection).toMatchObject({
      scheme: 'https',
      serverName: 'service.test',
      peerAddress: '127.0.0.1',
      tls: { protocol: 'TLSv1.3', cipher: expect.stringMatching(/^TLS_/) },
    })
  })

  it('carries large bodies both ways', async () => {
    const { connect } = await startTls(echoBody)
    const socket = await connect()
    const body = 'abcdefgh'.repeat(500_000)
    socket.write(`POST / HTTP/1.1\r\nHost: a\r\nContent-Length: ${body.length}\r\n\r\n${body}END`)
    const answer = await until(socket, '\r\n\r\n')
    expect(answer).toContain(`Content-Length: ${body.length}`)
    let bytes = answer.length - answer.indexOf('\r\n\r\n') - 4
    for await (const chunk of socket.iterator({ destroyOnReturn: false })) {
      bytes += (chunk as string).length
      if (bytes >= body.length) break
    }
    expect(bytes).toBe(body.length)
  })

  it('keeps what it has read apart from what the others read after it', async () => {
    const bodies: Buffer[][] = []
    const { connect } = await startTls((exchange) => {
      const chunks: Buffer[] = []
      bodies.push(chunks)
      exchange.requestBody.on('data', (chunk: Buffer) => chunks.push(chunk))
      exchange.requestBody.on('end', () => {
        exchange.sendHead(200, [])
        exchange.end('DONE')
      })
    })
    const sockets = await Promise.all(['a', 'b', 'c', 'd'].map(connect))
    const head = `POST / HTTP/1.1\r\nHost: a\r\nContent-Length: ${20 * 5000}\r\n\r\n`
    for (const socket of sockets) socket.write(head)
    for (let round = 0; round < 20; round++) {
      for (const [i, socket] of sockets.entries()) socket.write('abcd'.charAt(i).repeat(5000))
      await setImmediate()
    }
    await Promise.all(sockets.map((socket) => until(socket, 'DONE')))
    const texts = bodies.map((chunks) => Buffer.concat(chunks).toString()).sort()
    expect(texts).toEqual(['a', 'b', 'c', 'd'].map((letter) => letter.repeat(100_000)))
  })

  it('reads past the stream, as long as Node keeps `onread` where we look for it', async () => {
    const { connect, exchanges } = await startTls(echoTarget)
    const socket = await connect()
    socket.write('GET /1 HTTP/1.1\r\nHost: a\r\n\r\n')
    await until(socket, 'GET /1')
    expect(exchanges[0]?.connection.tls?.socket.listenerCount('data')).toBe(0)
  })

  it('loses nothing of a body whose reader takes its time', async () => {
    const sent = randomBytes(3_000_000)
    const { connect } = await startTls((exchange) => void hashSlowly(exchange))
    const socket = await connect()
    socket.write(`POST / HTTP/1.1\r\nHost: a\r\nContent-Length: ${sent.length}\r\n\r\n`)
    socket.write(sent)
    expect(await until(socket, 'END')).toContain(createHash('sha256').update(sent).digest('hex'))
  })

  it('answers what came in one record, in its order', async () => {
    const { connect } = await startTls(echoTarget)
    const socket = await connect()
    const targets = Array.from({ length: 200 }, (_, i) => `/${i};`)
    socket.write(targets.map((target) => `GET ${target} HTTP/1.1\r\nHost: a\r\n\r\n`).join(''))
    const answers = await until(socket, 'GET /199;')
    expect(answers.match(/(?<=GET )\/\d+;/g)).toEqual(targets)
  })

  it('is handed over by Upgrade', async () => {
    const { connect } = await startTls((exchange) => {
      const socket = exchange.upgrade([])
      socket.pipe(socket)
    })
    const socket = await connect()
    socket.write(
      'GET / HTTP/1.1\r\nHost: a\r\nConnection: upgrade\r\nUpgrade: websocket\r\n\r\nearly',
    )
    expect(await until(socket, 'early')).toContain('101 Switching Protocols')
  })

  it('ends with Connection: close', async () => {
    const { connect } = await startTls(echoTarget)
    const socket = await connect()
    socket.write('GET /1 HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n')
    expect((await until(socket, 'never')).endsWith('GET /1')).toBe(true)
  })

  it('is closed when its client renegotiates again and again', async () => {
    const { port } = await startTls(echoTarget)
    const socket = tls.connect({ port, host: '127.0.0.1', ca: certificate.cert, ...OLD })
    const closed = once(socket, 'close')
    socket.on('error', () => {})
    await once(socket, 'secureConnect')
    let times = 0
    const again = (): void => {
      times += 1
      void setTimeout(1).then(() => socket.renegotiate({ rejectUnauthorized: false }, again))
    }
    again()
    await closed
    expect(times).toBeLessThan(30)
  })

  it('whose handshake never comes does not hold up the end of the server', async () => {
    const { server, port } = await startTls(echoTarget)
    const silent = net.connect(port, '127.0.0.1')
    silent.on('error', () => {})
    await once(silent, 'connect')
    await server.close(0)
    if (!silent.closed) await once(silent, 'close')
  })

  it('that speaks no TLS is closed, and the others go on', async () => {
    const { port, connect } = await startTls(echoTarget)
    const plain = net.connect(port, '127.0.0.1')
    plain.on('error', () => {})
    plain.write('GET / HTTP/1.1\r\nHost: a\r\n\r\n')
    plain.resume()
    await once(plain, 'close')
    const socket = await connect()
    socket.write('GET /1 HTTP/1.1\r\nHost: a\r\n\r\n')
    await until(socket, 'GET /1')
  })
})
