import { once } from 'node:events'
import type { AddressInfo } from 'node:net'
import { createServer, type TLSSocket } from 'node:tls'
import { describe, expect, it } from 'vitest'
import { type ClientOptions, createClient } from '../src/index.ts'
import { exchange, listen, requestTo } from './client-exchange.ts'
import { certificate } from './fixtures/certificate.ts'
import { onRequest } from './raw-server.ts'

const OK = 'HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok'

interface TlsServer extends AsyncDisposable {
  readonly port: number
  readonly sockets: readonly TLSSocket[]
}

/** Answers each request; or does with the whole connection what `onSocket` says. */
async function tlsServer(
  answer: (socket: TLSSocket) => void,
  onSocket = (socket: TLSSocket): void => onRequest(socket, () => answer(socket)),
): Promise<TlsServer> {
  const sockets: TLSSocket[] = []
  const server = createServer({ ...certificate, ALPNProtocols: ['http/1.1'] }, (socket) => {
    sockets.push(socket)
    socket.on('error', () => undefined)
    onSocket(socket)
  })
  server.on('tlsClientError', () => undefined)
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  return {
    port: (server.address() as AddressInfo).port,
    sockets,
    async [Symbol.asyncDispose]() {
      for (const socket of sockets) socket.destroy()
      server.close()
      await once(server, 'close')
    },
  }
}

async function withClient<T>(
  options: ClientOptions,
  use: (client: ReturnType<typeof createClient>) => Promise<T>,
): Promise<T> {
  const client = createClient(options)
  try {
    return await use(client)
  } finally {
    await client.close()
  }
}

const LAST_BYTE = 7

const trusting: ClientOptions = { tls: { ca: certificate.cert } }

describe('createClient(): TLS', () => {
  it.each([
    { trusts: 'nobody', options: {}, tlsVerify: true, name: 'service.test', kind: 'connect' },
    { trusts: 'nobody', options: {}, tlsVerify: false, name: 'service.test', kind: undefined },
    { trusts: 'it', options: trusting, tlsVerify: true, name: 'service.test', kind: undefined },
    { trusts: 'it', options: trusting, tlsVerify: true, name: 'other.test', kind: 'connect' },
    { trusts: 'it', options: trusting, tlsVerify: false, name: 'other.test', kind: undefined },
    { trusts: 'it', options: trusting, tlsVerify: true, name: undefined, kind: undefined },
    { trusts: 'it', options: trusting, tlsVerify: true, name: '127.0.0.1', kind: undefined },
  ])('trusting $trusts, asked to verify $tlsVerify for $name: $kind', async (row) => {
    const { options, tlsVerify, name, kind } = row
    await using server = await tlsServer((socket) => socket.write(OK))
    const about = { scheme: 'https', tlsVerify, ...(name && { serverName: name }) } as const
    const { failure } = await withClient(options, (client) =>
      exchange(client, requestTo(server.port, about)),
    )
    expect(failure?.kind).toBe(kind)
    if (kind !== undefined) expect(failure?.sent).toBe(false)
  })

  it('does not share connections between names, or between checked and unchecked', async () => {
    await using server = await tlsServer((socket) => socket.write(OK))
    const requests = [
      { serverName: 'service.test', tlsVerify: true },
      { serverName: 'service.test', tlsVerify: false },
      { serverName: 'other.test', tlsVerify: false },
    ]
    await withClient(trusting, async (client) => {
      for (const about of [...requests, ...requests]) {
        const heard = await exchange(client, requestTo(server.port, { scheme: 'https', ...about }))
        expect(heard.status).toBe(200)
      }
    })
    expect(server.sockets).toHaveLength(3)
  })

  it('takes up the session of an earlier connection', async () => {
    const reused: boolean[] = []
    await using server = await tlsServer((socket) => {
      reused.push(socket.isSessionReused())
      socket.write('HTTP/1.1 200 OK\r\nConnection: close\r\nContent-Length: 2\r\n\r\nok')
    })
    const about = { scheme: 'https', tlsVerify: true, serverName: 'service.test' } as const
    await withClient(trusting, async (client) => {
      for (let i = 0; i < 3; i++) await exchange(client, requestTo(server.port, about))
    })
    expect(reused).toEqual([false, true, true])
  })

  it('reads a large body with pauses', async () => {
    const size = 8 << 20
    await using server = await tlsServer((socket) => {
      socket.write(`HTTP/1.1 200 OK\r\nContent-Length: ${size}\r\n\r\n`)
      socket.write(Buffer.alloc(size, 'x'))
    })
    let bytes = 0
    await withClient({}, async (client) => {
      const { handler, heard } = listen({
        onData: (chunk) => {
          bytes += chunk.length
          setImmediate(() => running.resume())
          return false
        },
      })
      const running = client.send(requestTo(server.port, { scheme: 'https' }), handler)
      expect((await heard).failure).toBeUndefined()
    })
    expect(bytes).toBe(size)
  })

  it('sends a large body and keeps the connection', async () => {
    const size = 8 << 20
    const body = Buffer.alloc(size)
    body[size - 1] = LAST_BYTE
    const answer = (socket: TLSSocket): void => void socket.write(OK)
    await using server = await tlsServer(answer, (socket) => {
      let taken = 0
      socket.on('data', (chunk) => {
        taken += chunk.length
        if (taken < size) return
        // The rest is shorter than a head, or the next request.
        if (chunk.includes('GET') || chunk.at(-1) === LAST_BYTE) answer(socket)
      })
    })
    await withClient({}, async (client) => {
      for (const about of [{ method: 'PUT', body }, { method: 'GET' }]) {
        const heard = await exchange(client, requestTo(server.port, { scheme: 'https', ...about }))
        expect(heard).toMatchObject({ status: 200, body: 'ok' })
      }
    })
    expect(server.sockets).toHaveLength(1)
  })

  it('hands over a connection that switches protocols', async () => {
    await using server = await tlsServer((socket) =>
      socket.write('HTTP/1.1 101 S\r\nConnection: upgrade\r\nUpgrade: websocket\r\n\r\nhello'),
    )
    await withClient({}, async (client) => {
      const about = { scheme: 'https', upgrade: 'websocket' } as const
      const { socket } = await exchange(client, requestTo(server.port, about))
      const [first] = (await once(socket as NonNullable<typeof socket>, 'data')) as [Buffer]
      expect(first.toString()).toBe('hello')
      socket?.write('ping')
      const [ping] = (await once(server.sockets[0] as TLSSocket, 'data')) as [Buffer]
      expect(ping.toString()).toBe('ping')
      socket?.destroy()
    })
  })
})
