import { Problem } from './problem.ts'

/** What {@link HeadReader.push} answers when the head is not complete. */
export const NEEDS_MORE = -1
/** What {@link HeadReader.push} answers when it never will be. */
export const IS_BROKEN = -2

/**
 * Collects the bytes of a head until its empty line is there.
 *
 * A head usually arrives in one read: then nothing is copied but the text itself. A broken head is
 * told as soon as it can be seen, not when its sender has been waited for in vain.
 */
export class HeadReader {
  /** The head with CRLF after each line and without the empty line, when `push` has found its end. */
  head = ''
  /** Why, when `push` has answered IS_BROKEN. */
  problem: Problem | undefined = undefined
  readonly #maxBytes: number
  readonly #maxLineBytes: number
  /** The part of a head that has arrived. */
  #begun = ''
  readonly #skipsEmptyLine: boolean

  /**
   * @param options.maxTargetBytes what the first line may have besides a method and a version, for requests
   * @param options.skipsEmptyLine whether one CRLF may stand before the head (RFC 9112, 2.2)
   */
  constructor(options: {
    readonly maxHeadBytes: number
    readonly maxTargetBytes?: number
    readonly skipsEmptyLine?: boolean
  }) {
    this.#maxBytes = options.maxHeadBytes
    this.#maxLineBytes = (options.maxTargetBytes ?? Number.POSITIVE_INFINITY) + LINE_BESIDES_TARGET
    this.#skipsEmptyLine = options.skipsEmptyLine ?? false
  }

  /** Whether nothing is kept: the next byte is the first one of a head. */
  get isEmpty(): boolean {
    return this.#begun === ''
  }

  /** Whether a part of a head has arrived. */
  get hasBegun(): boolean {
    return this.#begun.length > this.#startOf(this.#begun)
  }

  /**
   * Reads on. Answers the index behind the head, {@link NEEDS_MORE} (all bytes were taken), or
   * {@link IS_BROKEN}.
   */
  push(buffer: Buffer, from: number, to: number): number {
    const begun = this.#begun
    // What follows a head is usually nothing or a body: no need to make text of all of it.
    const glance = Math.min(to, from + GLANCE_BYTES)
    const found = this.#search(buffer, from, glance)
    if (found !== NEEDS_MORE || glance === to) return found
    this.#begun = begun
    return this.#search(buffer, from, Math.min(to, from + this.#maxBytes + EMPTY_LINE_BYTES))
  }

  #search(buffer: Buffer, from: number, to: number): number {
    const before = this.#begun.length
    const fresh = buffer.toString('latin1', from, to)
    const text = before === 0 ? fresh : this.#begun + fresh
    const start = this.#startOf(text)
    const end = text.indexOf('\r\n\r\n', Math.max(start, before - 3))
    if (end < 0) return this.#keep(text, start, before)
    if (end + 4 - start > this.#maxBytes) return this.#break(this.#tooLarge(text, start))
    // A slice of a text is read through to it, character by character: what is to be parsed is not one.
    this.head =
      before === 0
        ? buffer.toString('latin1', from + start, from + end + 2)
        : text.slice(start, end + 2)
    this.#begun = ''
    return from + end + 4 - before
  }

  /** RFC 9112, 2.2: some clients send an empty line after a body. One is enough for them. */
  #startOf(text: string): number {
    return this.#skipsEmptyLine && text.startsWith('\r\n') ? EMPTY_LINE_BYTES : 0
  }

  #keep(text: string, start: number, before: number): number {
    if (BROKEN.test(text.slice(before > 0 ? before - 1 : 0)) || text.charCodeAt(0) === LF) {
      return this.#break(BAD_CHARACTER)
    }
    if (text.length - start >= this.#maxBytes || isLineTooLong(text, start, this.#maxLineBytes)) {
      return this.#break(this.#tooLarge(text, start))
    }
    // Joined text is a tree of its parts; searching has made it flat again.
    this.#begun = text
    return NEEDS_MORE
  }

  #tooLarge(text: string, start: number): Problem {
    return isLineTooLong(text, start, this.#maxLineBytes) ? TARGET_TOO_LONG : HEAD_TOO_LARGE
  }

  #break(problem: Problem): number {
    this.problem = problem
    this.#begun = ''
    return IS_BROKEN
  }
}

const LF = 10
const EMPTY_LINE_BYTES = 2

const GLANCE_BYTES = 2048

/** A method, two spaces, the version and CRLF. */
const LINE_BESIDES_TARGET = 64

const BAD_CHARACTER = new Problem(400, 'the head has a bare CR, a bare LF or a control character')
const HEAD_TOO_LARGE = new Problem(431, 'the head is too large')
const TARGET_TOO_LONG = new Problem(414, 'the request line is too long')

/** What no later byte can mend: CR and LF apart from each other, control characters. */
// biome-ignore lint/suspicious/noControlCharactersInRegex: they are what is looked for
const BROKEN = /[^\r]\n|\r[^\n]|[\x00-\x08\x0b\x0c\x0e-\x1f\x7f]/

function isLineTooLong(text: string, start: number, maxLineBytes: number): boolean {
  if (text.length - start <= maxLineBytes) return false
  const end = text.indexOf('\r\n', start)
  return end < 0 || end - start > maxLineBytes
}
