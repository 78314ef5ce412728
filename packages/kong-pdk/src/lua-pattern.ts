/** Classes of Lua patterns, for ASCII, as they stand between the brackets of a set. */
const CLASSES: Readonly<Record<string, string>> = {
  a: 'A-Za-z',
  c: '\\x00-\\x1f\\x7f',
  d: '0-9',
  g: '\\x21-\\x7e',
  l: 'a-z',
  p: '\\x21-\\x2f\\x3a-\\x40\\x5b-\\x60\\x7b-\\x7e',
  s: '\\x09-\\x0d\\x20',
  u: 'A-Z',
  w: '0-9A-Za-z',
  x: '0-9A-Fa-f',
}

/**
 * Writes a Lua pattern as a JavaScript regular expression (flag `u`): Kong's schemas have the one,
 * ours the other.
 *
 * @throws Error for `%b` and `%f`, which no regular expression can say as briefly, and for what is
 *   no pattern
 */
export function regexOfLuaPattern(pattern: string): string {
  const tokens = [...pattern]
  let regex = ''
  // Lua: only a single character or class can be repeated, not a group.
  let canRepeat = false
  for (let at = 0; at < tokens.length; ) {
    const token = tokens[at] as string
    const quantifier: string | undefined = canRepeat ? QUANTIFIERS.get(token) : undefined
    const [text, length]: Item = quantifier === undefined ? itemAt(tokens, at) : [quantifier, 1]
    canRepeat = quantifier === undefined && !NOT_REPEATED.has(text)
    regex += text
    at += length
  }
  new RegExp(regex, 'u')
  return regex
}

const QUANTIFIERS: ReadonlyMap<string, string> = new Map([
  ['*', '*'],
  ['+', '+'],
  ['?', '?'],
  ['-', '*?'],
])
const NOT_REPEATED: ReadonlySet<string> = new Set(['(', ')', '^', '$'])

type Item = readonly [regex: string, length: number]

function itemAt(tokens: readonly string[], at: number): Item {
  const token = tokens[at] as string
  if (token === '%') return escapeAt(tokens, at)
  if (token === '[') return setAt(tokens, at)
  if (token === '.') return ['[^]', 1]
  if (token === '(' || token === ')') return [token, 1]
  // Lua: `^` and `$` anchor at the very ends of a pattern only.
  if (token === '^' && at === 0) return ['^', 1]
  if (token === '$' && at === tokens.length - 1) return ['$', 1]
  return [literal(token), 1]
}

function escapeAt(tokens: readonly string[], at: number): Item {
  const letter = tokens[at + 1]
  if (letter === undefined) throw new Error('malformed pattern (ends with "%")')
  if (letter === 'b' || letter === 'f') throw new Error(`%${letter} is not supported`)
  if (/[1-9]/.test(letter)) return [`(?:\\${letter})`, 2]
  const set = CLASSES[letter.toLowerCase()]
  if (set === undefined) return [literal(letter), 2]
  return [letter === letter.toLowerCase() ? `[${set}]` : `[^${set}]`, 2]
}

function setAt(tokens: readonly string[], start: number): Item {
  const isComplement = tokens[start + 1] === '^'
  const first = start + (isComplement ? 2 : 1)
  const parts: string[] = []
  let at = first
  // A bracket in the first place stands for itself.
  for (; at === first || tokens[at] !== ']'; at++) {
    const token = tokens[at]
    if (token === undefined) throw new Error('malformed pattern (missing "]")')
    if (token === '%') parts.push(setEscape(tokens[++at]))
    else if (isRange(tokens, at)) {
      parts.push(`${literal(token)}-${literal(tokens[at + 2] as string)}`)
      at += 2
    } else parts.push(literal(token))
  }
  return [`[${isComplement ? '^' : ''}${parts.join('')}]`, at + 1 - start]
}

function isRange(tokens: readonly string[], at: number): boolean {
  return tokens[at + 1] === '-' && tokens[at + 2] !== undefined && tokens[at + 2] !== ']'
}

function setEscape(letter: string | undefined): string {
  if (letter === undefined) throw new Error('malformed pattern (ends with "%")')
  const set = CLASSES[letter.toLowerCase()]
  if (set === undefined) return literal(letter)
  if (letter === letter.toLowerCase()) return set
  throw new Error(`%${letter} within [] is not supported`)
}

/** Escaped where the flag `u` allows it and a regular expression would take it for something else. */
function literal(token: string): string {
  return /[\\^$.*+?()[\]{}|/-]/.test(token) ? `\\x${hex(token)}` : token
}

function hex(token: string): string {
  return token.charCodeAt(0).toString(16).padStart(2, '0')
}
