import { allocate, allocateString, scan, spend } from '../runtime/budget.ts'
import { raise } from '../runtime/position.ts'
import { LuaTable, TABLE_BYTES } from '../runtime/table.ts'
import { JSON_NULL, type LuaValue } from '../runtime/value.ts'
import { encodeUtf8 } from '../host/utf8.ts'
import { parseNumber } from '../runtime/parse-number.ts'
import type { JsonSettings } from './json-settings.ts'

interface Token {
  readonly type: string
  readonly value: LuaValue
  /** Where it stands, from 0. */
  readonly at: number
}

/** JSON text, in bytes, as a Lua value. The messages are lua-cjson's. */
export function decodeJson(text: string, settings: JsonSettings): LuaValue {
  scan(text.length)
  if (text.length >= 2 && (text.charCodeAt(0) === 0 || text.charCodeAt(1) === 0)) {
    throw raise('JSON parser does not support UTF-16 or UTF-32')
  }
  const decoder = new Decoder(text, settings)
  const value = decoder.value(decoder.next(), 0)
  const end = decoder.next()
  if (end.type !== 'T_END') throw decoder.unexpected('the end', end)
  return value
}

const SINGLE: Readonly<Record<string, string>> = {
  '{': 'T_OBJ_BEGIN',
  '}': 'T_OBJ_END',
  '[': 'T_ARR_BEGIN',
  ']': 'T_ARR_END',
  ':': 'T_COLON',
  ',': 'T_COMMA',
}
const NUMBER = /-?(?:0[xX][0-9a-fA-F]+|\d+(?:\.\d*)?(?:[eE][+-]?\d+)?|inf(?:inity)?|nan)/iy
const WORDS: readonly (readonly [string, string, LuaValue])[] = [
  ['true', 'T_BOOLEAN', true],
  ['false', 'T_BOOLEAN', false],
  ['null', 'T_NULL', JSON_NULL],
]

class Decoder {
  readonly #text: string
  readonly #settings: JsonSettings
  #at = 0

  constructor(text: string, settings: JsonSettings) {
    this.#text = text
    this.#settings = settings
  }

  unexpected(expected: string, token: Token): unknown {
    const found = token.type === 'T_ERROR' ? String(token.value) : token.type
    return raise(`Expected ${expected} but found ${found} at character ${token.at + 1}`)
  }

  value(token: Token, depth: number): LuaValue {
    spend(25)
    switch (token.type) {
      case 'T_STRING':
      case 'T_NUMBER':
      case 'T_BOOLEAN':
      case 'T_NULL':
        return token.value
      case 'T_OBJ_BEGIN':
        return this.#object(this.#deeper(depth))
      case 'T_ARR_BEGIN':
        return this.#list(this.#deeper(depth))
      default:
        throw this.unexpected('value', token)
    }
  }

  #deeper(depth: number): number {
    if (depth >= this.#settings.decodeMaxDepth) {
      throw raise(`Found too many nested data structures (${depth + 1})`)
    }
    return depth + 1
  }

  #object(depth: number): LuaTable {
    allocate(TABLE_BYTES)
    const table = new LuaTable([], [])
    let token = this.next()
    if (token.type === 'T_OBJ_END') return table
    for (;;) {
      if (token.type !== 'T_STRING') throw this.unexpected('object key string', token)
      const key = token.value
      token = this.next()
      if (token.type !== 'T_COLON') throw this.unexpected('colon', token)
      table.set(key, this.value(this.next(), depth))
      token = this.next()
      if (token.type === 'T_OBJ_END') return table
      if (token.type !== 'T_COMMA') throw this.unexpected('comma or object end', token)
      token = this.next()
    }
  }

  /** Marked as a list, so that an empty one stays one. */
  #list(depth: number): LuaTable {
    allocate(TABLE_BYTES)
    const table = new LuaTable([], [])
    table.isList = true
    let token = this.next()
    if (token.type === 'T_ARR_END') return table
    for (let i = 1; ; i++) {
      table.setNumber(i, this.value(token, depth))
      token = this.next()
      if (token.type === 'T_ARR_END') return table
      if (token.type !== 'T_COMMA') throw this.unexpected('comma or array end', token)
      token = this.next()
    }
  }

  next(): Token {
    const text = this.#text
    let code = text.charCodeAt(this.#at)
    while (code === 32 || (code >= 9 && code <= 13)) code = text.charCodeAt(++this.#at)
    const at = this.#at
    if (at >= text.length) return { type: 'T_END', value: undefined, at }
    const character = text[at] as string
    const single = SINGLE[character]
    if (single !== undefined) {
      this.#at++
      return { type: single, value: undefined, at }
    }
    return character === '"' ? this.#string(at) : this.#word(at)
  }

  #word(at: number): Token {
    for (const [word, type, value] of WORDS) {
      if (this.#text.startsWith(word, at)) {
        this.#at = at + word.length
        return { type, value, at }
      }
    }
    NUMBER.lastIndex = at
    const found = NUMBER.exec(this.#text)?.[0]
    if (found === undefined) return { type: 'T_ERROR', value: 'invalid token', at }
    this.#at = at + found.length
    return { type: 'T_NUMBER', value: asNumber(found), at }
  }

  #string(at: number): Token {
    const text = this.#text
    let end = at + 1
    let isEscaped = false
    for (; ; end++) {
      const code = text.charCodeAt(end)
      if (code === 34) break
      if (Number.isNaN(code)) return { type: 'T_ERROR', value: 'unexpected end of string', at: end }
      if (code === 92) {
        isEscaped = true
        end++
      }
    }
    this.#at = end + 1
    allocateString(end - at)
    const raw = text.slice(at + 1, end)
    const value = isEscaped ? unescape(raw) : raw
    if (value === undefined) return { type: 'T_ERROR', value: 'invalid escape code', at }
    return { type: 'T_STRING', value, at }
  }
}

function asNumber(text: string): number {
  const plain = parseNumber(text)
  if (plain !== undefined) return plain
  const isNegative = text.startsWith('-')
  const value = /nan/i.test(text) ? Number.NaN : Infinity
  return isNegative ? -value : value
}

const ESCAPES: Readonly<Record<string, string>> = {
  b: '\b',
  f: '\f',
  n: '\n',
  r: '\r',
  t: '\t',
  '"': '"',
  '\\': '\\',
  '/': '/',
}

/** Escapes to bytes: `\u` sequences become UTF-8. Nothing when one of them is none. */
function unescape(raw: string): string | undefined {
  let isBroken = false
  // The engine finds all of them before it asks for the first replacement.
  spend(raw.length >> 2)
  const text = raw.replace(
    /\\(?:u([dD][89abAB][0-9a-fA-F]{2})\\u([dD][c-fC-F][0-9a-fA-F]{2})|u([0-9a-fA-F]{4})|(.|\n)|$)/g,
    (_, high?: string, low?: string, single?: string, letter?: string) => {
      spend(20)
      if (high !== undefined && low !== undefined) {
        return encodeUtf8(String.fromCharCode(Number.parseInt(high, 16), Number.parseInt(low, 16)))
      }
      if (single !== undefined) {
        const code = Number.parseInt(single, 16)
        if (code < 0xd800 || code > 0xdfff) return encodeUtf8(String.fromCharCode(code))
      }
      const escape = letter === undefined ? undefined : ESCAPES[letter]
      if (escape === undefined) isBroken = true
      return escape ?? ''
    },
  )
  return isBroken ? undefined : text
}
