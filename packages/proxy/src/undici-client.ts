import { isIP } from 'node:net'
import type { Readable } from 'node:stream'
import type { SecureContext } from 'node:tls'
import { checkDepth } from '@postern/http1'
import { type Dispatcher, Pool } from 'undici'
import { BodyReader } from './body-reader.ts'
import { UndiciExchange } from './undici-exchange.ts'
import type {
  BodySource,
  UpstreamClient,
  UpstreamExchange,
  UpstreamHandler,
  UpstreamRequest,
} from './upstream-client.ts'

/** Limits of the client. */
export interface UndiciClientOptions {
  /**
   * Idle connections live this long, in milliseconds, at most 24 days; a Service may ask for less.
   * Default 60000.
   */
  readonly keepAliveMs?: number
  /** Idle connections to one address: 0 keeps none. undici has no other limit. All are kept unless set. */
  readonly maxIdle?: number
  /** Requests on one connection, 1 or more. Not limited unless set. */
  readonly maxRequests?: number
  /** Largest head of a response, in bytes. Default 32768. */
  readonly maxHeaderBytes?: number
  /** Addresses with kept connections; beyond it the one not used longest is let go. Default 1000. */
  readonly maxPools?: number
}

/**
 * Makes a client that speaks HTTP/1.1 through undici.
 *
 * Connections are kept for each address and TLS setting. Trailers of requests cannot be sent, and
 * the head of a request with a streamed body leaves together with its first piece.
 */
export function createUndiciClient(options: UndiciClientOptions = {}): UpstreamClient {
  const pools = new Pools(options)
  return {
    send: (request, handler) => send(pools, request, handler),
    close: () => pools.close(),
  }
}

function send(pools: Pools, request: UpstreamRequest, handler: UpstreamHandler): UpstreamExchange {
  const exchange = new UndiciExchange(handler, request.upgrade, () => pools.letGo(request))
  // Later, as undici reports a request that it refuses before `dispatch` returns.
  queueMicrotask(() => dispatch(pools, request, exchange))
  return exchange
}

function dispatch(pools: Pools, request: UpstreamRequest, exchange: UndiciExchange): void {
  if (exchange.isOver) return
  try {
    pools.of(request).dispatch(dispatchOptions(request, exchange), exchange)
  } catch (error) {
    exchange.fail('invalid', (error as Error).message, error)
  }
}

function dispatchOptions(
  request: UpstreamRequest,
  exchange: UndiciExchange,
): Dispatcher.DispatchOptions & { servername?: string } {
  const serverName = serverNameOf(request)
  const hasBody = request.body !== undefined
  return {
    path: request.path,
    method: request.method,
    headers: headersFor([...(request.prepared?.raw ?? []), ...request.headers], hasBody),
    body: bodyFor(request.body, request, exchange),
    headersTimeout: request.readTimeoutMs,
    bodyTimeout: request.readTimeoutMs,
    ...(request.upgrade === undefined ? {} : { upgrade: request.upgrade }),
    ...(serverName === undefined ? {} : { servername: serverName }),
  }
}

/** undici writes these itself, or throws when it is given them. */
const WRITTEN_BY_UNDICI: ReadonlySet<string> = new Set([
  'connection',
  'expect',
  'keep-alive',
  'transfer-encoding',
  'upgrade',
])

function headersFor(raw: readonly string[], hasBody: boolean): string[] {
  const headers: string[] = []
  for (let i = 0; i + 1 < raw.length; i += 2) {
    const name = (raw[i] as string).toLowerCase()
    if (WRITTEN_BY_UNDICI.has(name)) continue
    // It would promise a body that does not come.
    if (name === 'content-length' && !hasBody) continue
    headers.push(raw[i] as string, raw[i + 1] as string)
  }
  return headers
}

function bodyFor(
  body: BodySource | undefined,
  request: UpstreamRequest,
  exchange: UndiciExchange,
): NonNullable<Dispatcher.DispatchOptions['body']> | null {
  if (body === undefined || body instanceof Uint8Array) return body ?? null
  const { writeTimeoutMs } = request
  const reader = new BodyReader(body, {
    writeTimeoutMs,
    onStalled: () => exchange.fail('timeout', `nothing was taken for ${writeTimeoutMs} ms`),
    onFailed: (error) => exchange.fail('body', 'the source of the body failed', error),
  })
  exchange.body = reader
  // Its types leave out async iterables, which its documentation and code take.
  return reader as unknown as Readable
}

function serverNameOf(request: UpstreamRequest): string | undefined {
  if (request.scheme === 'http') return undefined
  return request.serverName ?? (isIP(request.host) === 0 ? request.host : undefined)
}

/** One pool of connections for each address and setting that a connection depends on. */
class Pools {
  readonly #pools = new Map<string, Pool>()
  readonly #options: UndiciClientOptions
  readonly #contextIds = new WeakMap<SecureContext, number>()
  #lastContextId = 0

  constructor(options: UndiciClientOptions) {
    this.#options = options
  }

  of(request: UpstreamRequest): Pool {
    const key = this.#keyOf(request)
    const known = this.#pools.get(key)
    if (known !== undefined) this.#pools.delete(key)
    const pool = known ?? this.#open(request)
    // Set again, so that the map is in order of use.
    this.#pools.set(key, pool)
    return pool
  }

  /** Takes new connections from here on. Running exchanges end first. */
  letGo(request: UpstreamRequest): void {
    const key = this.#keyOf(request)
    const pool = this.#pools.get(key)
    this.#pools.delete(key)
    // One that cannot close has no connections to lose.
    pool?.close().catch(() => undefined)
  }

  async close(): Promise<void> {
    const pools = [...this.#pools.values()]
    this.#pools.clear()
    await Promise.all(pools.map((pool) => pool.destroy()))
  }

  #keyOf(request: UpstreamRequest): string {
    const { scheme, host, port, connectTimeoutMs, tlsVerify, tlsVerifyDepth } = request
    const address = `${scheme} ${host} ${port} ${connectTimeoutMs}`
    if (scheme === 'http') return address
    const verifies = `${tlsVerify === true} ${tlsVerifyDepth}`
    return `${address} ${verifies} ${this.#idOf(request.secureContext)} ${serverNameOf(request) ?? ''}`
  }

  #idOf(context: SecureContext | undefined): number {
    if (context === undefined) return 0
    let id = this.#contextIds.get(context)
    if (id === undefined) this.#contextIds.set(context, (id = ++this.#lastContextId))
    return id
  }

  #open(request: UpstreamRequest): Pool {
    this.#makeRoom()
    const {
      maxIdle,
      maxRequests = Number.POSITIVE_INFINITY,
      maxHeaderBytes = 32_768,
    } = this.#options
    const keepAliveMs = Math.min(this.#options.keepAliveMs ?? 60_000, LONGEST_TIMER_MS)
    const host = isIP(request.host) === 6 ? `[${request.host}]` : request.host
    return new Pool(`${request.scheme}://${host}:${request.port}`, {
      allowH2: false,
      // One request at a time; 0 says besides that no connection is kept.
      pipelining: maxIdle === 0 ? 0 : 1,
      maxRequestsPerClient: Number.isFinite(maxRequests) ? maxRequests : 0,
      keepAliveTimeout: keepAliveMs,
      keepAliveMaxTimeout: keepAliveMs,
      maxHeaderSize: maxHeaderBytes,
      connect: connectOptions(request),
    })
  }

  #makeRoom(): void {
    const { maxPools = 1000 } = this.#options
    for (const [key, pool] of this.#pools) {
      if (this.#pools.size < maxPools) return
      this.#pools.delete(key)
      // Running exchanges end first; a pool that cannot close has no connections to lose.
      pool.close().catch(() => undefined)
    }
  }
}

/** A longer delay would fire at once. */
const LONGEST_TIMER_MS = 2 ** 31 - 1

function connectOptions(request: UpstreamRequest): NonNullable<Pool.Options['connect']> {
  const { connectTimeoutMs, tlsVerify, tlsVerifyDepth, secureContext } = request
  return {
    timeout: connectTimeoutMs,
    rejectUnauthorized: tlsVerify === true,
    ...(tlsVerifyDepth !== undefined && { checkServerIdentity: checkDepth(tlsVerifyDepth) }),
    ...(secureContext !== undefined && { secureContext }),
  }
}
