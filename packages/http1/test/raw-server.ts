import { once } from 'node:events'
import { type AddressInfo, createServer, type Socket } from 'node:net'

/** A server that hands over its connections, for answers no HTTP library would send. */
export interface RawServer extends AsyncDisposable {
  readonly port: number
  /** All connections so far, the closed ones included. */
  readonly sockets: readonly Socket[]
}

/** Starts a server on 127.0.0.1. `onSocket` is also told the how-manieth connection it is, from 0. */
export async function rawServer(
  onSocket: (socket: Socket, index: number) => void,
): Promise<RawServer> {
  const sockets: Socket[] = []
  const server = createServer((socket) => {
    sockets.push(socket)
    // A client that goes away is part of these tests.
    socket.on('error', () => undefined)
    onSocket(socket, sockets.length - 1)
  })
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

/** Calls back with each whole request head, and what came of the body with it. */
export function onRequest(socket: Socket, answer: (head: string, count: number) => void): void {
  let received = ''
  let count = 0
  socket.on('data', (chunk) => {
    received += chunk.toString('latin1')
    for (let end = received.indexOf('\r\n\r\n'); end >= 0; end = received.indexOf('\r\n\r\n')) {
      const head = received.slice(0, end)
      received = received.slice(end + 4)
      answer(head, count++)
    }
  })
}

/** A server that answers each request with the same bytes, and then does `after`. */
export function answering(answer: string, after?: (socket: Socket) => void): Promise<RawServer> {
  return rawServer((socket) => {
    onRequest(socket, () => {
      socket.write(answer, 'latin1')
      after?.(socket)
    })
  })
}
