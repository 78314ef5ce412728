import { Readable } from 'node:stream'
import { writeFields } from '../wire/write-head.ts'
import type { ClientBody } from './client-request.ts'
import type { RequestFraming } from './request-head.ts'

/** Where a body goes, and who hears of it. */
export interface BodyTarget {
  /** Answers false when it wants no more before {@link RequestBody.drained} is called. */
  write(pieces: readonly (Uint8Array | string)[]): boolean
  /** The whole body was written. */
  onBodySent(): void
  /** The source failed, or is not as long as it should be. */
  onBodyFailed(message: string, cause: unknown): void
}

/** More at once would be seen to move only when all of it has moved. */
const MAX_PIECE_BYTES = 64 * 1024

/**
 * Sends one body piece by piece, as fast as its target takes it.
 *
 * Reads nothing from a source before `start`, and nothing more after `stop`; a Readable is left as it
 * is then. So a source that nothing was read from can serve another attempt.
 */
export class RequestBody {
  /** Whether anything was asked of the source: it cannot be sent again then. */
  hasStarted = false
  /** Whether all of it was written. */
  isSent = false
  readonly #source: ClientBody
  readonly #isChunked: boolean
  readonly #trailers: (() => readonly string[]) | undefined
  /** Bytes that Content-Length promises and that have not come yet. */
  #missing: number
  #target: BodyTarget | undefined
  #iterator: AsyncIterator<Uint8Array> | undefined
  /** What is being written, and how far. */
  #chunk: Uint8Array | undefined
  #at = 0
  #isBlocked = false
  #hasEnded = false

  constructor(
    source: ClientBody,
    framing: RequestFraming,
    trailers: (() => readonly string[]) | undefined,
  ) {
    this.#source = source
    this.#isChunked = framing === 'chunked'
    this.#missing = typeof framing === 'number' ? framing : 0
    this.#trailers = trailers
  }

  /** Whether the same body can be sent once more. */
  get canRepeat(): boolean {
    return this.#source instanceof Uint8Array || !this.hasStarted
  }

  start(target: BodyTarget): void {
    this.#target = target
    this.hasStarted = true
    const source = this.#source
    if (source instanceof Uint8Array) this.#sendBytes(source)
    else if (source instanceof Readable) this.#listen(source)
    else {
      this.#iterator = source[Symbol.asyncIterator]()
      this.#pull(this.#iterator)
    }
  }

  /** The target takes more. */
  drained(): void {
    if (!this.#isBlocked) return
    this.#isBlocked = false
    this.#flow()
  }

  /** Ends the body for whoever sends it. */
  stop(): void {
    if (this.#target === undefined) return
    this.#target = undefined
    this.#chunk = undefined
    if (this.#source instanceof Readable) this.#unlisten(this.#source)
    if (!this.#hasEnded && this.#iterator !== undefined) void letGo(this.#iterator)
  }

  #sendBytes(source: Uint8Array): void {
    // It may be the second time.
    this.isSent = false
    this.#isBlocked = false
    this.#missing = source.length
    this.#take(source)
    this.#end()
  }

  #listen(source: Readable): void {
    if (source.errored) return this.#fail(SOURCE_FAILED, source.errored)
    if (source.readableEnded) return this.#end()
    if (source.destroyed) return this.#fail(SOURCE_CLOSED, undefined)
    source.on('data', this.#onData)
    source.on('end', this.#onEnd)
    source.on('error', this.#onError)
    source.on('close', this.#onClose)
    // It may have been paused by an attempt before this one.
    source.resume()
  }

  #unlisten(source: Readable): void {
    source.off('data', this.#onData)
    source.off('end', this.#onEnd)
    source.off('close', this.#onClose)
    source.pause()
    // An error that comes now has been somebody else's since the exchange was over.
    source.off('error', this.#onError)
  }

  readonly #onData = (chunk: Uint8Array | string): void => {
    this.#take(typeof chunk === 'string' ? Buffer.from(chunk) : chunk)
    if (this.#isBlocked && this.#target !== undefined) (this.#source as Readable).pause()
  }
  readonly #onEnd = (): void => this.#end()
  readonly #onError = (error: unknown): void => this.#fail(SOURCE_FAILED, error)
  readonly #onClose = (): void => {
    if (!this.#hasEnded) this.#fail(SOURCE_CLOSED, undefined)
  }

  #pull(iterator: AsyncIterator<Uint8Array>): void {
    iterator.next().then(
      ({ done, value }) => {
        if (this.#target === undefined) return
        if (done) return this.#end()
        this.#take(typeof value === 'string' ? Buffer.from(value) : value)
        if (!this.#isBlocked && this.#target !== undefined) this.#pull(iterator)
      },
      (error: unknown) => this.#fail(SOURCE_FAILED, error),
    )
  }

  #take(chunk: Uint8Array): void {
    if (this.#target === undefined || chunk.length === 0) return
    if (!(chunk instanceof Uint8Array)) return this.#fail(NO_BYTES, undefined)
    if (!this.#isChunked) {
      this.#missing -= chunk.length
      if (this.#missing < 0) return this.#fail(TOO_LONG, undefined)
    }
    this.#chunk = chunk
    this.#at = 0
    this.#writePieces()
  }

  /** Writes what it has until the target is full. */
  #writePieces(): void {
    while (this.#chunk !== undefined && !this.#isBlocked) {
      const piece = this.#chunk.subarray(this.#at, this.#at + MAX_PIECE_BYTES)
      this.#at += piece.length
      if (this.#at === this.#chunk.length) this.#chunk = undefined
      const framed = this.#isChunked ? [`${piece.length.toString(16)}\r\n`, piece, '\r\n'] : [piece]
      this.#isBlocked = this.#target?.write(framed) === false
    }
  }

  /** Goes on after a stop of the target. */
  #flow(): void {
    this.#writePieces()
    if (this.#isBlocked || this.#target === undefined) return
    if (this.#hasEnded) this.#finish()
    else if (this.#source instanceof Readable) this.#source.resume()
    else if (this.#iterator !== undefined) this.#pull(this.#iterator)
  }

  #end(): void {
    this.#hasEnded = true
    if (this.#chunk === undefined) this.#finish()
  }

  #finish(): void {
    const target = this.#target
    if (target === undefined || this.isSent) return
    if (this.#missing > 0) return this.#fail(TOO_SHORT, undefined)
    try {
      if (this.#isChunked) target.write([`0\r\n${writeFields(this.#trailers?.() ?? [])}\r\n`])
    } catch (error) {
      return this.#fail((error as Error).message, error)
    }
    this.isSent = true
    this.stop()
    target.onBodySent()
  }

  #fail(message: string, cause: unknown): void {
    const target = this.#target
    this.stop()
    target?.onBodyFailed(message, cause)
  }
}

async function letGo(iterator: AsyncIterator<Uint8Array>): Promise<void> {
  try {
    await iterator.return?.()
  } catch {
    // It failed after the exchange was over, so nobody waits for it.
  }
}

const SOURCE_FAILED = 'the source of the body failed'
const SOURCE_CLOSED = 'the source of the body was closed before its end'
const NO_BYTES = 'the source of the body gave something else than bytes'
const TOO_LONG = 'the body is longer than its Content-Length'
const TOO_SHORT = 'the body is shorter than its Content-Length'
