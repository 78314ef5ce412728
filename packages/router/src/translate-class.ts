import { PUNCTUATION } from './literal-prefix.ts'

/**
 * Rewrites a character class from the syntax of Rust's regex crate into JavaScript's, flag `u`.
 *
 * Throws an Error with the reason for nested classes and set operations, which have no counterpart.
 *
 * @param source begins with the `[` of the class
 */
export function translateClass(source: string): { text: string; length: number } {
  const open = source.startsWith('[^') ? '[^' : '['
  let text = open
  let at = open.length
  while (at < source.length) {
    const rest = source.slice(at)
    if (rest.startsWith(']') && at > open.length) return { text: `${text}]`, length: at + 1 }
    const item = nextItem(rest, isSet(text))
    text += item.text
    at += item.length
  }
  throw new Error('unclosed character class')
}

function nextItem(rest: string, afterSet: boolean): { text: string; length: number } {
  if (SET_OPERATION.test(rest)) throw new Error('set operations are not supported')
  const posix = POSIX.exec(rest)
  if (posix !== null) return { text: posixRange(posix[1] as string), length: posix[0].length }
  const character = rest[0] as string
  if (character === '[') throw new Error('a literal [ in a character class must be written \\[')
  if (character === ']') return { text: '\\]', length: 1 }
  // `[\w-.]`: next to a set the hyphen can only be itself, and JavaScript wants it escaped.
  if (character === '-' && (afterSet || SET.test(rest.slice(1)))) return { text: '\\-', length: 1 }
  return character === '\\' ? escaped(rest) : { text: character, length: 1 }
}

function escaped(rest: string): { text: string; length: number } {
  const property = /^\\([pP])([A-Z])/.exec(rest)
  if (property !== null) return { text: `\\${property[1]}{${property[2]}}`, length: 3 }
  const braced = /^\\([pPxu])\{([^}]*)\}/.exec(rest)
  if (braced !== null) {
    const letter = braced[1] === 'x' ? 'u' : braced[1]
    return { text: `\\${letter}{${braced[2]}}`, length: braced[0].length }
  }
  const character = rest[1] ?? ''
  if (!PUNCTUATION.has(character)) return { text: `\\${character}`, length: 2 }
  return { text: KEEPS_BACKSLASH.has(character) ? `\\${character}` : character, length: 2 }
}

function posixRange(name: string): string {
  const range = POSIX_RANGES.get(name)
  if (range === undefined) throw new Error(`there is no class [:${name}:]`)
  return range
}

function isSet(text: string): boolean {
  return /\\(?:[dDwWsS]|[pP]\{[^}]*\})$/.test(text)
}

const SET = /^(?:\\[dDwWsSpP]|\[:)/
const SET_OPERATION = /^(?:&&|~~|--)/
const POSIX = /^\[:([a-z^]+):\]/
const KEEPS_BACKSLASH: ReadonlySet<string> = new Set('^$\\.*+?()[]{}|/-')

const POSIX_RANGES: ReadonlyMap<string, string> = new Map([
  ['alnum', '0-9A-Za-z'],
  ['alpha', 'A-Za-z'],
  ['ascii', '\\x00-\\x7f'],
  ['blank', '\\t '],
  ['cntrl', '\\x00-\\x1f\\x7f'],
  ['digit', '0-9'],
  ['graph', '!-~'],
  ['lower', 'a-z'],
  ['print', ' -~'],
  ['punct', '!-\\/:-@\\[-`\\{-~'],
  ['space', '\\t\\n\\v\\f\\r '],
  ['upper', 'A-Z'],
  ['word', '0-9A-Za-z_'],
  ['xdigit', '0-9A-Fa-f'],
])
