import { encodeUtf8 } from '../host/utf8.ts'
import { isDigit, type SourceReader } from './source-reader.ts'

/** Reads a string in quotes; the reader stands on the opening quote. */
export function readString(reader: SourceReader): string {
  const { source } = reader
  const start = reader.position
  const quote = source.charCodeAt(start)
  let text = ''
  let from = ++reader.position
  for (;;) {
    const code = source.charCodeAt(reader.position)
    if (code === quote) break
    if (code === 92) {
      text += source.slice(from, reader.position) + readEscape(reader, start)
      from = reader.position
    } else if (code === 10 || code === 13) {
      throw reader.errorInside('unfinished string', start)
    } else if (Number.isNaN(code)) {
      throw reader.unfinished('string')
    } else {
      reader.position++
    }
  }
  text += source.slice(from, reader.position)
  reader.position++
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
function readEscape(reader: SourceReader, start: number): string {
  const { source } = reader
  const at = ++reader.position
  const code = source.charCodeAt(at)
  if (code === 10 || code === 13) {
    reader.newLine()
    return '\n'
  }
  if (isDigit(code)) return readDecimal(reader, start)
  const letter = source.charAt(at)
  reader.position++
  if (letter === 'x') return readHex(reader, at, start)
  if (letter === 'u' && source[at + 1] === '{') return readCodePoint(reader, at, start)
  if (letter === 'z') return skipSpace(reader)
  return ESCAPES[letter] ?? letter
}

function readDecimal(reader: SourceReader, start: number): string {
  const { source } = reader
  let value = 0
  for (let i = 0; i < 3 && isDigit(source.charCodeAt(reader.position)); i++) {
    value = value * 10 + source.charCodeAt(reader.position++) - 48
  }
  if (value > 255) {
    reader.position = reader.source.lastIndexOf('\\', reader.position)
    throw reader.errorInside('escape sequence too large', start)
  }
  return String.fromCharCode(value)
}

function readHex(reader: SourceReader, at: number, start: number): string {
  const digits = reader.source.slice(at + 1, at + 3)
  if (!/^[0-9a-fA-F]{2}$/.test(digits)) throw reader.errorInside('invalid escape sequence', start)
  reader.position = at + 3
  return String.fromCharCode(Number.parseInt(digits, 16))
}

function readCodePoint(reader: SourceReader, at: number, start: number): string {
  const digits = /^[0-9a-fA-F]{1,6}(?=\})/.exec(reader.source.slice(at + 2, at + 9))?.[0]
  const value = Number.parseInt(digits ?? '', 16)
  if (digits === undefined || value > 0x10ffff) {
    throw reader.errorInside('invalid escape sequence', start)
  }
  reader.position = at + 3 + digits.length
  return encodeUtf8(String.fromCodePoint(value))
}

function skipSpace(reader: SourceReader): string {
  for (;;) {
    const code = reader.source.charCodeAt(reader.position)
    if (code === 10 || code === 13) reader.newLine()
    else if (code === 32 || (code >= 9 && code <= 12)) reader.position++
    else return ''
  }
}

/** Reads `[[…]]` or `[==[…]==]`; answers nothing when no long bracket opens here. */
export function readLongString(
  reader: SourceReader,
  what: 'string' | 'comment',
): string | undefined {
  const { source } = reader
  let at = reader.position + 1
  while (source.charCodeAt(at) === 61) at++
  if (source.charCodeAt(at) !== 91) return undefined
  const closing = `]${source.slice(reader.position + 1, at)}]`
  const end = source.indexOf(closing, at + 1)
  reader.position = at + 1
  const text = takeLines(reader, end < 0 ? source.length : end)
  if (end < 0) throw reader.unfinished(`long ${what}`)
  reader.position = end + closing.length
  return text
}

/** Any of CR, LF, CRLF, LFCR is one newline in the text; a first one does not count. */
function takeLines(reader: SourceReader, end: number): string {
  const { source } = reader
  let text = ''
  let from = reader.position
  const first = from
  while (reader.position < end) {
    const code = source.charCodeAt(reader.position)
    if (code !== 10 && code !== 13) {
      reader.position++
      continue
    }
    const isFirst = reader.position === first
    text += source.slice(from, reader.position) + (isFirst ? '' : '\n')
    reader.newLine()
    from = reader.position
  }
  return text + source.slice(from, end)
}
