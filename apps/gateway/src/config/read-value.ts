import { isIP } from 'node:net'
import { availableParallelism } from 'node:os'
import { resolve } from 'node:path'
import type { ConfigKey } from './config-keys.ts'
import { parseListen } from './parse-listen.ts'

/** The value, or what the key wants instead and at which character of the text. */
export type ReadValue =
  | { readonly ok: true; readonly value: unknown }
  | { readonly ok: false; readonly expected: string; readonly offset: number }

/**
 * Makes the value of a key from its text.
 *
 * An empty text is an empty list for a list, nothing for a key without default, and otherwise the
 * default. A secret may not be empty: a variable that failed to expand must not open a door.
 *
 * @param folder relative paths start here
 */
export function readValue(key: ConfigKey, text: string, folder: string): ReadValue {
  const given = text.trim()
  if (given === '' && key.secret === true) return refuse('a value, or the key left out')
  if (given.startsWith('{vault://'))
    return refuse('a value; references to vaults are not supported')
  if (given !== '') return readText(key, given, folder)
  if (isList(key)) return accept([])
  return key.default === null ? accept(null) : readText(key, key.default, folder)
}

/** The value of a key that nobody set. */
export function defaultValue(key: ConfigKey, folder: string): unknown {
  if (key.default === null) return isList(key) ? [] : null
  const read = readText(key, key.default, folder)
  return read.ok ? read.value : null
}

function isList({ type }: ConfigKey): boolean {
  return type === 'list' || type === 'addresses' || type === 'header tokens'
}

function readText(key: ConfigKey, text: string, folder: string): ReadValue {
  switch (key.type) {
    case 'string':
      return accept(text)
    case 'path':
      return accept(resolve(folder, text))
    case 'boolean':
      return readBoolean(text)
    case 'list':
      return accept(text === 'off' ? [] : splitList(text).map(({ item }) => item))
    case 'listen':
      return readListen(text)
    case 'size':
      return readSize(text)
    case 'integer':
      return readInteger(key, text)
    case 'number':
      return readNumber(key, text)
    case 'duration':
      return readDuration(key, text)
    case 'enum':
      return key.values.includes(text) ? accept(text) : refuse(oneOf(key.values))
    case 'addresses':
      return readItems(
        text,
        isAddress,
        'addresses or CIDR blocks, IPv4 or IPv6, with commas between them',
      )
    case 'header tokens':
      return text === 'off' ? accept([]) : readItems(text, isHeaderToken, oneOf(HEADER_TOKENS))
  }
}

function readBoolean(text: string): ReadValue {
  if (text === 'on' || text === 'true') return accept(true)
  return text === 'off' || text === 'false' ? accept(false) : refuse('on or off')
}

function readListen(text: string): ReadValue {
  const parsed = parseListen(text)
  if (!parsed.ok) return parsed
  const flag = NOT_YET_FLAGS.find((one) => parsed.entries.some((entry) => entry[one]))
  if (flag !== undefined)
    return refuse(`addresses without ${flag}, which this version does not speak`)
  return accept(parsed.entries)
}

/** A client that was told of these would not be served. */
const NOT_YET_FLAGS = ['http2', 'proxy_protocol'] as const

const UNIT_BYTES = new Map([
  ['', 1],
  ['k', 1024],
  ['m', 1024 ** 2],
  ['g', 1024 ** 3],
])

/** nginx's notation: a whole number, and k, m or g for powers of 1024. */
function readSize(text: string): ReadValue {
  const match = /^(\d{1,12})([kmg]?)$/i.exec(text)
  const bytes = Number(match?.[1]) * (UNIT_BYTES.get(match?.[2]?.toLowerCase() ?? '') as number)
  return Number.isSafeInteger(bytes)
    ? accept(bytes)
    : refuse('a number of bytes, such as 0, 8k or 10m')
}

function readInteger(key: ConfigKey & { readonly type: 'integer' }, text: string): ReadValue {
  if (key.auto === true && text === 'auto') return accept(availableParallelism())
  const value = /^\d{1,15}$/.test(text) ? Number(text) : -1
  if (value >= key.min && value <= key.max) return accept(value)
  return refuse(
    `a whole number from ${key.min} to ${key.max}${key.auto === true ? ', or auto' : ''}`,
  )
}

function readNumber(key: ConfigKey & { readonly type: 'number' }, text: string): ReadValue {
  const value = /^\d{1,15}(\.\d{1,6})?$/.test(text) ? Number(text) : -1
  if (value >= key.min && value <= key.max) return accept(value)
  return refuse(`a number from ${key.min} to ${key.max}`)
}

const UNIT_MS = new Map([
  ['', 1000],
  ['ms', 1],
  ['s', 1000],
  ['m', 60_000],
  ['h', 3_600_000],
  ['d', 86_400_000],
])

/** nginx's notation: whole numbers, in seconds unless a unit follows. */
function readDuration(key: ConfigKey & { readonly type: 'duration' }, text: string): ReadValue {
  const match = /^(\d{1,12})(ms|[smhd]?)$/i.exec(text)
  const ms = Number(match?.[1]) * (UNIT_MS.get(match?.[2]?.toLowerCase() ?? '') as number)
  if (ms >= key.min && ms <= key.max) return accept(ms)
  return refuse(`a time from ${key.min} ms to ${key.max} ms, such as 30, 30s or 500ms`)
}

function readItems(text: string, isValid: (item: string) => boolean, expected: string): ReadValue {
  const items = splitList(text)
  const bad = items.find(({ item }) => !isValid(item))
  if (bad !== undefined) return { ok: false, expected, offset: bad.offset }
  return accept(items.map(({ item }) => item))
}

/** The items between the commas, and at which character of the text they begin; empty ones are left out. */
export function splitList(text: string): { readonly item: string; readonly offset: number }[] {
  return [...text.matchAll(/[^,]+/g)]
    .map((match) => ({ item: match[0].trim(), offset: match.index + leadingSpace(match[0]) }))
    .filter(({ item }) => item !== '')
}

function leadingSpace(text: string): number {
  return text.length - text.trimStart().length
}

/** Kong's `unix:` means connections over a UNIX socket. */
function isAddress(item: string): boolean {
  if (item === 'unix:') return true
  const [address = '', bits, ...more] = item.split('/')
  const version = isIP(address)
  if (version === 0 || more.length > 0) return false
  if (bits === undefined) return true
  return /^\d{1,3}$/.test(bits) && Number(bits) <= (version === 4 ? 32 : 128)
}

const HEADER_TOKENS = [
  'server_tokens',
  'latency_tokens',
  'Server',
  'Via',
  'X-Kong-Proxy-Latency',
  'X-Kong-Response-Latency',
  'X-Kong-Upstream-Latency',
  'X-Kong-Admin-Latency',
  'X-Kong-Upstream-Status',
  'X-Kong-Request-Id',
  'off',
]
const LOWER_HEADER_TOKENS = new Set(HEADER_TOKENS.map((token) => token.toLowerCase()))

function isHeaderToken(item: string): boolean {
  return LOWER_HEADER_TOKENS.has(item.toLowerCase())
}

function oneOf(values: readonly string[]): string {
  return `one of ${values.join(', ')}`
}

function accept(value: unknown): ReadValue {
  return { ok: true, value }
}

function refuse(expected: string): ReadValue {
  return { ok: false, expected, offset: 0 }
}
