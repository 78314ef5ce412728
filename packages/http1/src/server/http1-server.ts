import net, { type Socket } from 'node:net'
import tls, { type TlsOptions } from 'node:tls'
import { CoarseClock } from '../wire/coarse-clock.ts'
import type { Problem } from '../wire/problem.ts'
import { REASONS } from '../wire/reasons.ts'
import { ServerConnection } from './server-connection.ts'
import type { ServerExchange } from './server-exchange.ts'
import { DEFAULT_SERVER_LIMITS, type ServerLimits } from './server-limits.ts'
import type { OpenConnection, ServerState } from './server-state.ts'

/** What a server is made of. */
export interface Http1ServerOptions {
  /**
   * Called for each request, when its head is there. It may answer at once or later; the next request
   * of the connection waits for the answer. What it throws is not caught.
   */
  readonly onRequest: (exchange: ServerExchange) => void
  /**
   * Called for a message that is no request, or whose body breaks off: the exchange has no method,
   * target or headers, and the answer closes the connection. Answers `problem.status` and its reason
   * as text unless set.
   */
  readonly onRefused?: (exchange: ServerExchange, problem: Problem) => void
  /** Those that differ from `DEFAULT_SERVER_LIMITS`. */
  readonly limits?: Partial<ServerLimits>
  /**
   * Whether Host and the form of the target are checked (RFC 9112, 3.2). True unless set; a gateway
   * that answers for them itself says false.
   */
  readonly checksTarget?: boolean
  /** Values of Upgrade, in lower case, for which `canUpgrade` is true. None unless set. */
  readonly upgradeProtocols?: readonly string[]
}

export interface Http1ListenAddress {
  readonly host: string
  /** 0 lets the system choose. */
  readonly port: number
  /** Several processes may listen on the same address and share its connections. */
  readonly reusePort?: boolean
  /** Certificate and key; connections speak TLS then. */
  readonly tls?: TlsOptions
  /** Called with the server of TLS before it listens, for whoever renews its certificate. */
  readonly onTlsServer?: (server: tls.Server) => void
}

/** What a server has done since it was made, and does now. */
export interface Http1ServerCounts {
  /** Connections that were accepted. */
  readonly accepted: number
  /** Connections that are open. */
  readonly active: number
  /** Requests that were read, and messages that were refused. */
  readonly requests: number
  /** Those that are being answered. */
  readonly answering: number
}

export interface Http1Server {
  readonly counts: Http1ServerCounts
  /** Answers the port that is listened on. Rejects with the system's error, `EADDRINUSE` for one. */
  listen(address: Http1ListenAddress): Promise<number>
  /**
   * Stops accepting, closes idle connections, and lets answers that are under way end for
   * `graceMs`; what is left then is cut.
   */
  close(graceMs: number): Promise<void>
}

/** Makes a server of HTTP/1.1 and 1.0 that can listen on several addresses. */
export function createHttp1Server(options: Http1ServerOptions): Http1Server {
  const connections = new Set<OpenConnection>()
  const clock = new CoarseClock((nowMs) => {
    for (const connection of connections) connection.sweep(nowMs)
  })
  const state: ServerState = {
    limits: { ...DEFAULT_SERVER_LIMITS, ...options.limits },
    clock,
    checks: { checksTarget: options.checksTarget ?? true },
    upgradeProtocols: new Set(options.upgradeProtocols),
    onRequest: options.onRequest,
    onRefused: options.onRefused ?? answerProblem,
    counts: { accepted: 0, active: 0, requests: 0, answering: 0 },
    connections,
    isClosing: false,
    onGone: undefined,
  }
  const listening: Listening[] = []
  return {
    counts: state.counts,
    async listen(address) {
      const one = createListening(state, address)
      if (one.server instanceof tls.Server) address.onTlsServer?.(one.server)
      const port = await bind(one.server, address)
      listening.push(one)
      clock.start()
      return port
    },
    async close(graceMs) {
      state.isClosing = true
      for (const connection of connections) connection.endIfIdle()
      await Promise.all(listening.map(({ server }) => stopAccepting(server)))
      await untilGone(listening, state, graceMs)
      clock.stop()
    },
  }
}

/** Plain text, so that a person with a terminal sees what happened. */
function answerProblem(exchange: ServerExchange, { status }: Problem): void {
  exchange.sendHead(status, ['Content-Type', 'text/plain'])
  exchange.end(`${REASONS.get(status) ?? 'Bad Request'}\n`)
}

interface Listening {
  readonly server: net.Server
  /** Connections whose TLS handshake is not done. */
  readonly shaking: ReadonlySet<Socket>
}

function createListening(state: ServerState, address: Http1ListenAddress): Listening {
  return address.tls === undefined ? listenPlain(state) : listenTls(state, address.tls)
}

function listenPlain(state: ServerState): Listening {
  const server = net.createServer(
    { noDelay: true, allowHalfOpen: true, pauseOnConnect: true },
    (socket) => new ServerConnection(socket, false, state),
  )
  return { server, shaking: new Set() }
}

function listenTls(state: ServerState, options: TlsOptions): Listening {
  const shaking = new Set<Socket>()
  const server = tls.createServer({
    handshakeTimeout: state.limits.headTimeoutMs,
    ...options,
    allowHalfOpen: true,
    noDelay: true,
  } as TlsOptions)
  server.on('connection', (socket: Socket) => {
    shaking.add(socket)
    socket.once('close', () => shaking.delete(socket))
  })
  server.on('secureConnection', (socket) => new ServerConnection(socket, true, state))
  // Of a handshake that fails nobody is left to be told.
  server.on('tlsClientError', (_error, socket) => socket.destroy())
  return { server, shaking }
}

function bind(server: net.Server, address: Http1ListenAddress): Promise<number> {
  const { host, port, reusePort } = address
  return new Promise((resolve, reject) => {
    server.once('error', reject)
    server.listen({ host, port, reusePort: reusePort ?? false, backlog: BACKLOG }, () => {
      server.off('error', reject)
      const bound = server.address()
      resolve(typeof bound === 'object' && bound !== null ? bound.port : port)
    })
  })
}

const BACKLOG = 16_384

/** Its connections are ours to count, so this does not wait for them. */
function stopAccepting(server: net.Server): Promise<void> {
  return new Promise((resolve) => {
    if (!server.listening) return resolve()
    server.close()
    // The address is free when this has run: libuv closes a listening socket at once.
    setImmediate(resolve)
  })
}

function untilGone(
  listening: readonly Listening[],
  state: ServerState,
  graceMs: number,
): Promise<void> {
  return new Promise((resolve) => {
    const cut = setTimeout(() => {
      for (const connection of state.connections) connection.destroy()
      for (const { shaking } of listening) for (const socket of shaking) socket.destroy()
    }, graceMs)
    state.onGone = () => {
      if (state.connections.size > 0) return
      clearTimeout(cut)
      for (const { shaking } of listening) for (const socket of shaking) socket.destroy()
      resolve()
    }
    state.onGone()
  })
}
