import type { ExitHeaders } from '@postern/pdk-response'
import { nameFacts } from './exit-headers.ts'

/** Limits of what a function may add; a client's own limits are about these. */
const MAX_NAMES = 200
const MAX_LINES = 1000
const MAX_VALUE_CHARACTERS = 8192

/** CR, LF, NUL and the other control characters but tab: they could end the line. */
// oxlint-disable-next-line no-control-regex
const CONTROL = /[\u0000-\u0008\u000a-\u001f\u007f]/g
const ANY_CONTROL = new RegExp(CONTROL.source)

/**
 * Reads the headers of an answer: a new object that holds strings, numbers, booleans and lists of
 * strings, or the reason why they cannot be sent. A header that is null or undefined is left out,
 * and an empty list stands for no headers, because Lua cannot tell `{}` from a list. Control
 * characters in a value are escaped as `%0D%0A`, as in Kong; a name that is no token is refused.
 */
export function readHeaders(headers: unknown): ExitHeaders | undefined | string {
  if (headers === undefined) return undefined
  if (typeof headers !== 'object' || headers === null) return 'headers must be an object'
  if (Array.isArray(headers)) return headers.length === 0 ? {} : 'headers must have names'
  return readFields(headers as Readonly<Record<string, unknown>>)
}

function readFields(headers: Readonly<Record<string, unknown>>): ExitHeaders | string {
  const names = Object.keys(headers)
  if (names.length > MAX_NAMES) return `more than ${MAX_NAMES} headers`
  const read: Record<string, HeaderValue> = {}
  let lines = 0
  for (const name of names) {
    const value = headers[name]
    if (value === null || value === undefined) continue
    if (!nameFacts(name).isToken) return `${JSON.stringify(name.slice(0, 100))} is no header name`
    lines += Array.isArray(value) ? value.length : 1
    if (lines > MAX_LINES) return `more than ${MAX_LINES} header lines`
    const safe = readValue(value)
    if (safe === undefined) return `header ${JSON.stringify(name)} has a value that cannot be sent`
    if (name !== '__proto__') read[name] = safe
    // Set like the others it would be no data.
    else Object.defineProperty(read, name, { ...DATA, value: safe })
  }
  return read
}

const DATA = { configurable: true, enumerable: true, writable: true }

type HeaderValue = ExitHeaders[string]

function readValue(value: unknown): HeaderValue | undefined {
  if (typeof value === 'string') return readText(value)
  if (typeof value === 'boolean' || Number.isFinite(value)) return value as boolean | number
  if (!Array.isArray(value)) return undefined
  const texts = value.map((one) => (typeof one === 'string' ? readText(one) : undefined))
  return texts.every((text) => text !== undefined) ? texts : undefined
}

function readText(text: string): string | undefined {
  if (text.length > MAX_VALUE_CHARACTERS) return undefined
  return ANY_CONTROL.test(text) ? text.replace(CONTROL, encodeURIComponent) : text
}
