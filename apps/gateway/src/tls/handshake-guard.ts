import type { HandshakeWishes } from '@postern/plugin-runtime'
import { constants } from 'node:crypto'
import type { Socket } from 'node:net'
import { createServer, type Server, type TlsOptions } from 'node:tls'
import { awaitClientHello, type ClientHello } from './await-client-hello.ts'

/** Decides on handshakes before they begin. */
export interface HandshakeJudge {
  /** Whether there is anything to decide: where not, connections are not looked at. */
  readonly isNeeded: boolean
  /** Answers undefined for a handshake that is not to be. Never rejects. */
  judge(socket: Socket, hello: ClientHello): Promise<HandshakeWishes | undefined>
}

export interface GuardOptions {
  /** What the server was made with. */
  readonly tls: TlsOptions
  readonly judge: HandshakeJudge
  /** How long a client may take for its ClientHello, in milliseconds. */
  readonly helloTimeoutMs: number
  /** Keeps the certificate of a server current, with these options of OpenSSL. */
  keepCurrent(server: Server, secureOptions: number): void
}

/**
 * Lets a judge look at each connection of a server before TLS does.
 *
 * Node calls `SNICallback` only for clients that name a server, and what a handshake asks of the
 * client is an option of the server. So connections wait here for their ClientHello, and go on to a
 * server with the options that were wished for. It listens nowhere, and hands what becomes of its
 * connections back to the first one.
 */
export function guardHandshakes(server: Server, options: GuardOptions): void {
  const variants = new Map<string, Server>()
  // Node's own listener, which starts TLS. Others count connections, and stay.
  const [begin] = server.rawListeners('connection') as [(this: Server, socket: Socket) => void]
  server.off('connection', begin)
  server.prependListener('connection', (socket: Socket) => {
    if (options.judge.isNeeded) void guard(socket)
    else begin.call(server, socket)
  })

  async function guard(socket: Socket): Promise<void> {
    socket.on('error', ignore)
    const hello = await awaitClientHello(socket, options.helloTimeoutMs)
    const wishes = hello && (await options.judge.judge(socket, hello))
    socket.off('error', ignore)
    if (hello === undefined) socket.destroy()
    else if (wishes === undefined) refuse(socket)
    else if (socket.destroyed) return
    else if (isPlain(wishes)) begin.call(server, socket)
    else variantFor(wishes).emit('connection', socket)
  }

  function variantFor(wishes: HandshakeWishes): Server {
    const key = `${wishes.requestsCertificate} ${wishes.forbidsReuse}`
    let variant = variants.get(key)
    if (variant === undefined) variants.set(key, (variant = createVariant(server, options, wishes)))
    return variant
  }
}

function isPlain({ requestsCertificate, forbidsReuse }: HandshakeWishes): boolean {
  return !requestsCertificate && !forbidsReuse
}

function createVariant(
  server: Server,
  { tls, keepCurrent }: GuardOptions,
  { requestsCertificate, forbidsReuse }: HandshakeWishes,
): Server {
  // Without tickets a session would be kept here, and nothing is kept.
  const secureOptions = forbidsReuse ? constants.SSL_OP_NO_TICKET : 0
  const variant = createServer({
    ...tls,
    secureOptions: (tls.secureOptions ?? 0) | secureOptions,
    requestCert: requestsCertificate,
    rejectUnauthorized: false,
  })
  keepCurrent(variant, secureOptions)
  variant.on('secureConnection', (socket) => server.emit('secureConnection', socket))
  variant.on('tlsClientError', (error, socket) => server.emit('tlsClientError', error, socket))
  return variant
}

/** What TLS itself says of a handshake that its own side ends: a fatal alert, internal_error. */
const INTERNAL_ERROR = Uint8Array.of(21, 3, 3, 0, 2, 2, 80)

function refuse(socket: Socket): void {
  if (socket.destroyed) return
  socket.on('error', ignore)
  socket.end(INTERNAL_ERROR, () => socket.destroy())
}

function ignore(): void {
  // `close` follows.
}
