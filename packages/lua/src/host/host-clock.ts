/** Reads the clock of the wall, in ms. */
export const now: () => number = performance.now.bind(performance)

const threadCpuUsage = process.threadCpuUsage.bind(process)

/** What takes no longer by the clock of the wall is taken to have been at work. */
const LONG_MS = 2

/** Reading the processor's clock takes 0.7 us: one reading serves what begins up to so long after it. */
const FRESH_MS = 1

let lastReadAtMs = Number.NEGATIVE_INFINITY
let lastWorkedMs = 0

/** How long this thread had been at work at a moment or up to 1 ms before, in ms. For `workedSince`. */
export function workedBefore(atMs: number): number {
  if (atMs - lastReadAtMs > FRESH_MS) {
    lastReadAtMs = atMs
    lastWorkedMs = worked()
  }
  return lastWorkedMs
}

/**
 * How long this thread has been at work since a moment, in ms: what it was held up by others, while
 * the processor was theirs or while it waited for a disk, does not count. At least 2 ms of a longer time
 * do, because the processor's clock may go in steps of several ms.
 */
export function workedSince(atMs: number, workedMs: number): number {
  const passedMs = now() - atMs
  if (passedMs <= LONG_MS) return passedMs
  return Math.min(passedMs, Math.max(LONG_MS, worked() - workedMs))
}

function worked(): number {
  const { user, system } = threadCpuUsage()
  return (user + system) / 1000
}
