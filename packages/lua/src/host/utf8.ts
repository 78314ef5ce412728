import { Buffer } from 'node:buffer'

/** UTF-16 to Lua bytes: one character of the answer is one byte of UTF-8. */
export function encodeUtf8(text: string): string {
  if (isAscii(text)) return text
  return Buffer.from(text, 'utf8').toString('latin1')
}

/** The same for names of fields: hosts have the same few again and again. */
export function encodeName(name: string): string {
  const known = knownNames.get(name)
  if (known !== undefined) return known
  const bytes = encodeUtf8(name)
  if (knownNames.size < MAX_NAMES && name.length <= MAX_NAME_LENGTH) knownNames.set(name, bytes)
  return bytes
}

/** Bounded: a body can have any names. */
const knownNames = new Map<string, string>()
const MAX_NAMES = 500
const MAX_NAME_LENGTH = 64

const decoder = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true })

/** Lua bytes to UTF-16, or nothing when they are not UTF-8. */
export function decodeUtf8(bytes: string): string | undefined {
  if (isAscii(bytes)) return bytes
  try {
    return decoder.decode(Buffer.from(bytes, 'latin1'))
  } catch {
    // Told by the type of the answer; the reason adds nothing.
    return undefined
  }
}

/** Lua bytes to UTF-16 for messages, with U+FFFD for what is not UTF-8. */
export function decodeLossy(bytes: string): string {
  return isAscii(bytes) ? bytes : Buffer.from(bytes, 'latin1').toString('utf8')
}

/** The engine counts sixteen at a time, in 22 ns for any short string; a loop takes 1.7 ns a character. */
export function isAscii(text: string): boolean {
  if (text.length > 12) return Buffer.byteLength(text) === text.length
  for (let i = 0; i < text.length; i++) if (text.charCodeAt(i) > 127) return false
  return true
}
