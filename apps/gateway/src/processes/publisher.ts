/**
 * Publishes one configuration at a time, and no more often than needed.
 *
 * The promise of a call resolves when a publication that began after the call has ended: whatever
 * was written before the call is served then. Calls that come while one is running share the next.
 */
export function createPublisher(publishOnce: () => Promise<void>): () => Promise<void> {
  let running: Promise<void> | undefined
  let next: Promise<void> | undefined

  return function publish(): Promise<void> {
    if (running === undefined) return begin()
    next ??= running.then(begin, begin)
    return next
  }

  function begin(): Promise<void> {
    next = undefined
    const publication = publishOnce().finally(() => {
      if (running === publication) running = undefined
    })
    running = publication
    return publication
  }
}
