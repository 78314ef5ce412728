/**
 * Waits for a promise, but not for ever. What it answers after the deadline is dropped, a failure as
 * well.
 *
 * @param timeoutMs 0 waits for ever
 * @param late makes the error of a promise that did not settle in time
 */
export function withDeadline<T>(
  pending: PromiseLike<T>,
  timeoutMs: number,
  late: () => Error,
): Promise<T> {
  if (timeoutMs <= 0) return Promise.resolve(pending)
  return new Promise((resolve, reject) => {
    const timer = setTimeout(() => reject(late()), Math.min(timeoutMs, MAX_TIMER_MS))
    Promise.resolve(pending).then(
      (value) => {
        clearTimeout(timer)
        resolve(value)
      },
      (error: unknown) => {
        clearTimeout(timer)
        // Handed on as it is: a plugin may reject with anything.
        reject(error)
      },
    )
  })
}

/** A timer of Node that is set for longer fires at once. */
const MAX_TIMER_MS = 2_147_483_647
