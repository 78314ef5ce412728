/** An expression taken apart. */
export type Pattern =
  /** One code point that the atom takes: an escape, a class, or a character. */
  | { readonly kind: 'atom'; readonly source: string; readonly ignoreCase: boolean }
  | { readonly kind: 'assertion'; readonly assertion: Assertion }
  | { readonly kind: 'sequence'; readonly parts: readonly Pattern[] }
  | { readonly kind: 'choice'; readonly options: readonly Pattern[] }
  | { readonly kind: 'group'; readonly index: number; readonly body: Pattern }
  | {
      readonly kind: 'repeat'
      readonly body: Pattern
      readonly least: number
      readonly most: number
      readonly lazy: boolean
    }

/** A place in the text. Lines end with a line feed. */
export type Assertion = 'text-start' | 'text-end' | 'line-start' | 'line-end' | 'word' | 'no-word'

/** An expression taken apart, with its groups. */
export interface ParsedPattern {
  readonly pattern: Pattern
  /** Groups that capture, the whole match not counted. */
  readonly groups: number
  readonly names: ReadonlyMap<string, number>
}

/**
 * Takes a JavaScript expression apart, as `translateRegex` writes it: V8 has found it to be sound,
 * so that what is read here is not checked again.
 */
export function parsePattern(source: string, ignoreCase: boolean): ParsedPattern {
  const parser = new PatternParser(source)
  const pattern = parser.choice({ ignoreCase, multiline: false })
  return { pattern, groups: parser.groups, names: parser.names }
}

interface Flags {
  readonly ignoreCase: boolean
  readonly multiline: boolean
}

class PatternParser {
  readonly #source: string
  readonly names = new Map<string, number>()
  groups = 0
  #at = 0

  constructor(source: string) {
    this.#source = source
  }

  choice(flags: Flags): Pattern {
    const options = [this.#sequence(flags)]
    while (this.#take('|')) options.push(this.#sequence(flags))
    return options.length === 1 ? (options[0] as Pattern) : { kind: 'choice', options }
  }

  #sequence(flags: Flags): Pattern {
    const parts: Pattern[] = []
    while (this.#at < this.#source.length && !ENDS_SEQUENCE.has(this.#source[this.#at] as string)) {
      parts.push(this.#repeated(this.#term(flags)))
    }
    return { kind: 'sequence', parts }
  }

  #repeated(body: Pattern): Pattern {
    const found = this.#match(QUANTIFIER)
    if (found === undefined) return body
    const [, sign, least, comma, most, lazy] = found
    const [from, to] = sign === undefined ? counts(least, comma, most) : (SIGNS.get(sign) as Range)
    return { kind: 'repeat', body, least: from, most: to, lazy: lazy === '?' }
  }

  #term(flags: Flags): Pattern {
    const assertion = this.#match(ASSERTION)?.[0]
    if (assertion !== undefined)
      return { kind: 'assertion', assertion: assertionOf(assertion, flags) }
    const group = this.#match(GROUP)
    if (group === undefined) return this.#atom(flags)
    const [, name, on, off, isPlain] = group
    const index = name !== undefined || isPlain !== undefined ? ++this.groups : undefined
    if (name !== undefined) this.names.set(name, this.groups)
    const body = this.choice({
      ignoreCase: flagOf('i', on, off, flags.ignoreCase),
      multiline: flagOf('m', on, off, flags.multiline),
    })
    this.#take(')')
    return index === undefined ? body : { kind: 'group', index, body }
  }

  #atom({ ignoreCase }: Flags): Pattern {
    const [source] = this.#match(ATOM) as RegExpExecArray
    return { kind: 'atom', source, ignoreCase }
  }

  #take(character: string): boolean {
    if (this.#source[this.#at] !== character) return false
    this.#at++
    return true
  }

  #match(pattern: RegExp): RegExpExecArray | undefined {
    pattern.lastIndex = this.#at
    const found = pattern.exec(this.#source)
    if (found === null) return undefined
    this.#at = pattern.lastIndex
    return found
  }
}

type Range = readonly [least: number, most: number]

const ENDS_SEQUENCE: ReadonlySet<string> = new Set('|)')
const QUANTIFIER = /(?:([*+?])|\{(\d+)(,)?(\d+)?\})(\?)?/y
const ASSERTION = /[$^]|\\[bB]/y
const GROUP = /\((?:\?<([^>]*)>|\?([im]*)(?:-([im]*))?:|(?!\?)())/y
const ATOM = /\\u\{[^}]*\}|\\[pP]\{[^}]*\}|\\x..|\\u....|\\c.|\\.|\[(?:\\.|[^\]\\])*\]|./suy
const SIGNS: ReadonlyMap<string, Range> = new Map([
  ['*', [0, Number.POSITIVE_INFINITY]],
  ['+', [1, Number.POSITIVE_INFINITY]],
  ['?', [0, 1]],
])

function counts(
  least: string | undefined,
  comma: string | undefined,
  most: string | undefined,
): Range {
  if (comma === undefined) return [Number(least), Number(least)]
  return [Number(least), most === undefined ? Number.POSITIVE_INFINITY : Number(most)]
}

function assertionOf(text: string, { multiline }: Flags): Assertion {
  if (text === '^') return multiline ? 'line-start' : 'text-start'
  if (text === '$') return multiline ? 'line-end' : 'text-end'
  return text === '\\b' ? 'word' : 'no-word'
}

function flagOf(
  flag: string,
  on: string | undefined,
  off: string | undefined,
  inherited: boolean,
): boolean {
  if (on?.includes(flag)) return true
  return off?.includes(flag) ? false : inherited
}
