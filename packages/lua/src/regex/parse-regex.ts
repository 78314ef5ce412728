// The parser of Perl's regular expressions, as nginx's `ngx.re` takes them. One file because the
// levels of the grammar call each other in a circle.

/** Whether a character, given by its number, belongs to a set. */
export type CharacterTest = (code: number) => boolean

export type RegexNode =
  | {
      readonly kind: 'one'
      readonly test: CharacterTest
      /** Steps of one test. */
      readonly cost: number
    }
  | { readonly kind: 'all' | 'any'; readonly nodes: readonly RegexNode[] }
  | { readonly kind: 'capture'; readonly index: number; readonly node: RegexNode }
  | {
      readonly kind: 'repeat'
      readonly node: RegexNode
      readonly least: number
      readonly most: number
      readonly how: 'greedy' | 'lazy' | 'possessive'
    }
  | { readonly kind: 'at'; readonly place: Place }
  | { readonly kind: 'same'; readonly index: number }
  | { readonly kind: 'atomic'; readonly node: RegexNode }
  | {
      readonly kind: 'look'
      readonly node: RegexNode
      readonly isNegative: boolean
      /** How many characters back it begins: 0 looks ahead. */
      readonly behind: number
    }

export type Place = 'lineStart' | 'lineEnd' | 'start' | 'end' | 'lastLine' | 'word' | 'notWord'

export interface RegexFlags {
  /** Letters match in either case. */
  readonly i: boolean
  /** `.` matches line ends too. */
  readonly s: boolean
  /** `^` and `$` match at each line. */
  readonly m: boolean
  /** Spaces and comments are left out. */
  readonly x: boolean
}

export interface ParsedRegex {
  readonly node: RegexNode
  readonly captures: number
  /** Names of captures, with their numbers. */
  readonly names: ReadonlyMap<string, number>
}

/** What is wrong with a regular expression, and where. */
export class RegexSyntaxError {
  readonly message: string
  readonly at: number

  constructor(message: string, at: number) {
    this.message = message
    this.at = at
  }
}

/** Groups in each other: the parser and the matcher recurse over them. */
const MAX_NESTING = 100
const MAX_CAPTURES = 100
/** Largest number in `{m,n}`. */
const MAX_COUNT = 1000

/** Throws RegexSyntaxError, also for what is not supported. */
export function parseRegex(source: string, flags: RegexFlags): ParsedRegex {
  return new Parser(source, flags).parse()
}

class Parser {
  readonly #source: string
  #flags: RegexFlags
  #at = 0
  #captures = 0
  #nesting = 0
  readonly #names = new Map<string, number>()

  constructor(source: string, flags: RegexFlags) {
    this.#source = source
    this.#flags = flags
  }

  parse(): ParsedRegex {
    const node = this.#alternatives()
    if (this.#at < this.#source.length) throw this.#problem('unmatched closing parenthesis')
    return { node, captures: this.#captures, names: this.#names }
  }

  #problem(message: string): RegexSyntaxError {
    return new RegexSyntaxError(message, this.#at)
  }

  #alternatives(): RegexNode {
    if (++this.#nesting > MAX_NESTING) throw this.#problem('parentheses are too deeply nested')
    const flags = this.#flags
    const nodes = [this.#sequence()]
    while (this.#takes('|')) nodes.push(this.#sequence())
    this.#nesting--
    // Flags that were set inside a group end with it.
    this.#flags = flags
    return nodes.length === 1 ? (nodes[0] as RegexNode) : { kind: 'any', nodes }
  }

  #takes(text: string): boolean {
    if (!this.#source.startsWith(text, this.#at)) return false
    this.#at += text.length
    return true
  }

  #sequence(): RegexNode {
    const nodes: RegexNode[] = []
    for (;;) {
      this.#skipComments()
      const next = this.#source[this.#at]
      if (next === undefined || next === '|' || next === ')') break
      const item = this.#item()
      if (item !== undefined) nodes.push(this.#repeated(item))
    }
    return nodes.length === 1 ? (nodes[0] as RegexNode) : { kind: 'all', nodes }
  }

  #skipComments(): void {
    if (!this.#flags.x) return
    for (;;) {
      const next = this.#source[this.#at]
      if (next === '#') {
        const end = this.#source.indexOf('\n', this.#at)
        this.#at = end < 0 ? this.#source.length : end + 1
      } else if (next !== undefined && /\s/.test(next)) this.#at++
      else return
    }
  }

  /** Nothing for what only sets flags, and for comments. */
  #item(): RegexNode | undefined {
    const character = this.#source[this.#at++] as string
    switch (character) {
      case '(':
        return this.#group()
      case '[':
        return this.#set()
      case '.':
        return { kind: 'one', test: this.#flags.s ? () => true : (code) => code !== 10, cost: 1 }
      case '^':
        return { kind: 'at', place: this.#flags.m ? 'lineStart' : 'start' }
      case '$':
        return { kind: 'at', place: this.#flags.m ? 'lineEnd' : 'lastLine' }
      case '\\':
        return this.#escape()
      case '*':
      case '+':
      case '?':
        this.#at--
        throw this.#problem('quantifier does not follow a repeatable item')
      default:
        return this.#letter(character.charCodeAt(0))
    }
  }

  #letter(code: number): RegexNode {
    const other = this.#flags.i ? otherCase(code) : code
    return { kind: 'one', test: (found) => found === code || found === other, cost: 1 }
  }

  #repeated(node: RegexNode): RegexNode {
    this.#skipComments()
    const range = this.#range()
    if (range === undefined) return node
    const [least, most] = range
    const how = this.#takes('?') ? 'lazy' : this.#takes('+') ? 'possessive' : 'greedy'
    // What takes no characters holds or not, however often it is asked.
    if (node.kind === 'at' || node.kind === 'look') {
      return this.#repeated(least === 0 ? { kind: 'all', nodes: [] } : node)
    }
    return this.#repeated({ kind: 'repeat', node, least, most, how })
  }

  #range(): readonly [least: number, most: number] | undefined {
    if (this.#takes('*')) return [0, Infinity]
    if (this.#takes('+')) return [1, Infinity]
    if (this.#takes('?')) return [0, 1]
    const found = /^\{(\d+)(,?)(\d*)\}/.exec(this.#source.slice(this.#at, this.#at + 20))
    if (found === null) return undefined
    this.#at += found[0].length
    const least = Number(found[1])
    const most = found[2] === '' ? least : found[3] === '' ? Infinity : Number(found[3])
    if (least > MAX_COUNT || (most > MAX_COUNT && most !== Infinity)) {
      throw this.#problem('number too big in {} quantifier')
    }
    if (least > most) throw this.#problem('numbers out of order in {} quantifier')
    return [least, most]
  }

  #group(): RegexNode | undefined {
    if (!this.#takes('?')) return this.#capture(undefined)
    if (this.#takes('#')) {
      const end = this.#source.indexOf(')', this.#at)
      if (end < 0) throw this.#problem('missing ) after (?# comment')
      this.#at = end + 1
      return undefined
    }
    if (this.#takes(':')) return this.#closed(this.#alternatives())
    if (this.#takes('>')) return { kind: 'atomic', node: this.#closed(this.#alternatives()) }
    if (this.#takes('=')) return this.#look(false, false)
    if (this.#takes('!')) return this.#look(true, false)
    if (this.#takes('<=')) return this.#look(false, true)
    if (this.#takes('<!')) return this.#look(true, true)
    const name = /^(?:P?<([A-Za-z_]\w*)>|'([A-Za-z_]\w*)')/.exec(
      this.#source.slice(this.#at, this.#at + 64),
    )
    if (name === null) return this.#inlineFlags()
    this.#at += name[0].length
    return this.#capture(name[1] ?? name[2])
  }

  #look(isNegative: boolean, isBehind: boolean): RegexNode {
    const node = this.#closed(this.#alternatives())
    const behind = isBehind ? fixedLength(node) : 0
    if (behind === undefined) throw this.#problem('lookbehind assertion is not fixed length')
    return { kind: 'look', node, isNegative, behind }
  }

  #capture(name: string | undefined): RegexNode {
    const index = ++this.#captures
    if (index > MAX_CAPTURES) throw this.#problem('too many capturing groups')
    if (name !== undefined) this.#names.set(name, index)
    return { kind: 'capture', index, node: this.#closed(this.#alternatives()) }
  }

  #closed(node: RegexNode): RegexNode {
    if (!this.#takes(')')) throw this.#problem('missing closing parenthesis')
    return node
  }

  /** `(?i)` for the rest of the group, `(?i:…)` for what it holds. */
  #inlineFlags(): RegexNode | undefined {
    const found = /^([ismx]*)(?:-([ismx]+))?([:)])/.exec(
      this.#source.slice(this.#at, this.#at + 16),
    )
    if (found === null) throw this.#problem('unrecognized or unsupported character after (?')
    this.#at += found[0].length
    const before = this.#flags
    const flags = { ...before }
    for (const letter of found[1] as string) flags[letter as keyof RegexFlags] = true
    for (const letter of found[2] ?? '') flags[letter as keyof RegexFlags] = false
    this.#flags = flags
    if (found[3] === ')') return undefined
    const node = this.#closed(this.#alternatives())
    this.#flags = before
    return node
  }

  #escape(): RegexNode {
    const character = this.#source[this.#at++]
    if (character === undefined) throw this.#problem('\\ at end of pattern')
    const place = PLACES[character]
    if (place !== undefined) return { kind: 'at', place }
    const test = CLASSES[character]
    if (test !== undefined) return { kind: 'one', test, cost: 1 }
    if (character >= '1' && character <= '9') {
      const digits = /^\d*/.exec(this.#source.slice(this.#at, this.#at + 2))?.[0] ?? ''
      this.#at += digits.length
      return { kind: 'same', index: Number(character + digits) }
    }
    if (character === 'k') return this.#namedReference()
    return this.#letter(this.#escapedCode(character))
  }

  #namedReference(): RegexNode {
    const name = /^(?:<(\w+)>|\{(\w+)\}|'(\w+)')/.exec(this.#source.slice(this.#at, this.#at + 64))
    const index = this.#names.get(name?.[1] ?? name?.[2] ?? name?.[3] ?? '')
    if (name === null || index === undefined) {
      throw this.#problem('reference to non-existent subpattern')
    }
    this.#at += name[0].length
    return { kind: 'same', index }
  }

  /** The character that an escape stands for. */
  #escapedCode(character: string): number {
    if (character === 'x') {
      const hex = /^(?:\{([0-9a-fA-F]{1,6})\}|[0-9a-fA-F]{0,2})/.exec(
        this.#source.slice(this.#at, this.#at + 8),
      )?.[0] as string
      this.#at += hex.length
      return Number.parseInt(hex.replace(/[{}]/g, '') || '0', 16)
    }
    if (character === '0') return 0
    const known = CONTROLS[character]
    if (known !== undefined) return known
    if (/[A-Za-z]/.test(character))
      throw this.#problem(`unrecognized or unsupported \\${character}`)
    return character.charCodeAt(0)
  }

  #set(): RegexNode {
    const isNegated = this.#takes('^')
    const tests: CharacterTest[] = []
    for (let isFirst = true; ; isFirst = false) {
      if (this.#at >= this.#source.length) {
        throw this.#problem('missing terminating ] for character class')
      }
      if (!isFirst && this.#takes(']')) break
      tests.push(this.#setItem())
    }
    // A test of a set goes through its items, at two or three nanoseconds each.
    return { kind: 'one', test: inAny(tests, isNegated), cost: 1 + (tests.length >> 1) }
  }

  #setItem(): CharacterTest {
    const posix = /^\[:(\^?)(\w+):\]/.exec(this.#source.slice(this.#at, this.#at + 16))
    if (posix !== null) {
      const test = POSIX[posix[2] as string]
      if (test === undefined) throw this.#problem('unknown POSIX class name')
      this.#at += posix[0].length
      return posix[1] === '^' ? (code) => !test(code) : test
    }
    const first = this.#setCharacter()
    if (typeof first === 'function') return first
    const isRange =
      this.#source[this.#at] === '-' && ![']', undefined].includes(this.#source[this.#at + 1])
    if (!isRange) return this.#between(first, first)
    this.#at++
    const last = this.#setCharacter()
    if (typeof last === 'function')
      return inAny([this.#between(first, first), this.#between(45, 45), last], false)
    if (last < first) throw this.#problem('range out of order in character class')
    return this.#between(first, last)
  }

  #setCharacter(): number | CharacterTest {
    const character = this.#source[this.#at++] as string
    if (character !== '\\') return character.charCodeAt(0)
    const escaped = this.#source[this.#at++]
    if (escaped === undefined) throw this.#problem('\\ at end of pattern')
    if (escaped === 'b') return 8
    return CLASSES[escaped] ?? this.#escapedCode(escaped)
  }

  #between(first: number, last: number): CharacterTest {
    const isIn: CharacterTest = (code) => code >= first && code <= last
    return this.#flags.i ? (code) => isIn(code) || isIn(otherCase(code)) : isIn
  }
}

/** How many characters a node always matches, or nothing when that may vary. */
function fixedLength(node: RegexNode): number | undefined {
  switch (node.kind) {
    case 'one':
      return 1
    case 'all':
      return node.nodes.reduce<number | undefined>((sum, one) => {
        const length = fixedLength(one)
        return sum === undefined || length === undefined ? undefined : sum + length
      }, 0)
    case 'any': {
      const lengths = new Set(node.nodes.map(fixedLength))
      return lengths.size === 1 ? [...lengths][0] : undefined
    }
    case 'capture':
    case 'atomic':
      return fixedLength(node.node)
    case 'repeat': {
      const length = fixedLength(node.node)
      return length === undefined || node.least !== node.most ? undefined : length * node.least
    }
    case 'same':
      return undefined
    default:
      return 0
  }
}

function inAny(tests: readonly CharacterTest[], isNegated: boolean): CharacterTest {
  return (code) => tests.some((test) => test(code)) !== isNegated
}

function otherCase(code: number): number {
  const isLetter = (code >= 65 && code <= 90) || (code >= 97 && code <= 122)
  return isLetter ? code ^ 32 : code
}

const isDigit: CharacterTest = (c) => c >= 48 && c <= 57
const isLower: CharacterTest = (c) => c >= 97 && c <= 122
const isUpper: CharacterTest = (c) => c >= 65 && c <= 90
const isSpace: CharacterTest = (c) => c === 32 || (c >= 9 && c <= 13)

/** Letters, digits and the underscore, as `\w` and `\b` mean it. */
export const isWord: CharacterTest = (c) => isDigit(c) || isLower(c) || isUpper(c) || c === 95

const not =
  (test: CharacterTest): CharacterTest =>
  (c) =>
    !test(c)
const isBlank: CharacterTest = (c) => c === 32 || c === 9 || c === 160
const isVertical: CharacterTest = (c) => c >= 10 && c <= 13

const CLASSES: Readonly<Record<string, CharacterTest>> = {
  d: isDigit,
  D: not(isDigit),
  w: isWord,
  W: not(isWord),
  s: isSpace,
  S: not(isSpace),
  h: isBlank,
  H: not(isBlank),
  v: isVertical,
  V: not(isVertical),
  N: (c) => c !== 10,
}

const PLACES: Readonly<Record<string, Place>> = {
  A: 'start',
  z: 'end',
  Z: 'lastLine',
  b: 'word',
  B: 'notWord',
}

const CONTROLS: Readonly<Record<string, number>> = { n: 10, r: 13, t: 9, f: 12, a: 7, e: 27 }

const POSIX: Readonly<Record<string, CharacterTest>> = {
  alpha: (c) => isLower(c) || isUpper(c),
  digit: isDigit,
  alnum: (c) => isLower(c) || isUpper(c) || isDigit(c),
  upper: isUpper,
  lower: isLower,
  space: isSpace,
  blank: (c) => c === 32 || c === 9,
  punct: (c) => c > 32 && c < 127 && !isLower(c) && !isUpper(c) && !isDigit(c),
  xdigit: (c) => isDigit(c) || (c >= 97 && c <= 102) || (c >= 65 && c <= 70),
  cntrl: (c) => c < 32 || c === 127,
  print: (c) => c >= 32 && c < 127,
  graph: (c) => c > 32 && c < 127,
  word: isWord,
}
