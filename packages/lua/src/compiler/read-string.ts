import { encodeUtf8 } from '../host/utf8.ts'
import { isDigit, type Lexer } from './lexer.ts'

/** Reads a string in quotes; the lexer stands on the opening quote. */
export function readString(lexer: Lexer): string {
  const { source } = lexer
  const start = lexer.position
  const quote = source.charCodeAt(start)
  let text = ''
  let from = ++lexer.position
  for (;;) {
    const code = source.charCodeAt(lexer.position)
    if (code === quote) break
    if (code === 92) {
      text += source.slice(from, lexer.position) + readEscape(lexer, start)
      from = lexer.position
    } else if (code === 10 || code === 13) {
      throw lexer.errorInside('unfinished string', start)
    } else if (Number.isNaN(code)) {
      throw unfinished(lexer, 'string')
    } else {
      lexer.position++
    }
  }
  text += source.slice(from, lexer.position)
  lexer.position++
  return text
}

const ESCAPES: Readonly<Record<string, string>> = {
  a: '\x07',
  b: '\b',
  f: '\f',
  n: '\n',
  r: '\r',
  t: '\t',
  v: '\v',
}

// \x41, \z and \u{20ac} are not Lua 5.1. LuaJIT has them, and Kong's users write for LuaJIT.
function readEscape(lexer: Lexer, start: number): string {
  const { source } = lexer
  const at = ++lexer.position
  const code = source.charCodeAt(at)
  if (code === 10 || code === 13) {
    lexer.newLine()
    return '\n'
  }
  if (isDigit(code)) return readDecimal(lexer, start)
  const letter = source.charAt(at)
  lexer.position++
  if (letter === 'x') return readHex(lexer, at, start)
  if (letter === 'u' && source[at + 1] === '{') return readCodePoint(lexer, at, start)
  if (letter === 'z') return skipSpace(lexer)
  return ESCAPES[letter] ?? letter
}

function readDecimal(lexer: Lexer, start: number): string {
  const { source } = lexer
  let value = 0
  for (let i = 0; i < 3 && isDigit(source.charCodeAt(lexer.position)); i++) {
    value = value * 10 + source.charCodeAt(lexer.position++) - 48
  }
  if (value > 255) {
    lexer.position = lexer.source.lastIndexOf('\\', lexer.position)
    throw lexer.errorInside('escape sequence too large', start)
  }
  return String.fromCharCode(value)
}

function readHex(lexer: Lexer, at: number, start: number): string {
  const digits = lexer.source.slice(at + 1, at + 3)
  if (!/^[0-9a-fA-F]{2}$/.test(digits)) throw lexer.errorInside('invalid escape sequence', start)
  lexer.position = at + 3
  return String.fromCharCode(Number.parseInt(digits, 16))
}

function readCodePoint(lexer: Lexer, at: number, start: number): string {
  const digits = /^[0-9a-fA-F]{1,6}(?=\})/.exec(lexer.source.slice(at + 2, at + 9))?.[0]
  const value = Number.parseInt(digits ?? '', 16)
  if (digits === undefined || value > 0x10ffff) {
    throw lexer.errorInside('invalid escape sequence', start)
  }
  lexer.position = at + 3 + digits.length
  return encodeUtf8(String.fromCodePoint(value))
}

function skipSpace(lexer: Lexer): string {
  for (;;) {
    const code = lexer.source.charCodeAt(lexer.position)
    if (code === 10 || code === 13) lexer.newLine()
    else if (code === 32 || (code >= 9 && code <= 12)) lexer.position++
    else return ''
  }
}

/** Reads `[[…]]` or `[==[…]==]`; answers nothing when no long bracket opens here. */
export function readLongString(lexer: Lexer, what: 'string' | 'comment'): string | undefined {
  const { source } = lexer
  let at = lexer.position + 1
  while (source.charCodeAt(at) === 61) at++
  if (source.charCodeAt(at) !== 91) return undefined
  const closing = `]${source.slice(lexer.position + 1, at)}]`
  const end = source.indexOf(closing, at + 1)
  lexer.position = at + 1
  const text = takeLines(lexer, end < 0 ? source.length : end)
  if (end < 0) throw unfinished(lexer, `long ${what}`)
  lexer.position = end + closing.length
  return text
}

/** Any of CR, LF, CRLF, LFCR is one newline in the text; a first one does not count. */
function takeLines(lexer: Lexer, end: number): string {
  const { source } = lexer
  let text = ''
  let from = lexer.position
  const first = from
  while (lexer.position < end) {
    const code = source.charCodeAt(lexer.position)
    if (code !== 10 && code !== 13) {
      lexer.position++
      continue
    }
    const isFirst = lexer.position === first
    text += source.slice(from, lexer.position) + (isFirst ? '' : '\n')
    lexer.newLine()
    from = lexer.position
  }
  return text + source.slice(from, end)
}

function unfinished(lexer: Lexer, what: string): Error {
  lexer.position = lexer.source.length
  lexer.token = {
    type: 'eof',
    text: '',
    number: 0,
    line: lexer.line,
    column: lexer.position - lexer.lineStart + 1,
    start: lexer.position,
    end: lexer.position,
  }
  return lexer.errorNear(`unfinished ${what}`)
}
