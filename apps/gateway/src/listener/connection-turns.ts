import type { IncomingMessage, ServerResponse } from 'node:http'
import type { Duplex } from 'node:stream'

/** Requests that may wait on one connection before it is not read from any more. */
const MAX_WAITING = 16

/**
 * The requests of one connection, answered one after the other.
 *
 * node:http hands over every request of a packet at once. One client that pipelines would then use
 * the gateway as if it were a thousand, and a request could be executed although the one before it
 * failed. RFC 9112, 9.3.2 asks for the answers in order; here the work is in order as well.
 */
export class ConnectionTurns {
  /** The request that was read last: what a broken message belongs to. */
  last: { readonly req: IncomingMessage; readonly res: ServerResponse } | undefined
  /** What the connection says from here on is not read as requests. */
  isRefused = false
  /** The response that is being written. */
  current: ServerResponse | undefined
  /** The client has closed its side. */
  isHalfClosed = false
  /** Requests that have had their turn, the one that has it now included. */
  count = 0
  readonly #socket: Duplex
  #isTaken = false
  #waiting: (() => void)[] = []
  #isPaused = false

  constructor(socket: Duplex) {
    this.#socket = socket
    socket.once('close', () => {
      this.#waiting = []
    })
  }

  /**
   * Calls `start` when it is its turn: now, or when all before it have left. Never, where one of those
   * was answered with `Connection: close`: nobody would hear of it (RFC 9112, 9.6).
   */
  take(start: () => void): void {
    if (this.#socket.writableEnded) return
    if (this.#isTaken) {
      this.#waiting.push(start)
      if (this.#waiting.length < MAX_WAITING || this.#isPaused) return
      this.#isPaused = true
      this.#socket.pause()
      return
    }
    this.#isTaken = true
    this.count += 1
    start()
  }

  /** Ends the turn that runs. */
  leave(): void {
    this.#isTaken = false
    const next = this.#waiting.shift()
    if (this.#isPaused && this.#waiting.length < MAX_WAITING / 2) {
      this.#isPaused = false
      this.#socket.resume()
    }
    if (next !== undefined) this.take(next)
  }
}
