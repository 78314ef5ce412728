import { createSecureContext, type SecureContextOptions } from 'node:tls'
import { DEFAULT_WIRE_LIMITS } from '../wire/limits.ts'
import { createCachedLookup, type Lookup } from './cached-lookup.ts'
import type { ClientExchange, ClientHandler, ClientRequest, Http1Client } from './client-request.ts'
import { Connection } from './connection.ts'
import { Deadlines, type Waiting } from './deadlines.ts'
import { Exchange } from './exchange.ts'
import type { ClientContext } from './origin.ts'
import { Origins } from './origins.ts'
import type { ResponseLimits } from './response-reader.ts'

/** Limits of a client, and how it connects. */
export interface ClientOptions {
  /**
   * Idle connections live this long, in milliseconds, or for ever where it is `Infinity`; a server may
   * ask for less. Default 60000.
   */
  readonly keepAliveMs?: number
  /**
   * Idle connections to one address; beyond it the one that was not used for longest is closed. 0 keeps
   * none. Default 512.
   */
  readonly maxIdle?: number
  /** Connections to one address; beyond it requests wait for a free one. Not limited unless set. */
  readonly maxConnections?: number
  /** Requests on one connection, 1 or more; `Infinity` does not limit them. Default 10000. */
  readonly maxRequests?: number
  /** How much of a response is read before it is refused. */
  readonly limits?: Partial<ResponseLimits>
  /** How long an address of a name is remembered, in milliseconds; 0 asks each time. Default 1000. */
  readonly lookupTtlMs?: number
  /** Finds the addresses of a name. `dns.lookup` unless set. */
  readonly lookup?: Lookup
  /** Certificates and ciphers of requests that bring no `secureContext`. */
  readonly tls?: SecureContextOptions
}

/**
 * Makes an HTTP/1.1 client for proxies: raw headers in and out, back-pressure both ways, and nothing
 * repaired that a server has said wrongly.
 *
 * A request that is idempotent is sent once more, on a new connection, when a kept one has died under
 * it without a byte of answer. Nothing else is repeated, no redirect followed, no coding taken off.
 */
export function createClient(options: ClientOptions = {}): Http1Client {
  return new Client(options)
}

/** What a response may have besides the limits that hold for requests too. */
const RESPONSE_LIMITS: ResponseLimits = {
  ...DEFAULT_WIRE_LIMITS,
  maxHeadBytes: 32 * 1024,
  maxFields: 1000,
  maxInformational: 50,
}

const CLOSED = 'the client was closed'

class Client implements Http1Client {
  readonly #waiting = new Set<Waiting>()
  readonly #deadlines = new Deadlines(this.#waiting)
  readonly #origins: Origins
  #isClosed = false

  constructor(options: ClientOptions) {
    const { lookupTtlMs = 1000, lookup, tls = {} } = options
    const context: Omit<ClientContext, 'onEmpty'> = {
      limits: { ...RESPONSE_LIMITS, ...options.limits },
      lookup: createCachedLookup({ ttlMs: lookupTtlMs, ...(lookup !== undefined && { lookup }) }),
      deadlines: this.#deadlines,
      waiting: this.#waiting,
      keepAliveMs: options.keepAliveMs ?? 60_000,
      maxIdle: options.maxIdle ?? 512,
      maxConnections: options.maxConnections ?? Number.POSITIVE_INFINITY,
      maxRequests: options.maxRequests ?? 10_000,
    }
    this.#origins = new Origins(context, createSecureContext(tls))
  }

  send(request: ClientRequest, handler: ClientHandler): ClientExchange {
    let exchange: Exchange
    try {
      exchange = new Exchange(request, handler)
    } catch (error) {
      return new Refused(handler, error as Error)
    }
    if (this.#isClosed) queueMicrotask(() => exchange.fail('aborted', CLOSED))
    else this.#start(exchange)
    return exchange
  }

  async close(): Promise<void> {
    this.#isClosed = true
    const closed: Promise<void>[] = []
    for (const one of this.#waiting) {
      if (one instanceof Exchange) one.fail('aborted', CLOSED)
      if (!(one instanceof Connection)) continue
      one.shutDown()
      closed.push(one.closed())
    }
    this.#deadlines.stop()
    await Promise.all(closed)
  }

  #start(exchange: Exchange): void {
    try {
      this.#origins.of(exchange.request).assign(exchange)
    } catch (error) {
      // A port that is none, or a server name with a NUL.
      const { message } = error as Error
      queueMicrotask(() => exchange.fail('invalid', message, error))
    }
  }
}

/** The exchange of a request that cannot be written. */
class Refused implements ClientExchange {
  #isAborted = false

  constructor(handler: ClientHandler, cause: Error) {
    queueMicrotask(() => {
      if (!this.#isAborted) {
        handler.onError({ kind: 'invalid', message: cause.message, sent: false, cause })
      }
    })
  }

  resume(): void {
    // Nothing comes.
  }

  abort(): void {
    this.#isAborted = true
  }
}
