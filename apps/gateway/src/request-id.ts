import { randomFillSync } from 'node:crypto'

/** Ids made from one draw of randomness. */
const BATCH = 256
const ID_BYTES = 16

const bytes = Buffer.alloc(BATCH * ID_BYTES)
let used = BATCH

/**
 * A new request id: 32 lower-case hex digits, as Kong's.
 *
 * Randomness is drawn for many ids at once, because a draw costs more than the rest of an id.
 */
export function newRequestId(): string {
  if (used === BATCH) {
    randomFillSync(bytes)
    used = 0
  }
  const at = used * ID_BYTES
  used += 1
  return bytes.toString('hex', at, at + ID_BYTES)
}
