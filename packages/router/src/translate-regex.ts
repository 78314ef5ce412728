import { PUNCTUATION } from './literal-prefix.ts'
import { translateClass } from './translate-class.ts'

/** An expression in JavaScript's syntax, for the flag `u`. */
export interface TranslatedRegex {
  readonly source: string
  /** Whether it has alternatives outside of groups. */
  readonly alternatives: boolean
  /** Whether a repetition contains a repetition. */
  readonly nested: boolean
}

/**
 * Rewrites an expression from the syntax of Rust's regex crate into JavaScript's.
 *
 * Throws an Error with the reason for what has no counterpart; what is wrong in both languages is
 * left for the RegExp constructor to find. `\d`, `\w` and `\b` know ASCII only, unlike in Rust.
 *
 * @see https://docs.rs/regex/latest/regex/#syntax
 */
export function translateRegex(source: string): TranslatedRegex {
  return new Translation(source).run()
}

/** A group that is open. The outermost one is the expression itself. */
interface Group {
  /** Flags in force: `(?s)` is spelt out by us, `i` and `m` by JavaScript's modifiers. */
  flags: ReadonlySet<string>
  /** Modifier groups opened for `(?i)`; they end with the alternative and start again in the next. */
  readonly modifiers: string[]
  repeats: boolean
}

class Translation {
  readonly #source: string
  readonly #groups: Group[] = [{ flags: new Set(), modifiers: [], repeats: false }]
  #at = 0
  #output = ''
  #alternatives = false
  #nested = false
  /** Whether the last item was a group with a repetition in it. */
  #lastRepeats = false

  constructor(source: string) {
    this.#source = source
  }

  run(): TranslatedRegex {
    while (this.#at < this.#source.length) this.#item()
    this.#output += ')'.repeat(this.#group.modifiers.length)
    return { source: this.#output, alternatives: this.#alternatives, nested: this.#nested }
  }

  get #group(): Group {
    return this.#groups[this.#groups.length - 1] as Group
  }

  #item(): void {
    const character = this.#source[this.#at] as string
    if (character === '*' || character === '+' || character === '{') return this.#repetition()
    if (character === ')') return this.#close()
    if (character !== '?') this.#lastRepeats = false
    if (character === '\\') return this.#escape()
    if (character === '(') return this.#open()
    if (character === '[') return this.#class()
    if (character === '|') return this.#alternative()
    this.#at++
    if (character === '.') this.#output += this.#group.flags.has('s') ? '[^]' : '[^\\n]'
    else this.#output += character === ']' || character === '}' ? `\\${character}` : character
  }

  #repetition(): void {
    const text = REPETITION.exec(this.#source.slice(this.#at))?.[0]
    if (text === undefined) throw new Error('a literal { must be written \\{')
    this.#at += text.length
    this.#output += text
    if (EXACT.test(text)) return
    this.#nested ||= this.#lastRepeats
    this.#group.repeats = true
  }

  #close(): void {
    if (this.#groups.length === 1) throw new Error('unopened group')
    const group = this.#groups.pop() as Group
    this.#at++
    this.#output += ')'.repeat(group.modifiers.length + 1)
    this.#lastRepeats = group.repeats
    this.#group.repeats ||= group.repeats
  }

  #escape(): void {
    const rest = this.#source.slice(this.#at)
    const character = rest[1]
    if (character === undefined) throw new Error('a backslash at the end')
    const special = ESCAPES.find(([pattern]) => pattern.test(rest))
    if (special !== undefined) {
      const text = special[0].exec(rest)?.[0] as string
      this.#output += text.replace(...special)
      this.#at += text.length
      return
    }
    if (/[0-9k]/.test(character)) throw new Error('back-references are not supported')
    this.#at += 2
    const isPlain = PUNCTUATION.has(character) && !JS_SYNTAX.has(character)
    this.#output += isPlain ? character : `\\${character}`
  }

  #open(): void {
    const rest = this.#source.slice(this.#at)
    if (!rest.startsWith('(?')) return this.#enter('(', 1, this.#group.flags)
    if (LOOK_AROUND.test(rest)) throw new Error('look-around is not supported')
    const named = NAMED.exec(rest)
    if (named !== null) return this.#enter(`(?<${named[1]}>`, named[0].length, this.#group.flags)
    const flags = FLAGS.exec(rest)
    if (flags === null) throw new Error('this kind of group is not supported')
    const [text, on = '', off = '', end] = flags
    const [modifier, inForce] = this.#modifier(on, off)
    if (end === ':') return this.#enter(modifier, text.length, inForce)
    this.#at += text.length
    this.#group.flags = inForce
    this.#group.modifiers.push(modifier)
    this.#output += modifier
  }

  #enter(output: string, length: number, flags: ReadonlySet<string>): void {
    this.#groups.push({ flags, modifiers: [], repeats: false })
    this.#output += output
    this.#at += length
  }

  #modifier(on: string, off: string): [string, ReadonlySet<string>] {
    const unknown = [...on, ...off].find((flag) => !'imsu'.includes(flag))
    if (unknown !== undefined) throw new Error(`flag ${JSON.stringify(unknown)} is not supported`)
    const inForce = new Set([...this.#group.flags, ...on])
    for (const flag of off) inForce.delete(flag)
    const added = ['i', 'm'].filter((flag) => on.includes(flag)).join('')
    const removed = ['i', 'm'].filter((flag) => off.includes(flag)).join('')
    return [`(?${added}${removed === '' ? '' : `-${removed}`}:`, inForce]
  }

  #class(): void {
    const { text, length } = translateClass(this.#source.slice(this.#at))
    this.#output += text
    this.#at += length
  }

  #alternative(): void {
    if (this.#groups.length === 1) this.#alternatives = true
    const { modifiers } = this.#group
    this.#output += `${')'.repeat(modifiers.length)}|${modifiers.join('')}`
    this.#at++
  }
}

const REPETITION = /^(?:[*+]|\{\d+(?:,\d*)?\})/
const EXACT = /^\{(\d+)(?:,\1)?\}$/
const LOOK_AROUND = /^\(\?<?[=!]/
const NAMED = /^\(\?P?<([^>]*)>/
const FLAGS = /^\(\?([a-zA-Z]*)(?:-([a-zA-Z]+))?([:)])/

const JS_SYNTAX: ReadonlySet<string> = new Set('^$\\.*+?()[]{}|/')

/** What is written differently in JavaScript. `\A` and `\z` are the ends whatever `(?m)` says. */
const ESCAPES: readonly (readonly [RegExp, string])[] = [
  [/^\\A/, '(?-m:^)'],
  [/^\\z/, '(?-m:$$)'],
  [/^\\a/, '\\x07'],
  [/^\\([pP])([A-Z])/, '\\$1{$2}'],
  [/^\\[pP]\{[^}]*\}/, '$&'],
  [/^\\[xu]\{([0-9a-fA-F]+)\}/, '\\u{$1}'],
]
