/**
 * How much of a message is read before it is refused. Each is a limit on bytes that somebody else
 * chooses, so none of them is infinite.
 */
export interface WireLimits {
  /** Bytes of a head: start line, fields, and the empty line at its end. */
  readonly maxHeadBytes: number
  /** Bytes of a request target. */
  readonly maxTargetBytes: number
  /** Field lines of a head, and of a trailer section. */
  readonly maxFields: number
  /** Bytes of a trailer section, with the empty line at its end. */
  readonly maxTrailerBytes: number
  /** Bytes of all chunk extensions of one message: they carry nothing, and a chunk can be one byte. */
  readonly maxChunkExtensionBytes: number
}

/** What holds unless something else is said. */
export const DEFAULT_WIRE_LIMITS: WireLimits = Object.freeze({
  maxHeadBytes: 16 * 1024,
  maxTargetBytes: 8192,
  maxFields: 200,
  maxTrailerBytes: 8192,
  maxChunkExtensionBytes: 4096,
})
