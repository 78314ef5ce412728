import type { LuaChunk } from '@postern/lua'

/**
 * What a chunk may hold from one call to the next. A call has a limit of its own, but what it leaves
 * in a local around its function stays, and call by call that fills the memory of the worker.
 */
const MAX_KEPT_BYTES = 64 * 1024 * 1024

/** Lets a chunk that may hold much begin anew. Answers whether it did. */
export function renewLarge(chunk: LuaChunk): boolean {
  if (chunk.allocatedBytes <= MAX_KEPT_BYTES) return false
  chunk.renew()
  return true
}
