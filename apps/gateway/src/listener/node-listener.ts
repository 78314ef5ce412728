import http from 'node:http'
import https from 'node:https'
import type { Socket } from 'node:net'
import type { Duplex } from 'node:stream'
import { ConnectionTurns } from './connection-turns.ts'
import type {
  ListenAddress,
  Listener,
  ListenerCounts,
  ListenerOptions,
  ListenTls,
  Refusal,
} from './listener.ts'
import { closeLingering } from './close-lingering.ts'
import type { IdleLimits } from './idle-client.ts'
import { NodeExchange } from './node-exchange.ts'
import { watchHalfClosed } from './watch-half-closed.ts'

/** What all servers of a listener share. */
interface Shared extends IdleLimits {
  readonly options: ListenerOptions
  readonly counts: { -readonly [Name in keyof ListenerCounts]: number }
  readonly turnsOf: WeakMap<Duplex, ConnectionTurns>
  /** Connections that speak another protocol by now: node:http does not know them any more. */
  readonly upgraded: Set<Duplex>
  /** Connections whose handshake may still be under way: node:http does not know them yet. */
  readonly shaking: Set<Socket>
  /** Answers are the last on their connections from now on. */
  isClosing: boolean
}

/** The engine `node`: node:http reads and writes. */
export function createNodeListener(options: ListenerOptions): Listener {
  const shared: Shared = {
    options,
    bodyIdleMs: options.limits.bodyIdleTimeoutMs ?? 0,
    sendIdleMs: options.limits.sendIdleTimeoutMs ?? 0,
    onIdleBody: (req, res) => refuseBody(shared, { req, res }, IDLE_BODY),
    counts: { accepted: 0, active: 0, requests: 0, answering: 0 },
    turnsOf: new WeakMap(),
    upgraded: new Set(),
    shaking: new Set(),
    isClosing: false,
  }
  const servers: http.Server[] = []
  return {
    counts: shared.counts,
    listen(address) {
      const server = createServer(shared, address)
      servers.push(server)
      return listen(server, address)
    },
    async close(graceMs) {
      shared.isClosing = true
      await Promise.all(servers.map((server) => close(server, graceMs, shared)))
    },
  }
}

function createServer(shared: Shared, { tls }: ListenAddress): http.Server {
  const { limits } = shared.options
  const options = {
    maxHeaderSize: limits.maxHeadBytes,
    headersTimeout: limits.headTimeoutMs,
    // A slow body is the business of whoever reads it: uploads may take long.
    requestTimeout: 0,
    connectionsCheckingInterval: Math.min(1000, limits.headTimeoutMs),
    keepAliveTimeout: limits.keepAliveTimeoutMs,
    // A second on top is for clients that are told the time; ours are not.
    keepAliveTimeoutBuffer: 0,
    // node:http would answer a missing Host itself, past the functions of the operator.
    requireHostHeader: false,
    insecureHTTPParser: false,
    optimizeEmptyRequests: true,
    shouldUpgradeCallback: asksForWebSocket,
  } as http.ServerOptions
  const server =
    tls === undefined ? http.createServer(options) : createTlsServer(shared, tls, options)
  // Without this, header lines past the count are dropped without a word.
  server.maxHeadersCount = 0
  // A client that has said all it has to say still wants its answer; see watch-half-closed.ts.
  Object.assign(server, { httpAllowHalfOpen: true })
  server.on(tls === undefined ? 'connection' : 'secureConnection', (socket: Socket) => {
    onConnection(shared, socket)
  })
  for (const event of ['request', 'checkContinue', 'checkExpectation']) {
    const awaitsContinue = event === 'checkContinue'
    server.on(event, (req: http.IncomingMessage, res: http.ServerResponse) => {
      onRequest(shared, { req, res, awaitsContinue })
    })
  }
  server.on('upgrade', (req, socket, head) => onUpgrade(shared, req, socket, head))
  server.on('connect', (req, socket) => onUpgrade(shared, req, socket, undefined))
  server.on('clientError', (error, socket) => onClientError(shared, error, socket))
  return server
}

function createTlsServer(
  { shaking }: Shared,
  tls: ListenTls,
  options: http.ServerOptions,
): https.Server {
  const server = https.createServer({ ...options, ...tls.options })
  tls.attach(server)
  server.on('connection', (socket: Socket) => {
    shaking.add(socket)
    socket.once('close', () => shaking.delete(socket))
  })
  return server
}

/** Only WebSocket is spoken besides HTTP: any other wish to upgrade is ignored, as RFC 9110 allows. */
function asksForWebSocket({ headers }: http.IncomingMessage): boolean {
  // A body would be taken for the first bytes of the other protocol.
  const hasBody =
    headers['transfer-encoding'] !== undefined || (headers['content-length'] ?? '0') !== '0'
  return headers.upgrade?.toLowerCase() === 'websocket' && !hasBody
}

function onConnection({ counts, turnsOf, upgraded }: Shared, socket: Socket): void {
  const turns = new ConnectionTurns(socket)
  turnsOf.set(socket, turns)
  // node:http would cut off a client that is still sending, and that then never sees its answer.
  socket.destroySoon = () => closeLingering(socket)
  socket.once('end', () => {
    turns.isHalfClosed = true
    const { current } = turns
    if (current !== undefined && !upgraded.has(socket)) watchHalfClosed(socket, current)
  })
  counts.accepted += 1
  counts.active += 1
  socket.once('close', () => {
    counts.active -= 1
  })
}

interface Arrived {
  readonly req: http.IncomingMessage
  readonly res: http.ServerResponse
  /** The client waits to be asked for its body. */
  readonly awaitsContinue: boolean
}

function onRequest(shared: Shared, { req, res, awaitsContinue }: Arrived): void {
  const turns = shared.turnsOf.get(req.socket) as ConnectionTurns
  turns.last = { req, res }
  turns.take(() => {
    begin(shared, turns, res)
    // node:http would answer those beyond the limit itself, with a 503.
    const isLast = turns.count >= shared.options.limits.maxRequestsPerConnection
    shared.options.onExchange(new NodeExchange(req, res, shared, { awaitsContinue, isLast }))
  })
}

/** From here to the close of its response a request has the connection to itself. */
function begin({ counts }: Shared, turns: ConnectionTurns, res: http.ServerResponse): void {
  counts.requests += 1
  counts.answering += 1
  turns.current = res
  if (turns.isHalfClosed && res.socket !== null) watchHalfClosed(res.socket, res)
  res.once('close', () => {
    counts.answering -= 1
    turns.current = undefined
    turns.leave()
  })
}

/** @param behindHead what the client has sent behind the head; undefined where nothing is switched to */
function onUpgrade(
  shared: Shared,
  req: http.IncomingMessage,
  socket: Duplex,
  behindHead: Buffer | undefined,
): void {
  // node:http has taken its own listener off, and an error that nobody hears ends the process.
  socket.on('error', () => {})
  const turns = shared.turnsOf.get(socket) as ConnectionTurns
  turns.last = undefined
  turns.take(() => {
    const res = lastResponse(req)
    begin(shared, turns, res)
    shared.options.onExchange(new NodeExchange(req, res, shared, { behindHead }))
  })
}

const IDLE_BODY: Refusal = { status: 408, problem: 'nothing came of the body' }

/** What llhttp calls a version that it knows the form of, but not what it means. */
const UNKNOWN_VERSION = 'Invalid HTTP version'

const REFUSAL_OF_CODE = new Map<string, number>([
  ['HPE_HEADER_OVERFLOW', 431],
  ['ERR_HTTP_REQUEST_TIMEOUT', 408],
  ['HPE_CHUNK_EXTENSIONS_OVERFLOW', 413],
  ['HPE_PAUSED_H2_UPGRADE', 505],
])

function refusalOf(error: Error & { readonly reason?: string }): Refusal {
  const { code = '' } = error as NodeJS.ErrnoException
  const status = error.reason === UNKNOWN_VERSION ? 505 : (REFUSAL_OF_CODE.get(code) ?? 400)
  return { status, problem: error.message }
}

/** Answers what cannot be read, after the answers that are due. */
function onClientError(shared: Shared, error: Error, socket: Duplex): void {
  const code = (error as NodeJS.ErrnoException).code ?? ''
  const turns = shared.turnsOf.get(socket)
  // The answer has left, and what comes now is not read: see close-lingering.ts.
  if (socket.writableEnded && code !== 'ECONNRESET') return
  if (turns === undefined || !socket.writable || code === 'ECONNRESET') {
    socket.destroy(error)
    return
  }
  // One broken message is told once for each packet that follows it.
  if (turns.isRefused) return
  turns.isRefused = true
  const refusal = refusalOf(error)
  const { last } = turns
  if (last !== undefined && !last.req.complete) refuseBody(shared, last, refusal)
  else turns.take(() => refuse(shared, turns, socket, refusal))
}

/** Nobody can answer a request whose body does not come to its end: its answer is the refusal. */
function refuseBody(
  shared: Shared,
  { req, res }: { readonly req: http.IncomingMessage; readonly res: http.ServerResponse },
  refusal: Refusal,
): void {
  if (res.headersSent) {
    req.socket.destroy()
    return
  }
  NodeExchange.of(res)?.giveUp()
  shared.options.onRefused(new NodeExchange(req, res, shared), refusal)
}

function refuse(shared: Shared, turns: ConnectionTurns, socket: Duplex, refusal: Refusal): void {
  if (!socket.writable) return
  const req = new http.IncomingMessage(socket as http.IncomingMessage['socket'])
  req.httpVersion = '1.1'
  const res = lastResponse(req)
  begin(shared, turns, res)
  shared.options.onRefused(new NodeExchange(req, res, shared), refusal)
}

/** A response on a connection that node:http reads no more requests from. */
function lastResponse(req: http.IncomingMessage): http.ServerResponse {
  const res = new http.ServerResponse(req)
  res.shouldKeepAlive = false
  res.assignSocket(req.socket)
  res.on('finish', () => req.socket.destroySoon())
  return res
}

function listen(server: http.Server, { host, port, reusePort }: ListenAddress): Promise<number> {
  return new Promise((resolve, reject) => {
    server.once('error', reject)
    server.listen({ host, port, reusePort: reusePort ?? false, backlog: 16384 }, () => {
      server.off('error', reject)
      const bound = server.address()
      resolve(typeof bound === 'object' && bound !== null ? bound.port : port)
    })
  })
}

/** A connection becomes idle when its answer has left, which may be any time until the grace ends. */
const CLOSE_IDLE_MS = 100

function close(server: http.Server, graceMs: number, { upgraded, shaking }: Shared): Promise<void> {
  return new Promise((resolve) => {
    if (!server.listening) {
      resolve()
      return
    }
    const idle = setInterval(() => server.closeIdleConnections(), CLOSE_IDLE_MS)
    const cut = setTimeout(() => {
      server.closeAllConnections()
      for (const socket of [...upgraded, ...shaking]) socket.destroy()
    }, graceMs)
    server.close(() => {
      clearInterval(idle)
      clearTimeout(cut)
      resolve()
    })
    server.closeIdleConnections()
  })
}
