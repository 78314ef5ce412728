import { once } from 'node:events'
import net from 'node:net'
import tls from 'node:tls'
import { certificate } from './fixtures/certificate.ts'

/** A connection on which a test says every byte itself. */
export interface RawClient {
  readonly socket: net.Socket
  /** All that has come so far, latin1. */
  readonly received: string
  write(text: string): void
  /** Resolves when the text has come as often as asked for. Rejects when the connection ends before. */
  until(text: string, times?: number): Promise<string>
  /** Resolves with all that came when the server has ended the connection. */
  untilClosed(): Promise<string>
}

/** Connects to a port of this machine. The connection stays open on our side until the test ends it. */
export async function connectRaw(port: number): Promise<RawClient> {
  const socket = net.connect({ port, host: '127.0.0.1', allowHalfOpen: true })
  await once(socket, 'connect')
  return clientOn(socket)
}

/** The same with TLS, for a server with the certificate of the tests. */
export async function connectRawTls(port: number): Promise<RawClient> {
  const names = { host: '127.0.0.1', servername: 'service.test', ca: certificate.cert }
  // Its types leave out an option that it hands on to the socket.
  const options = { port, ...names, allowHalfOpen: true } as tls.ConnectionOptions
  const socket = tls.connect(options)
  await once(socket, 'secureConnect')
  return clientOn(socket)
}

function clientOn(socket: net.Socket): RawClient {
  let received = ''
  let hasEnded = false
  let onChange = (): void => {}
  socket.setEncoding('latin1').on('data', (text: string) => {
    received += text
    onChange()
  })
  // A reset is an end as well: what has come before it counts.
  socket.on('error', () => {})
  for (const event of ['end', 'close']) {
    socket.on(event, () => {
      hasEnded = true
      onChange()
    })
  }
  const wait = (isThere: () => boolean, mayEnd: boolean): Promise<string> =>
    new Promise((resolve, reject) => {
      onChange = () => {
        if (isThere()) resolve(received)
        else if (hasEnded && !mayEnd) reject(new Error(`ended after ${JSON.stringify(received)}`))
      }
      onChange()
    })
  return {
    socket,
    get received() {
      return received
    },
    write: (text) => {
      socket.write(text, 'latin1')
    },
    until: (text, times = 1) => wait(() => received.split(text).length > times, false),
    untilClosed: () => wait(() => hasEnded, true),
  }
}
