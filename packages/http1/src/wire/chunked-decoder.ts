import { BODY_CUT, type BodyDecoder, type BodySink, NO_TRAILERS } from './body-sink.ts'
import type { WireLimits } from './limits.ts'
import { parseFields } from './parse-head.ts'
import { Problem } from './problem.ts'

type State = 'size' | 'extension' | 'size-lf' | 'data' | 'data-cr' | 'data-lf' | 'trailer' | 'done'

/**
 * Reads the chunked coding (RFC 9112, 7.1).
 *
 * Sizes are hexadecimal digits and nothing else; each line ends in CRLF; extensions are held to
 * their grammar, counted over the whole message and dropped.
 */
export class ChunkedDecoder implements BodyDecoder {
  readonly #limits: WireLimits
  #state: State = 'size'
  /** Digits of the size that were read. */
  #digits = 0
  /** The size while it is read, then what is left of the chunk. */
  #left = 0
  #extension = ''
  #extensionBytes = 0
  #trailer = ''

  constructor(limits: WireLimits) {
    this.#limits = limits
  }

  get isDone(): boolean {
    return this.#state === 'done'
  }

  push(buffer: Buffer, from: number, to: number, sink: BodySink): number {
    let at = from
    while (at < to && this.#state !== 'done') {
      if (this.#state === 'data') at = this.#readData(buffer, at, to, sink)
      else if (this.#state === 'trailer') at = this.#readTrailer(buffer, at, to, sink)
      else {
        this.#readByte(buffer[at] as number, sink)
        at += 1
      }
    }
    return at
  }

  finish(sink: BodySink): void {
    if (this.#state !== 'done') this.#refuse(BODY_CUT, sink)
  }

  #readData(buffer: Buffer, from: number, to: number, sink: BodySink): number {
    const end = to - from < this.#left ? to : from + this.#left
    this.#left -= end - from
    if (this.#left === 0) this.#state = 'data-cr'
    sink.onData(buffer.subarray(from, end))
    return end
  }

  #readByte(byte: number, sink: BodySink): void {
    if (this.#state === 'size') return this.#readSize(byte, sink)
    if (this.#state === 'extension') return this.#readExtension(byte, sink)
    if (this.#state === 'data-cr' && byte === CR) {
      this.#state = 'data-lf'
      return
    }
    if (byte !== LF || this.#state === 'data-cr') return this.#refuse(BAD_LINE_END, sink)
    if (this.#state === 'size-lf') this.#beginChunk()
    else this.#beginSize()
  }

  #readSize(byte: number, sink: BodySink): void {
    const digit = HEX[byte] as number
    if (digit < 16) {
      this.#digits += 1
      this.#left = this.#left * 16 + digit
      if (this.#digits > MAX_SIZE_DIGITS || this.#left > Number.MAX_SAFE_INTEGER) {
        this.#refuse(SIZE_TOO_LARGE, sink)
      }
      return
    }
    if (this.#digits === 0) return this.#refuse(BAD_SIZE, sink)
    if (byte === CR) {
      this.#state = 'size-lf'
      return
    }
    this.#state = 'extension'
    this.#extension = ''
    this.#readExtension(byte, sink)
  }

  #readExtension(byte: number, sink: BodySink): void {
    if (byte === CR) {
      if (!EXTENSION.test(this.#extension)) return this.#refuse(BAD_SIZE, sink)
      this.#state = 'size-lf'
      return
    }
    this.#extensionBytes += 1
    if (this.#extensionBytes > this.#limits.maxChunkExtensionBytes) {
      return this.#refuse(EXTENSION_TOO_LARGE, sink)
    }
    this.#extension += String.fromCharCode(byte)
    // Told at once where it can be: a sender of `5x` has nothing to add.
    if (this.#extension.length === 1 && byte !== SEMICOLON && byte !== SPACE && byte !== TAB) {
      this.#refuse(BAD_SIZE, sink)
    }
  }

  #beginChunk(): void {
    this.#state = this.#left === 0 ? 'trailer' : 'data'
  }

  #beginSize(): void {
    this.#state = 'size'
    this.#digits = 0
    this.#left = 0
  }

  #readTrailer(buffer: Buffer, from: number, to: number, sink: BodySink): number {
    const before = this.#trailer.length
    const most = this.#limits.maxTrailerBytes
    const text =
      this.#trailer + buffer.toString('latin1', from, Math.min(to, from + most - before + 1))
    if (text.startsWith('\r\n')) {
      this.#end(NO_TRAILERS, sink)
      return from + 2 - before
    }
    const end = text.indexOf('\r\n\r\n', Math.max(0, before - 3))
    if (end >= 0 && end + 4 <= most) {
      const fields = parseFields(text.slice(0, end + 2), 0, this.#limits)
      if (fields instanceof Problem) this.#refuse(fields, sink)
      else this.#end(fields, sink)
      return from + end + 4 - before
    }
    if (end >= 0 || text.length > most) this.#refuse(TRAILER_TOO_LARGE, sink)
    else if (BROKEN.test(text.slice(Math.max(0, before - 1))) || text.charCodeAt(0) === LF) {
      this.#refuse(BAD_LINE_END, sink)
    }
    this.#trailer = text
    return to
  }

  #end(rawTrailers: readonly string[], sink: BodySink): void {
    this.#state = 'done'
    sink.onEnd(rawTrailers)
  }

  #refuse(problem: Problem, sink: BodySink): void {
    this.#state = 'done'
    sink.onProblem(problem)
  }
}

const TAB = 9
const LF = 10
const CR = 13
const SPACE = 32
const SEMICOLON = 59

/** 2^53 has 14 digits; more are zeros in front, which nobody needs many of. */
const MAX_SIZE_DIGITS = 16

const HEX = new Uint8Array(256).fill(16)
for (let i = 0; i < 10; i++) HEX[48 + i] = i
for (let i = 0; i < 6; i++) {
  HEX[65 + i] = 10 + i
  HEX[97 + i] = 10 + i
}

const BAD_SIZE = new Problem(400, 'the line of a chunk is not size and extensions')
const SIZE_TOO_LARGE = new Problem(413, 'the size of a chunk is too large')
const EXTENSION_TOO_LARGE = new Problem(413, 'the chunk extensions are too large')
const TRAILER_TOO_LARGE = new Problem(431, 'the trailer section is too large')
const BAD_LINE_END = new Problem(400, 'a line of a chunked body does not end in CRLF')

/** RFC 9112, 7.1.1, with the white space that 5.6.3 of RFC 9110 has a recipient put up with. */
const EXTENSION = new RegExp(
  String.raw`^(?:[ \t]*;[ \t]*T(?:[ \t]*=[ \t]*(?:T|Q))?)*$`
    .replaceAll('T', "[!#$%&'*+\\-.^_`|~0-9A-Za-z]+")
    .replaceAll('Q', String.raw`"(?:[\t !#-\[\]-~\x80-\xff]|\\[\t -~\x80-\xff])*"`),
)

/** What no later byte can mend: CR and LF apart from each other. */
const BROKEN = /[^\r]\n|\r[^\n]/
