import http from 'node:http'
import type { Socket } from 'node:net'
import type { Duplex } from 'node:stream'
import type {
  ListenAddress,
  Listener,
  ListenerCounts,
  ListenerOptions,
  Refusal,
} from './listener.ts'
import { NodeExchange } from './node-exchange.ts'

/** The engine `node`: node:http reads and writes. */
export function createNodeListener(options: ListenerOptions): Listener {
  const servers: http.Server[] = []
  const counts = { accepted: 0, active: 0, requests: 0, answering: 0 }
  return {
    counts,
    listen(address) {
      const server = createServer(options)
      count(server, counts)
      servers.push(server)
      return listen(server, address)
    },
    async close(graceMs) {
      await Promise.all(servers.map((server) => close(server, graceMs)))
    },
  }
}

function createServer(options: ListenerOptions): http.Server {
  const { limits, onExchange } = options
  const server = http.createServer({
    maxHeaderSize: limits.maxHeadBytes,
    headersTimeout: limits.headTimeoutMs,
    // A slow body is the business of whoever reads it: uploads may take long.
    requestTimeout: 0,
    connectionsCheckingInterval: Math.min(1000, limits.headTimeoutMs),
    keepAliveTimeout: limits.keepAliveTimeoutMs,
    // node:http would answer a missing Host itself, past the functions of the operator.
    requireHostHeader: false,
    insecureHTTPParser: false,
    optimizeEmptyRequests: true,
    shouldUpgradeCallback: asksForWebSocket,
  } as http.ServerOptions)
  // Without this, header lines past the count are dropped without a word.
  server.maxHeadersCount = 0
  server.maxRequestsPerSocket = limits.maxRequestsPerConnection
  server.on('request', (req, res) => onExchange(new NodeExchange(req, res, undefined)))
  server.on('checkContinue', (req, res) => onExchange(new NodeExchange(req, res, undefined)))
  server.on('checkExpectation', (req, res) => onExchange(new NodeExchange(req, res, undefined)))
  server.on('upgrade', (req, socket, head) => onUpgrade(options, req, socket as Socket, head))
  server.on('connect', (req, socket, head) => onUpgrade(options, req, socket as Socket, head))
  server.on('clientError', (error, socket) => onClientError(options, error, socket))
  return server
}

function count(
  server: http.Server,
  counts: { -readonly [K in keyof ListenerCounts]: number },
): void {
  server.on('connection', (socket) => {
    counts.accepted += 1
    counts.active += 1
    socket.once('close', () => {
      counts.active -= 1
    })
  })
  server.on('request', (_req, res) => {
    counts.requests += 1
    counts.answering += 1
    res.once('close', () => {
      counts.answering -= 1
    })
  })
}

/** Only WebSocket is spoken besides HTTP: any other wish to upgrade is ignored, as RFC 9110 allows. */
function asksForWebSocket(req: http.IncomingMessage): boolean {
  return req.headers.upgrade?.toLowerCase() === 'websocket'
}

function onUpgrade(
  options: ListenerOptions,
  req: http.IncomingMessage,
  socket: Socket,
  head: Buffer,
): void {
  const res = new http.ServerResponse(req)
  res.shouldKeepAlive = false
  res.assignSocket(socket)
  res.on('finish', () => socket.destroySoon())
  options.onExchange(new NodeExchange(req, res, req.method === 'CONNECT' ? undefined : head))
}

const REFUSAL_OF_CODE = new Map<string, number>([
  ['HPE_HEADER_OVERFLOW', 431],
  ['ERR_HTTP_REQUEST_TIMEOUT', 408],
  ['HPE_CHUNK_EXTENSIONS_OVERFLOW', 413],
])

function onClientError(options: ListenerOptions, error: Error, stream: Duplex): void {
  const socket = stream as Socket & { _httpMessage?: http.ServerResponse | null }
  const code = (error as NodeJS.ErrnoException).code ?? ''
  if (!socket.writable || code === 'ECONNRESET') {
    socket.destroy(error)
    return
  }
  const refusal = { status: REFUSAL_OF_CODE.get(code) ?? 400, problem: error.message }
  const busyWith = socket._httpMessage
  if (busyWith === undefined || busyWith === null) return refuse(options, socket, refusal)
  const isItsBody = !busyWith.req.complete
  if (busyWith.headersSent && (isItsBody || !busyWith.writableEnded)) socket.destroy()
  else if (isItsBody) {
    // Nobody can answer a request whose body does not come to its end.
    busyWith.detachSocket(socket)
    busyWith.emit('close')
    refuse(options, socket, refusal)
  }
  // RFC 9112, 9.3.2: the answer to the request before this one goes first.
  else busyWith.once('finish', () => refuse(options, socket, refusal))
}

function refuse(options: ListenerOptions, socket: Socket, refusal: Refusal): void {
  if (!socket.writable) return
  const req = new http.IncomingMessage(socket)
  req.httpVersion = '1.1'
  const res = new http.ServerResponse(req)
  res.shouldKeepAlive = false
  res.assignSocket(socket)
  res.on('finish', () => socket.destroySoon())
  options.onRefused(new NodeExchange(req, res, undefined), refusal)
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

function close(server: http.Server, graceMs: number): Promise<void> {
  return new Promise((resolve) => {
    if (!server.listening) {
      resolve()
      return
    }
    const cut = setTimeout(() => server.closeAllConnections(), graceMs)
    server.close(() => {
      clearTimeout(cut)
      resolve()
    })
    server.closeIdleConnections()
  })
}
