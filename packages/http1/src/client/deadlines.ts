/** What can run out of time. Both are points of `nowMs`, `NEVER` where nothing is waited for. */
export interface Waiting {
  readonly readDeadlineMs: number
  readonly writeDeadlineMs: number
  /** At least one of the two has passed. */
  onDeadline(nowMs: number): void
}

/** No deadline. */
export const NEVER: number = Number.POSITIVE_INFINITY

/** Two looks are at least this far apart, so that many different deadlines stay cheap. */
const GRAIN_MS = 20

/** The clock of all deadlines: milliseconds that only go forward. */
export function nowMs(): number {
  return performance.now()
}

/**
 * Ends what waits too long, with one timer for all.
 *
 * A timer for each request would be started and cleared for nothing. Here a deadline is a number,
 * and only one that is nearer than every other moves the timer, which requests with the same
 * timeouts never do. When the timer fires, all that waits is looked at once. So a deadline is kept
 * to about 20 ms, and never early.
 */
export class Deadlines {
  readonly #waiting: Iterable<Waiting>
  #timer: NodeJS.Timeout | undefined
  #look: NodeJS.Immediate | undefined
  #dueMs: number = NEVER

  constructor(waiting: Iterable<Waiting>) {
    this.#waiting = waiting
  }

  /** To be told each deadline that is set. */
  expect(atMs: number): void {
    if (atMs < this.#dueMs) this.#arm(atMs)
  }

  stop(): void {
    clearTimeout(this.#timer)
    clearImmediate(this.#look)
    this.#dueMs = NEVER
  }

  #arm(atMs: number): void {
    clearTimeout(this.#timer)
    this.#dueMs = atMs
    const delayMs = Math.max(0, Math.ceil(atMs - nowMs()))
    this.#timer = setTimeout(() => this.#lookSoon(), Math.min(delayMs, LONGEST_TIMER_MS))
    // What is waited for has a socket, and that keeps the process alive.
    this.#timer.unref()
  }

  /** After what has arrived is read: where the process was held up, the others were not slow. */
  #lookSoon(): void {
    this.#look = setImmediate(() => this.#endWhatIsDue())
  }

  #endWhatIsDue(): void {
    this.#dueMs = NEVER
    const now = nowMs()
    let nearest = NEVER
    for (const one of this.#waiting) {
      if (one.readDeadlineMs <= now || one.writeDeadlineMs <= now) one.onDeadline(now)
      nearest = Math.min(nearest, one.readDeadlineMs, one.writeDeadlineMs)
    }
    if (nearest !== NEVER) this.expect(Math.max(nearest, now + GRAIN_MS))
  }
}

/** A longer delay would fire at once. */
const LONGEST_TIMER_MS = 2 ** 31 - 1
