import { parseNumber } from '../runtime/parse-number.ts'
import { readLongString, readString } from './read-string.ts'
import { isDigit, SourceReader } from './source-reader.ts'
import { LuaSyntaxError } from './syntax-error.ts'

/** `name`, `number`, `string`, `eof`, or the keyword or symbol itself. */
export interface Token {
  type: string
  /** The text of a name, the bytes of a string. */
  text: string
  number: number
  line: number
  column: number
  start: number
  end: number
}

const KEYWORDS: ReadonlySet<string> = new Set(
  `and break do else elseif end false for function if in local nil not or repeat return then true
  until while`.split(/\s+/),
)

const isNameStart = (code: number): boolean =>
  (code >= 97 && code <= 122) || (code >= 65 && code <= 90) || code === 95
const isNamePart = (code: number): boolean => isNameStart(code) || isDigit(code)

/** Cuts Lua source, one character a byte, into tokens; `next` moves on by one. */
export class Lexer extends SourceReader {
  token: Token
  /** Line of the token before the current one. */
  previousLine = 1
  #ahead: Token | undefined

  constructor(source: string, chunkName: string) {
    super(source, chunkName)
    this.token = this.#read()
  }

  next(): void {
    this.previousLine = this.token.line
    this.token = this.#ahead ?? this.#read()
    this.#ahead = undefined
  }

  peek(): Token {
    this.#ahead ??= this.#read()
    return this.#ahead
  }

  /** An error at the current token, in the words of Lua: `chunk:1: message near 'x'`. */
  errorNear(message: string): LuaSyntaxError {
    const { token } = this
    const text = token.type === 'eof' ? '<eof>' : this.source.slice(token.start, token.end)
    return this.fault(message, text, token.line, token.start)
  }

  /** An error at the current token without its text. */
  error(message: string): LuaSyntaxError {
    const { line, column } = this.token
    return new LuaSyntaxError(this.chunkName, line, column, message)
  }

  #skipLine(): void {
    const { source } = this
    while (this.position < source.length) {
      const code = source.charCodeAt(this.position)
      if (code === 10 || code === 13) return
      this.position++
    }
  }

  #read(): Token {
    const { source } = this
    while (this.position < source.length) {
      const code = source.charCodeAt(this.position)
      if (code === 10 || code === 13) this.newLine()
      else if (code === 32 || (code >= 9 && code <= 12)) this.position++
      else if (code === 45 && source.charCodeAt(this.position + 1) === 45) this.#comment()
      else return this.#readToken(code)
    }
    return this.#make('eof', this.position)
  }

  #comment(): void {
    this.position += 2
    if (this.source[this.position] === '[') {
      const start = this.position
      if (readLongString(this, 'comment') !== undefined) return
      this.position = start
    }
    this.#skipLine()
  }

  #readToken(code: number): Token {
    const start = this.position
    const { line, lineStart } = this
    if (isNameStart(code)) return this.#readName(start)
    const after = this.source.charCodeAt(start + 1)
    if (isDigit(code) || (code === 46 && isDigit(after))) return this.#readNumber(start)
    if (code === 34 || code === 39) return this.#text(readString(this), start, line, lineStart)
    if (code === 91 && (after === 91 || after === 61)) {
      const text = readLongString(this, 'string')
      if (text === undefined) {
        this.position = start + 1
        while (this.source.charCodeAt(this.position) === 61) this.position++
        throw this.errorInside('invalid long string delimiter', start)
      }
      return this.#text(text, start, line, lineStart)
    }
    return this.#readSymbol(start)
  }

  #readName(start: number): Token {
    const { source } = this
    let end = start + 1
    while (isNamePart(source.charCodeAt(end))) end++
    this.position = end
    const text = source.slice(start, end)
    const token = this.#make(KEYWORDS.has(text) ? text : 'name', start)
    token.text = text
    return token
  }

  /** Takes everything that could belong to a number, and then judges the whole. */
  #readNumber(start: number): Token {
    const { source } = this
    let end = start
    for (;;) {
      const code = source.charCodeAt(end)
      const isExponent = code === 69 || code === 101
      const sign = source.charCodeAt(end + 1)
      if (
        isExponent &&
        (sign === 43 || sign === 45) &&
        !/^0[xX]/.test(source.slice(start, start + 2))
      )
        end += 2
      else if (isNamePart(code) || code === 46) end++
      else break
    }
    this.position = end
    const value = parseNumber(source.slice(start, end))
    if (value === undefined) throw this.errorInside('malformed number', start)
    const token = this.#make('number', start)
    token.number = value
    return token
  }

  #readSymbol(start: number): Token {
    const { source } = this
    const three = source.slice(start, start + 3)
    const two = three.slice(0, 2)
    const isPair = two === '==' || two === '~=' || two === '<=' || two === '>=' || two === '::'
    const type = three === '...' ? three : two === '..' || isPair ? two : (source[start] as string)
    this.position = start + type.length
    return this.#make(type, start)
  }

  #make(type: string, start: number): Token {
    const column = start - this.lineStart + 1
    return { type, text: '', number: 0, line: this.line, column, start, end: this.position }
  }

  /** Lua tells the line where a string ends; the column is where it began. */
  #text(text: string, start: number, line: number, lineStart: number): Token {
    const token = this.#make('string', start)
    token.text = text
    token.column = line === this.line ? start - lineStart + 1 : 1
    return token
  }
}
