/**
 * A clock that is looked at often and moves twice a second.
 *
 * A timer or a formatted date for each request costs more than the request's whole head.
 */
export class CoarseClock {
  /** Milliseconds since the epoch, half a second old at most while the clock runs. */
  nowMs: number = Date.now()
  /** A Date field with its CRLF. */
  dateLine: string = dateLineOf(this.nowMs)
  #timer: NodeJS.Timeout | undefined = undefined
  readonly #onTick: (nowMs: number) => void

  /** @param onTick called twice a second while the clock runs */
  constructor(onTick: (nowMs: number) => void) {
    this.#onTick = onTick
  }

  /** Does not keep the process alive. */
  start(): void {
    if (this.#timer !== undefined) return
    this.#set(Date.now())
    this.#timer = setInterval(() => {
      this.#set(Date.now())
      this.#onTick(this.nowMs)
    }, TICK_MS)
    this.#timer.unref()
  }

  stop(): void {
    clearInterval(this.#timer)
    this.#timer = undefined
  }

  #set(nowMs: number): void {
    this.nowMs = nowMs
    this.dateLine = dateLineOf(nowMs)
  }
}

const TICK_MS = 500

function dateLineOf(nowMs: number): string {
  return `Date: ${new Date(nowMs).toUTCString()}\r\n`
}
