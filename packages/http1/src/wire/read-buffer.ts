/** What one read brings at most: a body of 64 KiB together with its head. */
export const READ_BYTES: number = 72 * 1024

/** A smaller piece is copied: it would hold on to a whole buffer. */
const GIVEN_AWAY_FROM_BYTES = 32 * 1024

/** Reading is synchronous, so one buffer serves all connections in turn. */
const shared = Buffer.allocUnsafeSlow(READ_BYTES)

/**
 * The buffer that one connection reads into, for `onread` of `net.Socket`.
 *
 * Usually that is the one that all connections share, and what is kept of it is copied. Large bodies
 * are read into buffers of the connection's own, which are given away or lent instead of copied. The
 * shared one must never be given away: Node asks for the next buffer of a connection only after a read
 * of that connection, so all the others would still read into it, over what somebody has kept
 * (test/read-buffer.test.ts). For the same reason none of its own is used for another connection.
 */
export class ReadBuffer {
  #buffer: Buffer = shared
  #wasLarge = false

  /** Where the next read goes: to be asked after each read, `buffer: () => readBuffer.next`. */
  get next(): Buffer {
    return this.#buffer
  }

  /** The same bytes, valid for as long as they are needed. */
  keep(view: Buffer): Buffer {
    if (view.length < GIVEN_AWAY_FROM_BYTES) return Buffer.from(view)
    const isOwn = view.buffer !== shared.buffer
    this.giveAway()
    return isOwn ? view : Buffer.from(view)
  }

  /**
   * The same bytes, valid until the next read of the connection, or for as long as they are needed
   * where `giveAway` follows before it.
   */
  lend(view: Buffer): Buffer {
    this.#wasLarge = true
    if (view.buffer !== shared.buffer) return view
    // Where the next read goes as well, once the piece has been used.
    this.#buffer = Buffer.allocUnsafeSlow(READ_BYTES)
    view.copy(this.#buffer)
    return this.#buffer.subarray(0, view.length)
  }

  /** The piece that was read last, or lent, is somebody else's. */
  giveAway(): void {
    this.#wasLarge = true
    this.#buffer = Buffer.allocUnsafeSlow(READ_BYTES)
  }

  /**
   * Tells that a message is complete. After one that had nothing large the connection reads into the
   * shared buffer again; after a large one the next is expected to be large too.
   */
  rest(): void {
    if (!this.#wasLarge) this.#buffer = shared
    this.#wasLarge = false
  }
}
