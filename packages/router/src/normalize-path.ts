/**
 * The form of a path in which Routes are compared.
 *
 * Percent triplets of characters that are not reserved are decoded, those of reserved ones get
 * upper-case digits, then dot segments and repeated slashes are removed. Never throws: malformed
 * triplets stay as they are. Bytes are read as UTF-8; a byte that is not UTF-8 becomes a lone
 * surrogate (U+DC80 to U+DCFF), with which no Route matches and from which `upstreamPath` makes
 * the byte again.
 *
 * @param rawPath the path of the request target without its query, one character a byte, as
 *   node:http hands it over
 * @see RFC 3986 6.2.2
 *
 * @example
 * normalizePath('/a/%2e%2e/caf%c3%a9%2f') // '/café%2F'
 */
export function normalizePath(rawPath: string): string {
  if (!SUSPICIOUS.test(rawPath)) return rawPath
  const kind = survey(rawPath)
  if (kind === CLEAN) return rawPath
  const decoded = kind & ENCODED ? decode(rawPath) : rawPath
  return hasDotOrDoubleSlash(decoded) ? removeDotSegments(decoded) : decoded
}

/** Most paths need nothing done, which a regular expression sees faster than a loop. */
const SUSPICIOUS = /[%.\x80-\uffff]|\/\//

const CLEAN = 0
const DOTTED = 1
const ENCODED = 2

/** What there is to do, in one pass over the path. */
function survey(path: string): number {
  let kind = CLEAN
  let previous = 0
  for (let i = 0; i < path.length; i++) {
    const code = path.charCodeAt(i)
    if (code === PERCENT || code > 0x7f) kind |= ENCODED
    else if (code === DOT || (code === SLASH && previous === SLASH)) kind |= DOTTED
    previous = code
  }
  return kind
}

const PERCENT = 0x25
const DOT = 0x2e
const SLASH = 0x2f

const RESERVED: ReadonlySet<number> = new Set(Buffer.from("!*'();:@&=+$,/?%#[]"))

function decode(path: string): string {
  const bytes = Buffer.from(path, isBytes(path) ? 'latin1' : 'utf8')
  let length = 0
  for (let i = 0; i < bytes.length; i++) {
    const byte = bytes[i] as number
    const decoded = byte === PERCENT ? triplet(bytes, i) : -1
    if (decoded < 0) bytes[length++] = byte
    else if (RESERVED.has(decoded)) {
      bytes[length++] = PERCENT
      bytes[length++] = upperHex(bytes[i + 1] as number)
      bytes[length++] = upperHex(bytes[i + 2] as number)
      i += 2
    } else {
      bytes[length++] = decoded
      i += 2
    }
  }
  return decodeUtf8(bytes.subarray(0, length))
}

function isBytes(text: string): boolean {
  for (let i = 0; i < text.length; i++) if (text.charCodeAt(i) > 0xff) return false
  return true
}

/** The byte that a triplet at `at` stands for, or -1 where there is none. */
function triplet(bytes: Uint8Array, at: number): number {
  const high = hexValue(bytes[at + 1])
  const low = hexValue(bytes[at + 2])
  return high < 0 || low < 0 ? -1 : high * 16 + low
}

function hexValue(byte: number | undefined): number {
  if (byte === undefined) return -1
  if (byte >= 0x30 && byte <= 0x39) return byte - 0x30
  const lower = byte | 0x20
  return lower >= 0x61 && lower <= 0x66 ? lower - 0x57 : -1
}

function upperHex(byte: number): number {
  return byte >= 0x61 ? byte - 0x20 : byte
}

function decodeUtf8(bytes: Buffer): string {
  const text = bytes.toString('utf8')
  // The replacement character also stands for itself, so look closer only when it occurs.
  return text.includes('\ufffd') ? decodeBrokenUtf8(bytes) : text
}

/** Keeps each byte that is not part of a character as U+DC00 + byte. */
function decodeBrokenUtf8(bytes: Buffer): string {
  let text = ''
  for (let i = 0; i < bytes.length; ) {
    const length = characterLength(bytes, i)
    text +=
      length === 0
        ? String.fromCharCode(0xdc00 + (bytes[i] as number))
        : bytes.toString('utf8', i, i + length)
    i += length === 0 ? 1 : length
  }
  return text
}

/** Bytes of the well-formed character at `at`, 0 where there is none. */
function characterLength(bytes: Buffer, at: number): number {
  const first = bytes[at] as number
  if (first < 0x80) return 1
  const length = first >= 0xf0 ? 4 : first >= 0xe0 ? 3 : 2
  if (at + length > bytes.length) return 0
  const text = bytes.toString('utf8', at, at + length)
  const isOneCharacter = text.length === (length === 4 ? 2 : 1)
  return isOneCharacter && Buffer.byteLength(text) === length && isExact(bytes, at, text)
    ? length
    : 0
}

function isExact(bytes: Buffer, at: number, text: string): boolean {
  const again = Buffer.from(text)
  return again.equals(bytes.subarray(at, at + again.length))
}

function hasDotOrDoubleSlash(path: string): boolean {
  return path.includes('.') || path.includes('//')
}

/** RFC 3986 5.2.4, and runs of slashes count as one. */
function removeDotSegments(path: string): string {
  const kept: string[] = []
  const segments = path.split('/')
  for (const segment of segments) {
    if (segment === '..') kept.pop()
    else if (segment !== '' && segment !== '.') kept.push(segment)
  }
  const last = segments[segments.length - 1]
  const endsOpen = last === '' || last === '.' || last === '..'
  return kept.length === 0 ? '/' : `/${kept.join('/')}${endsOpen ? '/' : ''}`
}
