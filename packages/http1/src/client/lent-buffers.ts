import { READ_BYTES } from '../wire/read-buffer.ts'

/** More that are free at the same time are left to the collector. */
const MAX_FREE = 16

const free: Buffer[] = []

/**
 * A copy of a piece in a buffer that has been used before: to be given back, or kept for good.
 *
 * New memory for each 64 KiB costs more than all the rest of reading them, as the system has to hand
 * out its pages and the collector to take them back (packages/proxy/bench).
 */
export function lend(view: Buffer): Buffer {
  const buffer = free.pop() ?? Buffer.allocUnsafeSlow(READ_BYTES)
  view.copy(buffer)
  return buffer.subarray(0, view.length)
}

/** Takes a buffer back from somebody who has no use for it any more. */
export function takeBack(lent: Buffer): void {
  if (free.length < MAX_FREE) free.push(Buffer.from(lent.buffer))
}
