import type { Kong } from '@postern/plugin-runtime'

/** What is to be ended with each request. */
const waitsByKong = new WeakMap<Kong, Set<() => void>>()

/** Requests that are over, of which something may still run on. */
const overKongs = new WeakSet<Kong>()

/**
 * Has `end` called when the request of this `kong` ends before its time: at once where it has.
 * Answers what takes that back.
 */
export function onRequestEnd(kong: Kong, end: () => void): () => void {
  if (overKongs.has(kong)) {
    end()
    return () => {}
  }
  const waits = waitsByKong.get(kong) ?? new Set()
  waitsByKong.set(kong, waits)
  waits.add(end)
  return () => void waits.delete(end)
}

/** Ends what functions wait for: the client has gone. */
export function endWaits(kong: Kong): void {
  overKongs.add(kong)
  for (const end of waitsByKong.get(kong) ?? []) end()
}
