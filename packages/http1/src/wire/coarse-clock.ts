/**
 * A clock that is looked at often and moves twice a second.
 *
 * A timer or a formatted date for each request costs more than the request's whole head.
 */
export class CoarseClock {
  /**
   * Milliseconds that have passed, in steps of `TICK_MS`. Time in which the process did not get to run
   * is not counted: it is not the fault of those who are waited for.
   */
  nowMs = 0
  /** A Date field with its CRLF. */
  dateLine: string = dateLineOf(Date.now())
  #timer: NodeJS.Timeout | undefined = undefined
  readonly #onTick: (nowMs: number) => void

  /** @param onTick called twice a second while the clock runs */
  constructor(onTick: (nowMs: number) => void) {
    this.#onTick = onTick
  }

  /** Does not keep the process alive. */
  start(): void {
    if (this.#timer !== undefined) return
    this.dateLine = dateLineOf(Date.now())
    this.#timer = setInterval(() => {
      this.dateLine = dateLineOf(Date.now())
      this.nowMs += TICK_MS
      this.#onTick(this.nowMs)
    }, TICK_MS)
    this.#timer.unref()
  }

  stop(): void {
    clearInterval(this.#timer)
    this.#timer = undefined
  }

  /** A moment that is not before the time has passed, and up to two ticks after it. */
  after(ms: number): number {
    return this.nowMs + ms + TICK_MS
  }
}

const TICK_MS = 500

function dateLineOf(nowMs: number): string {
  return `Date: ${new Date(nowMs).toUTCString()}\r\n`
}
