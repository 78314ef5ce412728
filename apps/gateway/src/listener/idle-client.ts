import type { IncomingMessage, ServerResponse } from 'node:http'

/** How long a client may keep an exchange waiting, and what becomes of it then. */
export interface IdleLimits {
  /** While its body is waited for, in milliseconds; 0 waits for ever. */
  readonly bodyIdleMs: number
  /** While it takes nothing of the answer, in milliseconds; 0 waits for ever. */
  readonly sendIdleMs: number
  /** Answers a request whose body does not come. */
  onIdleBody(req: IncomingMessage, res: ServerResponse): void
}

/**
 * Ends an exchange whose client neither sends what is waited for nor takes what it is sent.
 *
 * It uses the timer of the socket, which node:net starts anew at each read and write: so it costs
 * nothing while bytes flow, and an exchange without a body and with a client that reads has none.
 */
export class IdleClient {
  readonly #req: IncomingMessage
  readonly #res: ServerResponse
  readonly #limits: IdleLimits
  readonly #hasBody: boolean
  #isSending = false
  /** Nothing was taken for half of the time already. */
  #isStalled = false
  #isHeard = false

  constructor(req: IncomingMessage, res: ServerResponse, options: IdleOptions) {
    this.#req = req
    this.#res = res
    this.#limits = options.limits
    this.#hasBody = options.hasBody
    if (!options.hasBody || options.limits.bodyIdleMs === 0) return
    req.once('end', () => this.#start())
    this.#start()
  }

  /** There are bytes of the answer that the client has not taken yet. */
  set isSending(isSending: boolean) {
    this.#isSending = isSending
    this.#isStalled = false
    this.#start()
  }

  #start(): void {
    // Then the timer is that of an idle connection.
    if (this.#res.writableFinished || this.#req.socket.destroyed) return
    const { bodyIdleMs, sendIdleMs } = this.#limits
    const bodyMs = this.#hasBody && !this.#req.complete ? bodyIdleMs : 0
    // node:net lets one period pass when a part of a write was taken: half a period keeps it short.
    this.#req.socket.setTimeout(this.#isSending ? Math.ceil(sendIdleMs / 2) : bodyMs)
    this.#hear()
  }

  /** With a listener of ours node:http does not cut the connection itself. */
  #hear(): void {
    if (this.#isHeard) return
    this.#isHeard = true
    this.#req.on('timeout', () => this.#onTimeout())
    // Told only once the request has been read to its end.
    this.#res.on('timeout', () => {
      if (this.#req.complete) this.#onTimeout()
    })
  }

  #onTimeout(): void {
    if (this.#isSending) this.#onNothingTaken()
    else if (this.#isWaitedFor()) this.#limits.onIdleBody(this.#req, this.#res)
    else this.#start()
  }

  #onNothingTaken(): void {
    if (this.#isStalled) this.#req.socket.destroy()
    this.#isStalled = true
    this.#start()
  }

  /** While the Service takes nothing, what the client has sent lies here, or is not read at all. */
  #isWaitedFor(): boolean {
    const isRead = this.#req.readableFlowing === true || this.#req.listenerCount('readable') > 0
    return isRead && this.#req.readableLength === 0 && !this.#req.complete
  }
}

interface IdleOptions {
  readonly limits: IdleLimits
  readonly hasBody: boolean
}
