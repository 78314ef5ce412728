import type { ExitHeaders } from './exit.ts'
import { luaQuoted, luaText, luaType } from './lua-type.ts'
import { pdkErrors } from './errors.ts'

/** What a plugin may give as the value of a header. */
export type HeaderValue = string | number | boolean | readonly string[]

/**
 * Characters that one header may have: the name and the value of each of its lines. Nothing takes a head of this
 * size; what is longer is a mistake that would be kept in memory until it is sent.
 */
const MAX_HEADER_LENGTH = 1024 * 1024

/** Kong words this differently for one header and for a table of headers. */
const ONE_EXPECTED = 'array of string, string, number or boolean'
const TABLE_EXPECTED = 'string, number, boolean or array of strings'

/** @throws POSTERN_PDK_HEADER_NAME_INVALID, POSTERN_PDK_HEADER_VALUE_INVALID */
export function checkHeader(name: unknown, value: unknown): void {
  checkName(name)
  checkValue(name, value, ONE_EXPECTED)
}

/**
 * Checks every entry before any of them is applied.
 *
 * @throws POSTERN_PDK_HEADER_NAME_INVALID, POSTERN_PDK_HEADER_VALUE_INVALID
 */
export function checkHeaders(headers: object): void {
  eachHeader(headers, (name, value) => {
    checkName(name)
    checkValue(name, value, TABLE_EXPECTED)
  })
}

/**
 * Goes over a table of headers. A Map is taken as well, because only a Map can hold a name that is
 * not a string (a Lua table with numbers as keys becomes one).
 */
export function eachHeader(headers: object, visit: (name: unknown, value: unknown) => void): void {
  if (headers instanceof Map) {
    for (const [name, value] of headers as ReadonlyMap<unknown, unknown>) visit(name, value)
  } else if (Array.isArray(headers)) {
    // An array is a table whose keys are numbers: each of them is refused as a name.
    headers.forEach((value: unknown, index) => {
      if (value !== undefined && value !== null) visit(index + 1, value)
    })
  } else {
    for (const name of Object.keys(headers)) visit(name, (headers as Record<string, unknown>)[name])
  }
}

/** The texts that go out for a value: one, or one for each line. */
export function headerTexts(value: unknown): string | string[] {
  if (Array.isArray(value)) return value.map((one: string) => wireValue(one))
  if (value instanceof Uint8Array) return wireValue(Buffer.from(value).toString('latin1'))
  // A table without a sequence is an empty list to Kong, and removes the header.
  return typeof value === 'object' ? [] : wireValue(luaText(value))
}

/** A name as it goes out: `_` becomes `-` where the setting says so, what is no token is escaped. */
export function wireName(name: string, underscores: 'dash' | 'keep'): string {
  const known = KNOWN_NAMES[underscores]
  const kept = known.get(name)
  if (kept !== undefined) return kept
  const wire = makeWireName(name, underscores)
  // Plugins set the same few names over and over; what a client chose must not fill the memory.
  if (known.size < MAX_KNOWN_NAMES && name.length <= MAX_KNOWN_LENGTH) known.set(name, wire)
  return wire
}

const KNOWN_NAMES = { dash: new Map<string, string>(), keep: new Map<string, string>() } as const
const MAX_KNOWN_NAMES = 1000
const MAX_KNOWN_LENGTH = 100

function makeWireName(name: string, underscores: 'dash' | 'keep'): string {
  const dashed = underscores === 'dash' && name.includes('_') ? name.replaceAll('_', '-') : name
  // The server writes this one itself, in its own spelling.
  if (dashed.length === CONTENT_TYPE.length && dashed.toLowerCase() === 'content-type') {
    return CONTENT_TYPE
  }
  return NOT_TOKEN.test(dashed) ? dashed.replace(NOT_TOKENS, percentEncoded) : dashed
}

const CONTENT_TYPE = 'Content-Type'
const NOT_TOKEN = /[^!#$%&'*+.^_`|~0-9A-Za-z-]/
const NOT_TOKENS = /[^!#$%&'*+.^_`|~0-9A-Za-z-]+/g
const CONTROL = /[^\t -~\x80-\uffff]/
const CONTROLS = /[^\t -~\x80-\uffff]+/g
/** What most values are: nothing to escape, encode or trim. */
const PLAIN = /^[!-~](?:[\t -~]*[!-~])?$/
const WIDE = /[^\0-\xff]/

/**
 * A value as it goes out. A line end in it would begin a header of somebody else's choosing, so
 * control characters are escaped, as in Kong. Characters beyond Latin-1 go out as UTF-8.
 */
function wireValue(value: string): string {
  if (PLAIN.test(value)) return value
  const safe = CONTROL.test(value) ? value.replace(CONTROLS, percentEncoded) : value
  const bytes = WIDE.test(safe) ? Buffer.from(safe, 'utf8').toString('latin1') : safe
  return bytes.trim()
}

function percentEncoded(text: string): string {
  return Buffer.from(text, 'utf8').toString('hex').toUpperCase().replace(/../g, '%$&')
}

function checkName(name: unknown): asserts name is string {
  if (typeof name !== 'string') {
    throw pdkErrors.HEADER_NAME_INVALID(
      `invalid header name ${luaQuoted(luaText(name))}: got ${luaType(name)}, expected string`,
    )
  }
  if (name === '') throw pdkErrors.HEADER_NAME_INVALID('invalid header name "": it is empty')
}

function checkValue(name: string, value: unknown, expected: string): void {
  if (typeof value === 'string') return checkLength(name, name.length + value.length)
  if (Array.isArray(value)) return checkElements(name, value)
  if (value instanceof Uint8Array) return checkLength(name, name.length + value.length)
  const type = luaType(value)
  if (type === 'string' || type === 'number' || type === 'boolean' || type === 'table') return
  throw pdkErrors.HEADER_VALUE_INVALID(`for ${luaQuoted(name)}`, type, expected)
}

function checkElements(name: string, values: readonly unknown[]): void {
  let length = 0
  for (const value of values) {
    if (typeof value !== 'string') {
      throw pdkErrors.HEADER_VALUE_INVALID(`in array ${luaQuoted(name)}`, luaType(value), 'string')
    }
    length += name.length + value.length
  }
  checkLength(name, length)
}

function checkLength(name: string, length: number): void {
  if (length <= MAX_HEADER_LENGTH) return
  throw pdkErrors.HEADER_VALUE_INVALID(
    `for ${luaQuoted(name.slice(0, SHOWN_NAME_LENGTH))}`,
    `${length} characters`,
    `at most ${MAX_HEADER_LENGTH}`,
  )
}

const SHOWN_NAME_LENGTH = 100

/** Whether a table of headers names one of these, in any capitals and with `_` for `-`. */
export function namesHeader(headers: ExitHeaders | undefined, lowerName: string): boolean {
  if (headers === undefined) return false
  return Object.keys(headers).some((name) => isHeader(name, lowerName))
}

/** Whether a name given by a plugin means this header. */
export function isHeader(name: string, lowerName: string): boolean {
  if (name.length !== lowerName.length) return false
  const lower = name.toLowerCase()
  return lower === lowerName || lower.replaceAll('_', '-') === lowerName
}
