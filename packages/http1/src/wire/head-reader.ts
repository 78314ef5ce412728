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
  #canSkip: boolean
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
    this.#canSkip = this.#skipsEmptyLine
  }

  /** Whether a part of a head has arrived. */
  get hasBegun(): boolean {
    return this.#begun !== ''
  }

  /**
   * Reads on. Answers the index behind the head, {@link NEEDS_MORE} (all bytes were taken), or
   * {@link IS_BROKEN}.
   */
  push(buffer: Buffer, from: number, to: number): number {
    let start = from
    if (this.#canSkip && this.#begun === '' && to - from >= 2) {
      this.#canSkip = false
      if (buffer[from] === CR && buffer[from + 1] === LF) {
        start += 2
        if (start === to) return NEEDS_MORE
      }
    }
    const before = this.#begun.length
    // What follows a head is usually nothing or a body: no need to make text of all of it.
    const glance = Math.min(to, start + GLANCE_BYTES)
    const found = this.#search(buffer, start, glance, before)
    if (found !== NEEDS_MORE || glance === to) return found
    this.#begun = this.#begun.slice(0, before)
    const enough = Math.min(to, start + this.#maxBytes - before + 1)
    return this.#search(buffer, start, Math.max(glance, enough), before)
  }

  #search(buffer: Buffer, from: number, to: number, before: number): number {
    const fresh = buffer.toString('latin1', from, to)
    const text = before === 0 ? fresh : this.#begun + fresh
    const end = text.indexOf('\r\n\r\n', before > 3 ? before - 3 : 0)
    if (end < 0) return this.#keep(text, before)
    if (end + 4 > this.#maxBytes) return this.#break(tooLarge(text, this.#maxLineBytes))
    this.head = text.slice(0, end + 2)
    this.#begun = ''
    this.#canSkip = this.#skipsEmptyLine
    return from + end + 4 - before
  }

  #keep(text: string, before: number): number {
    if (BROKEN.test(text.slice(before > 0 ? before - 1 : 0)) || text.charCodeAt(0) === LF) {
      return this.#break(BAD_CHARACTER)
    }
    if (text.length >= this.#maxBytes || isLineTooLong(text, this.#maxLineBytes)) {
      return this.#break(tooLarge(text, this.#maxLineBytes))
    }
    // Joined text is a tree of its parts; searching has made it flat again.
    this.#begun = text
    return NEEDS_MORE
  }

  #break(problem: Problem): number {
    this.problem = problem
    this.#begun = ''
    return IS_BROKEN
  }
}

const CR = 13
const LF = 10

const GLANCE_BYTES = 2048

/** A method, two spaces, the version and CRLF. */
const LINE_BESIDES_TARGET = 64

const BAD_CHARACTER = new Problem(400, 'the head has a bare CR, a bare LF or a control character')
const HEAD_TOO_LARGE = new Problem(431, 'the head is too large')
const TARGET_TOO_LONG = new Problem(414, 'the request line is too long')

/** What no later byte can mend: CR and LF apart from each other, control characters. */
// biome-ignore lint/suspicious/noControlCharactersInRegex: they are what is looked for
const BROKEN = /[^\r]\n|\r[^\n]|[\x00-\x08\x0b\x0c\x0e-\x1f\x7f]/

function tooLarge(text: string, maxLineBytes: number): Problem {
  return isLineTooLong(text, maxLineBytes) ? TARGET_TOO_LONG : HEAD_TOO_LARGE
}

function isLineTooLong(text: string, maxLineBytes: number): boolean {
  if (text.length <= maxLineBytes) return false
  const end = text.indexOf('\r\n')
  return end < 0 || end > maxLineBytes
}
