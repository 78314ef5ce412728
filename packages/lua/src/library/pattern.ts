// Lua patterns: the matcher of Lua 5.1, with a step charged for every character looked at.
// One file because its functions all call each other.
import { run, spend, stop } from '../runtime/budget.ts'
import { raise } from '../runtime/position.ts'
import type { LuaValue } from '../runtime/value.ts'

const MAX_CAPTURES = 32
/** How deep alternatives may stand in each other. LuaJIT's limit; each takes a frame of ours. */
const MAX_DEPTH = 200
/** What a bracket of a capture costs, and handing its text over. */
const CAPTURE_STEPS = 2
/** Looking at two characters, each of which may be in the set. */
const FRONTIER_STEPS = 2
const ESCAPE = 37
const POSITION = -2
const OPEN = -1

/** One match of one pattern in one text. */
export class Matcher {
  readonly text: string
  readonly pattern: string
  level = 0
  readonly #starts: number[] = []
  /** Length of a capture, or OPEN, or POSITION for `()`. */
  readonly #lengths: number[] = []
  #depth = 0

  constructor(text: string, pattern: string) {
    this.text = text
    this.pattern = pattern
  }

  /** Where a match beginning at `at` ends, or -1. */
  match(at: number, from: number): number {
    this.level = 0
    this.#depth = 0
    return this.#match(at, from)
  }

  capture(which: number, start: number, end: number): LuaValue {
    if (which >= this.level) {
      if (which === 0) return this.text.slice(start, end)
      throw raise('invalid capture index')
    }
    const length = this.#lengths[which] as number
    const from = this.#starts[which] as number
    if (length === OPEN) throw raise('unfinished capture')
    return length === POSITION ? from + 1 : this.text.slice(from, from + length)
  }

  /** All captures; the whole match when the pattern has none. */
  captures(start: number, end: number): LuaValue[] {
    const values: LuaValue[] = []
    const count = this.level === 0 ? 1 : this.level
    spend(count * CAPTURE_STEPS)
    for (let i = 0; i < count; i++) values.push(this.capture(i, start, end))
    return values
  }

  /** One function: nearly every case moves on in text and pattern, and another could answer only one. */
  #match(start: number, from: number): number {
    const { pattern } = this
    let at = start
    let p = from
    if (++this.#depth > MAX_DEPTH) throw raise('pattern too complex')
    run.fuel--
    try {
      for (;;) {
        if (--run.fuel < 0) stop()
        if (p === pattern.length) return at
        const code = pattern.charCodeAt(p)
        if (code === 40) return this.#open(at, p)
        if (code === 41) return this.#close(at, p + 1)
        if (code === 36 && p + 1 === pattern.length) return at === this.text.length ? at : -1
        if (code === ESCAPE) {
          const next = pattern.charCodeAt(p + 1)
          if (next === 98) {
            at = this.#balance(at, p + 2)
            if (at < 0) return -1
            p += 4
            continue
          }
          if (next === 102) {
            p += 2
            if (pattern.charCodeAt(p) !== 91) throw raise("missing '[' after '%f' in pattern")
            const end = this.#classEnd(p)
            if (!this.#isFrontier(at, p, end)) return -1
            p = end
            continue
          }
          if (next >= 48 && next <= 57) {
            at = this.#backReference(at, next)
            if (at < 0) return -1
            p += 2
            continue
          }
        }
        const end = this.#classEnd(p)
        const suffix = pattern.charCodeAt(end)
        if (suffix === 63) {
          if (at < this.text.length && this.#single(at, p, end)) {
            const rest = this.#match(at + 1, end + 1)
            if (rest >= 0) return rest
          }
          p = end + 1
          continue
        }
        if (suffix === 42) return this.#longest(at, p, end)
        if (suffix === 43) return this.#isSingle(at, p, end) ? this.#longest(at + 1, p, end) : -1
        if (suffix === 45) return this.#shortest(at, p, end)
        if (!this.#isSingle(at, p, end)) return -1
        at++
        p = end
      }
    } finally {
      this.#depth--
    }
  }

  #open(at: number, p: number): number {
    const isPosition = this.pattern.charCodeAt(p + 1) === 41
    if (this.level >= MAX_CAPTURES) throw raise('too many captures')
    this.#starts[this.level] = at
    this.#lengths[this.level] = isPosition ? POSITION : OPEN
    this.level++
    run.fuel -= CAPTURE_STEPS
    const end = this.#match(at, isPosition ? p + 2 : p + 1)
    if (end < 0) this.level--
    return end
  }

  #close(at: number, p: number): number {
    let which = this.level - 1
    while (which >= 0 && this.#lengths[which] !== OPEN) which--
    if (which < 0) throw raise('invalid pattern capture')
    this.#lengths[which] = at - (this.#starts[which] as number)
    run.fuel -= CAPTURE_STEPS
    const end = this.#match(at, p)
    if (end < 0) this.#lengths[which] = OPEN
    return end
  }

  #balance(at: number, p: number): number {
    if (p + 1 >= this.pattern.length) throw raise('unbalanced pattern')
    const { text } = this
    const open = this.pattern.charCodeAt(p)
    const close = this.pattern.charCodeAt(p + 1)
    if (text.charCodeAt(at) !== open) return -1
    for (let i = at + 1, nested = 1; i < text.length; i++) {
      if (--run.fuel < 0) stop()
      const code = text.charCodeAt(i)
      if (code === close) {
        if (--nested === 0) return i + 1
      } else if (code === open) {
        nested++
      }
    }
    return -1
  }

  #isFrontier(at: number, p: number, end: number): boolean {
    run.fuel -= FRONTIER_STEPS
    const before = at === 0 ? 0 : this.text.charCodeAt(at - 1)
    const after = at < this.text.length ? this.text.charCodeAt(at) : 0
    return !this.#inSet(before, p, end - 1) && this.#inSet(after, p, end - 1)
  }

  #backReference(at: number, digit: number): number {
    const which = digit - 49
    const length = this.#lengths[which]
    if (which < 0 || which >= this.level || length === undefined || length === OPEN) {
      throw raise('invalid capture index')
    }
    if (length === POSITION) return -1
    const known = this.text.substr(this.#starts[which] as number, length)
    if ((run.fuel -= known.length >> 3) < 0) stop()
    return this.text.startsWith(known, at) ? at + known.length : -1
  }

  #longest(start: number, p: number, end: number): number {
    let count = 0
    while (this.#isSingle(start + count, p, end)) count++
    for (; count >= 0; count--) {
      const rest = this.#match(start + count, end + 1)
      if (rest >= 0) return rest
    }
    return -1
  }

  #shortest(start: number, p: number, end: number): number {
    for (let at = start; ; at++) {
      const rest = this.#match(at, end + 1)
      if (rest >= 0) return rest
      if (!this.#isSingle(at, p, end)) return -1
    }
  }

  #isSingle(at: number, p: number, end: number): boolean {
    if (--run.fuel < 0) stop()
    return at < this.text.length && this.#single(at, p, end)
  }

  #single(at: number, p: number, end: number): boolean {
    const code = this.text.charCodeAt(at)
    const first = this.pattern.charCodeAt(p)
    if (first === 46) return true
    if (first === ESCAPE) return isInClass(code, this.pattern.charCodeAt(p + 1))
    return first === 91 ? this.#inSet(code, p, end - 1) : first === code
  }

  /** Where the single character class at `p` ends. */
  #classEnd(p: number): number {
    const { pattern } = this
    const code = pattern.charCodeAt(p)
    let at = p + 1
    if (code === ESCAPE) {
      if (at >= pattern.length) throw raise("malformed pattern (ends with '%')")
      return at + 1
    }
    if (code !== 91) return at
    if (pattern.charCodeAt(at) === 94) at++
    do {
      if (at >= pattern.length) throw raise("malformed pattern (missing ']')")
      if ((run.fuel -= 1) < 0) stop()
      if (pattern.charCodeAt(at++) === ESCAPE && at < pattern.length) at++
    } while (pattern.charCodeAt(at) !== 93)
    return at + 1
  }

  /** `p` is the opening bracket and `last` the closing one. */
  #inSet(code: number, p: number, last: number): boolean {
    const { pattern } = this
    let at = p + 1
    const isNegated = pattern.charCodeAt(at) === 94
    if (isNegated) at++
    if ((run.fuel -= (last - at) >> 2) < 0) stop()
    for (; at < last; at++) {
      const item = pattern.charCodeAt(at)
      if (item === ESCAPE) {
        at++
        if (isInClass(code, pattern.charCodeAt(at))) return !isNegated
      } else if (pattern.charCodeAt(at + 1) === 45 && at + 2 < last) {
        if (item <= code && code <= pattern.charCodeAt(at + 2)) return !isNegated
        at += 2
      } else if (item === code) {
        return !isNegated
      }
    }
    return isNegated
  }
}

/** `%a` and friends, of the C locale; a capital letter is the opposite. */
function isInClass(code: number, letter: number): boolean {
  const lower = letter | 32
  const isIn = CLASSES[lower]
  if (isIn === undefined || letter < 65) return letter === code
  return isIn(code) === (letter === lower)
}

const isLower = (c: number): boolean => c >= 97 && c <= 122
const isUpper = (c: number): boolean => c >= 65 && c <= 90
const isDigit = (c: number): boolean => c >= 48 && c <= 57

const CLASSES: Readonly<Record<number, (code: number) => boolean>> = {
  97: (c) => isLower(c) || isUpper(c),
  99: (c) => c < 32 || c === 127,
  100: isDigit,
  108: isLower,
  112: (c) => c > 32 && c < 127 && !isLower(c) && !isUpper(c) && !isDigit(c),
  115: (c) => c === 32 || (c >= 9 && c <= 13),
  117: isUpper,
  119: (c) => isLower(c) || isUpper(c) || isDigit(c),
  120: (c) => isDigit(c) || (c >= 97 && c <= 102) || (c >= 65 && c <= 70),
  122: (c) => c === 0,
}
