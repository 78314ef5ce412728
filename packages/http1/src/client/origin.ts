import type { Lookup } from './cached-lookup.ts'
import type { Address } from './connect.ts'
import { Connection } from './connection.ts'
import { type Deadlines, NEVER, nowMs, type Waiting } from './deadlines.ts'
import type { Exchange } from './exchange.ts'
import type { ResponseLimits } from './response-reader.ts'

/** What all connections of a client have in common. */
export interface ClientContext {
  readonly limits: ResponseLimits
  readonly lookup: Lookup
  readonly deadlines: Deadlines
  /** All that has a deadline: connections, and exchanges that wait for one. */
  readonly waiting: Set<Waiting>
  readonly keepAliveMs: number
  readonly maxIdle: number
  readonly maxConnections: number
  readonly maxRequests: number
  /** Called when an origin has no connection any more, and when it has one again. */
  readonly onEmpty: (origin: Origin, isEmpty: boolean) => void
}

/**
 * The connections to one address.
 *
 * The one that was used last is used next: it is the least likely to have been closed by the server,
 * and those that are not needed grow old and go.
 */
export class Origin {
  readonly address: Address
  readonly context: ClientContext
  /** Of the last handshake. */
  session: Buffer | undefined = undefined
  readonly #idle: Connection[] = []
  readonly #queue: Exchange[] = []
  #connections = 0

  constructor(address: Address, context: ClientContext) {
    this.address = address
    this.context = context
  }

  /** Gives an exchange a connection: a kept one, a new one, or the next one that is free. */
  assign(exchange: Exchange): void {
    // A connection that is read into a shared buffer cannot be handed over.
    while (exchange.request.upgrade === undefined) {
      const connection = this.#idle.pop()
      if (connection === undefined) break
      if (connection.isUsable) return connection.start(exchange)
      connection.destroy()
    }
    this.open(exchange)
  }

  /** Gives an exchange a new connection, as soon as there may be one. */
  open(exchange: Exchange): void {
    const { maxConnections, waiting, onEmpty } = this.context
    if (this.#connections >= maxConnections) this.#idle.shift()?.destroy()
    if (this.#connections >= maxConnections) return this.#enqueue(exchange)
    waiting.add(new Connection(this, exchange))
    this.#connections += 1
    if (this.#connections === 1) onEmpty(this, false)
  }

  /** A connection is free. */
  release(connection: Connection): void {
    const next = this.#queue[0]
    if (next !== undefined && next.request.upgrade === undefined) {
      this.#dequeue(next)
      return connection.start(next)
    }
    connection.rest()
    this.#idle.push(connection)
    if (next !== undefined || this.#idle.length > this.context.maxIdle)
      this.#idle.shift()?.destroy()
  }

  closed(connection: Connection): void {
    const at = this.#idle.lastIndexOf(connection)
    if (at >= 0) this.#idle.splice(at, 1)
    this.context.waiting.delete(connection)
    this.#connections -= 1
    const next = this.#queue[0]
    if (next !== undefined) {
      this.#dequeue(next)
      this.open(next)
    } else if (this.#connections === 0) this.context.onEmpty(this, true)
  }

  keepSession(session: Buffer): void {
    this.session = session
  }

  #enqueue(exchange: Exchange): void {
    exchange.readDeadlineMs = nowMs() + exchange.request.connectTimeoutMs
    exchange.leaveQueue = this.#leave
    this.#queue.push(exchange)
    this.context.waiting.add(exchange)
    this.context.deadlines.expect(exchange.readDeadlineMs)
  }

  readonly #leave = (exchange: Exchange): void => this.#dequeue(exchange)

  #dequeue(exchange: Exchange): void {
    exchange.readDeadlineMs = NEVER
    exchange.leaveQueue = undefined
    const at = this.#queue.indexOf(exchange)
    if (at >= 0) this.#queue.splice(at, 1)
    this.context.waiting.delete(exchange)
  }
}
