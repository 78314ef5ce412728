/**
 * Publishes one configuration at a time, and no more often than needed.
 *
 * The promise of a call resolves when a publication that began after the call has ended: whatever
 * was written before the call is served then. Calls that come while one is running share the next.
 */
export function createPublisher(publishOnce: () => Promise<void>): () => Promise<void> {
  let isRunning = false
  let next: PromiseWithResolvers<void> | undefined

  return function publish(): Promise<void> {
    if (!isRunning) return begin()
    next ??= Promise.withResolvers()
    return next.promise
  }

  function begin(): Promise<void> {
    isRunning = true
    const publication = publishOnce()
    // The first to hear of the end, so that nobody can begin another one in between.
    publication.then(end, end)
    return publication
  }

  function end(): void {
    isRunning = false
    const waiting = next
    next = undefined
    if (waiting !== undefined) begin().then(waiting.resolve, waiting.reject)
  }
}
