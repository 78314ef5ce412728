/**
 * The buffer that all connections of the process read into, in turn.
 *
 * Reading into one buffer that is there already costs nothing a read; a view on it is valid until the
 * next read of any connection. Whoever needs the bytes for longer asks {@link keep} for them.
 */
export function readBuffer(): Buffer {
  if (isGivenAway) {
    buffer = Buffer.allocUnsafeSlow(READ_BYTES)
    isGivenAway = false
  }
  return buffer
}

/** What one read brings at most. */
export const READ_BYTES: number = 64 * 1024

let buffer = Buffer.allocUnsafeSlow(READ_BYTES)
let isGivenAway = false

/**
 * The same bytes, valid for as long as they are needed.
 *
 * A small piece is copied. For a large one the buffer itself is given away, and the next read gets a
 * new one: copying 64 KiB costs more than allocating them.
 */
export function keep(view: Buffer): Buffer {
  if (view.length < COPY_BELOW_BYTES) return Buffer.from(view)
  if (view.buffer === buffer.buffer) isGivenAway = true
  return view
}

const COPY_BELOW_BYTES = 8 * 1024
