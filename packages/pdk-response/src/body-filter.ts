import type { ResponseState } from './response-state.ts'

/**
 * What `getRawBody` does in one pass of body_filter: keeps back what has arrived, and answers the
 * whole in the last pass. Calling it again in that pass answers the same.
 */
export function readWholeBody(state: ResponseState): Buffer | undefined {
  const filter = state.bodyFilter
  if (filter === undefined) return undefined
  if (!filter.last) {
    if (filter.chunk !== undefined && filter.chunk.length > 0) filter.collected.push(filter.chunk)
    filter.chunk = undefined
    return undefined
  }
  if (filter.collected.length > 0) {
    if (filter.chunk !== undefined) filter.collected.push(filter.chunk)
    filter.chunk = Buffer.concat(filter.collected)
    filter.collected = []
  }
  const { chunk } = filter
  if (chunk === undefined) return Buffer.alloc(0)
  return Buffer.from(chunk.buffer, chunk.byteOffset, chunk.byteLength)
}

/** What `setRawBody` does: this is the body, and what still arrives is dropped. */
export function replaceBody(state: ResponseState, body: string | Uint8Array): void {
  const filter = state.bodyFilter
  if (filter === undefined) return
  filter.chunk = typeof body === 'string' ? Buffer.from(body, 'utf8') : body
  filter.collected = []
  filter.last = true
  filter.replaced = true
}

/**
 * Runs one pass of body_filter and answers what is to be sent now; `undefined` for nothing.
 *
 * @param chunk what arrived; undefined together with `last` for the pass without a piece
 */
export function filterChunk(
  state: ResponseState,
  piece: { readonly chunk: Uint8Array | undefined; readonly last: boolean },
  handlers: () => void,
): Uint8Array | undefined {
  const filter = (state.bodyFilter ??= newFilter())
  if (filter.replaced) return undefined
  filter.chunk = piece.chunk
  filter.last = piece.last
  handlers()
  const { chunk } = filter
  return chunk === undefined || chunk.length === 0 ? undefined : chunk
}

function newFilter(): NonNullable<ResponseState['bodyFilter']> {
  return { chunk: undefined, last: false, collected: [], replaced: false }
}
