import { createHash, createHmac } from 'node:crypto'
import { crc32 } from 'node:zlib'
import { type HostFunction, type HostValue, multi } from '@postern/lua'
import { NIL } from './lua-value.ts'

/** What `ngx` has to encode, decode and digest. Texts come and go as bytes. */
export const ngxEncodings: Readonly<Record<string, HostFunction>> = {
  encode_base64: (text, noPadding) => {
    const encoded = bytesOf(text).toString('base64')
    return noPadding === true ? encoded.replace(/=+$/, '') : encoded
  },
  decode_base64: (text) => {
    const encoded = bytesOf(text).toString('latin1')
    return /^[A-Za-z0-9+/]*={0,2}$/.test(encoded) ? Buffer.from(encoded, 'base64') : NIL
  },
  escape_uri: (text) => escapeUri(text),
  unescape_uri: (text) => unescapeUri(bytesOf(text).toString('latin1')),
  encode_args: (args) => encodeArgs(args),
  decode_args: (text, max) => decodeArgs(bytesOf(text).toString('latin1'), max),
  md5: (text) => digest('md5', text).toString('hex'),
  md5_bin: (text) => digest('md5', text),
  sha1_bin: (text) => digest('sha1', text),
  hmac_sha1: (key, text) => createHmac('sha1', bytesOf(key)).update(bytesOf(text)).digest(),
  crc32_short: (text) => crc32(bytesOf(text)),
  crc32_long: (text) => crc32(bytesOf(text)),
  quote_sql_str: (text) => quoteSql(bytesOf(text).toString('latin1')),
}

function digest(algorithm: 'md5' | 'sha1', text: HostValue): Buffer {
  return createHash(algorithm).update(bytesOf(text)).digest()
}

function bytesOf(value: HostValue): Buffer {
  if (value instanceof Uint8Array) return Buffer.from(value)
  if (typeof value === 'string') return Buffer.from(value, 'utf8')
  if (typeof value === 'number' || typeof value === 'boolean') return Buffer.from(String(value))
  if (value === undefined || value === null) return Buffer.alloc(0)
  throw new Error('bad argument #1 (string expected)')
}

/** For each byte what it is in a URI: itself for letters, digits and `-_.~`. */
const IN_URI: readonly string[] = Array.from({ length: 256 }, (_, byte) => {
  const character = String.fromCharCode(byte)
  if (/[A-Za-z0-9\-_.~]/.test(character)) return character
  return `%${byte.toString(16).toUpperCase().padStart(2, '0')}`
})

function escapeUri(value: HostValue): string {
  let escaped = ''
  for (const byte of bytesOf(value)) escaped += IN_URI[byte] as string
  return escaped
}

const PERCENT = 0x25
const PLUS = 0x2b
const SPACE = 0x20

/** Byte by byte, because what comes out need not be UTF-8. */
function unescapeUri(bytes: string): Buffer {
  const given = Buffer.from(bytes, 'latin1')
  const out = Buffer.alloc(given.length)
  let length = 0
  for (let i = 0; i < given.length; i++) {
    const byte = given[i] as number
    const code = byte === PERCENT ? twoDigits(given, i + 1) : -1
    if (code >= 0) i += 2
    out[length++] = code >= 0 ? code : byte === PLUS ? SPACE : byte
  }
  return out.subarray(0, length)
}

function twoDigits(bytes: Buffer, at: number): number {
  const high = digitOf(bytes[at])
  const low = digitOf(bytes[at + 1])
  return high < 0 || low < 0 ? -1 : high * 16 + low
}

/** The value of a hexadecimal digit, or -1. */
function digitOf(byte: number | undefined): number {
  if (byte === undefined) return -1
  if (byte >= 0x30 && byte <= 0x39) return byte - 0x30
  const letter = byte | 0x20
  return letter >= 0x61 && letter <= 0x66 ? letter - 0x57 : -1
}

/** `a=1&b&b=2`: a list repeats its name, true is a name alone, false and empty lists are left out. */
function encodeArgs(args: HostValue): string {
  if (typeof args !== 'object' || args === null || args instanceof Uint8Array) {
    throw new Error('bad argument #1 (table expected)')
  }
  const pieces: string[] = []
  for (const [name, value] of Object.entries(args) as [string, HostValue][]) {
    const values = Array.isArray(value) ? (value as readonly HostValue[]) : [value]
    for (const one of values) {
      if (one === false || one === undefined) continue
      if (typeof one === 'object' && !(one instanceof Uint8Array)) {
        throw new Error(`attempt to use ${one === null ? 'userdata' : 'table'} as query arg value`)
      }
      const escaped = escapeUri(name)
      pieces.push(one === true ? escaped : `${escaped}=${escapeUri(one)}`)
    }
  }
  return pieces.join('&')
}

/** Names and values of a query, at most 100 unless told otherwise; 0 stands for no limit. */
const DEFAULT_ARGS = 100

function decodeArgs(text: string, max: HostValue): ReturnType<HostFunction> {
  const most = typeof max === 'number' ? max : DEFAULT_ARGS
  const pieces = text.split('&').filter((piece) => piece !== '' && piece !== '=')
  const isCut = most > 0 && pieces.length > most
  const args = new Map<string, HostValue | HostValue[]>()
  for (const piece of isCut ? pieces.slice(0, most) : pieces) {
    const equals = piece.indexOf('=')
    const name = unescapeUri(equals < 0 ? piece : piece.slice(0, equals)).toString('utf8')
    if (name === '') continue
    const value = equals < 0 ? true : unescapeUri(piece.slice(equals + 1))
    const before = args.get(name)
    if (Array.isArray(before)) before.push(value)
    else args.set(name, before === undefined ? value : [before, value])
  }
  return isCut ? multi(args, 'truncated') : args
}

const SQL_ESCAPES: Readonly<Record<string, string>> = {
  '\0': '\\0',
  '\b': '\\b',
  '\n': '\\n',
  '\r': '\\r',
  '\t': '\\t',
  '\x1a': '\\Z',
  '"': '\\"',
  "'": "\\'",
  '\\': '\\\\',
}

/** As MySQL reads it. */
function quoteSql(bytes: string): HostValue {
  const escaped = bytes.replace(/[\0\b\n\r\t\x1a"'\\]/g, (found) => SQL_ESCAPES[found] as string)
  return Buffer.from(`'${escaped}'`, 'latin1')
}
