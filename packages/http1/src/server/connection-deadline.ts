import type { CoarseClock } from '../wire/coarse-clock.ts'
import type { ServerLimits } from './server-limits.ts'

/** What a connection waits for, and is given up without. */
export type Wait =
  | 'nothing'
  | 'first-head'
  | 'head'
  | 'next-request'
  | 'body'
  | 'half-closed'
  | 'linger'

/** How long what nobody wants any more is read, in milliseconds. */
const LINGER_MS = 5000

/** Until when a connection waits for what. No timer: whoever owns it asks twice a second. */
export class ConnectionDeadline {
  readonly #clock: CoarseClock
  readonly #limits: ServerLimits
  #wait: Wait = 'nothing'
  #deadlineMs: number = Number.POSITIVE_INFINITY
  #bytesToSend = 0
  #sendDeadlineMs: number = Number.POSITIVE_INFINITY

  constructor(clock: CoarseClock, limits: ServerLimits) {
    this.#clock = clock
    this.#limits = limits
  }

  get wait(): Wait {
    return this.#wait
  }

  waitFor(wait: Wait): void {
    this.#wait = wait
    this.#deadlineMs = this.#clock.after(this.#timeOf(wait))
  }

  /** A head has begun. The first one has its time from the first moment of the connection on. */
  beginHead(): void {
    if (this.#wait === 'first-head') this.#wait = 'head'
    else if (this.#wait !== 'head') this.waitFor('head')
  }

  /** A piece of a body has come, or was asked for. */
  touchBody(): void {
    if (this.#wait === 'body') this.waitFor('body')
  }

  /** What was waited for in vain, or undefined. It is told once. */
  takePassed(nowMs: number): Wait | undefined {
    if (nowMs < this.#deadlineMs) return undefined
    const passed = this.#wait
    this.waitFor('nothing')
    return passed
  }

  /**
   * Whether the client has taken nothing of an answer for too long.
   *
   * @param bytesToSend what the system has not taken yet
   */
  isSendingStuck(nowMs: number, bytesToSend: number): boolean {
    if (bytesToSend > 0 && bytesToSend === this.#bytesToSend) return nowMs >= this.#sendDeadlineMs
    this.#bytesToSend = bytesToSend
    this.#sendDeadlineMs = nowMs + this.#limits.sendIdleMs
    return false
  }

  #timeOf(wait: Wait): number {
    if (wait === 'first-head' || wait === 'head') return this.#limits.headTimeoutMs
    if (wait === 'next-request') return this.#limits.keepAliveMs
    if (wait === 'body') return this.#limits.bodyIdleMs
    if (wait === 'half-closed') return this.#limits.halfClosedMs
    return wait === 'linger' ? LINGER_MS : Number.POSITIVE_INFINITY
  }
}
