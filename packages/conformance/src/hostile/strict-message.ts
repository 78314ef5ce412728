// HTTP/1.1 messages by the letter of RFC 9112: what a strict reader at the other end makes of them.

/** A field name or a method. */
export const TOKEN: RegExp = /^[!#$%&'*+\-.^_`|~0-9A-Za-z]+$/

/** Names in lower case, with the white space around values taken off. */
export type Fields = readonly (readonly [name: string, value: string])[]

/** The first line and the fields of a message, and where its body begins. */
export interface Head {
  readonly line: string
  readonly fields: Fields
  readonly text: string
  readonly bodyAt: number
}

/** What is wrong with a message. */
export interface Bad {
  readonly bad: string
}

/** The values of all fields of a name. */
export function valuesOf(fields: Fields, name: string): string[] {
  return fields.filter((field) => field[0] === name).map((field) => field[1])
}

/** Reads a head. Undefined: it is not whole yet. */
export function parseHead(bytes: Buffer, start: number): Head | Bad | undefined {
  const end = bytes.indexOf('\r\n\r\n', start)
  if (end < 0)
    return bytes.length - start > MAX_HEAD_BYTES ? { bad: 'head without an end' } : undefined
  const text = bytes.toString('latin1', start, end)
  if (/[\r\n\0]/.test(text.replaceAll('\r\n', ''))) return { bad: 'bare CR, LF or NUL in a head' }
  const [line = '', ...lines] = text.split('\r\n')
  const fields: [string, string][] = []
  for (const one of lines) {
    if (/^[ \t]/.test(one)) return { bad: 'obs-fold' }
    const colon = one.indexOf(':')
    const name = one.slice(0, Math.max(0, colon))
    if (!TOKEN.test(name)) return { bad: `field ${JSON.stringify(one.slice(0, 80))}` }
    fields.push([name.toLowerCase(), one.slice(colon + 1).replace(/^[ \t]+|[ \t]+$/g, '')])
  }
  return { line, fields, text, bodyAt: end + 4 }
}

const MAX_HEAD_BYTES = 2 * 1024 * 1024

/** A body, and where what follows it begins. */
export interface Body {
  readonly body: Buffer
  readonly next: number
  /** Names of the trailer fields, in lower case. */
  readonly trailers: readonly string[]
}

/** Reads a body as its framing fields say; without any it is empty. Undefined: it is not whole yet. */
export function parseBody(bytes: Buffer, at: number, fields: Fields): Body | Bad | undefined {
  const codings = valuesOf(fields, 'transfer-encoding')
  const lengths = valuesOf(fields, 'content-length')
  if (codings.length > 0 && lengths.length > 0) return { bad: 'both CL and TE' }
  if (codings.length > 0) {
    const isChunked = codings.join().toLowerCase() === 'chunked'
    return isChunked ? parseChunked(bytes, at) : { bad: `TE ${codings.join()}` }
  }
  if (lengths.length > 1) return { bad: 'several CL lines' }
  const [length = '0'] = lengths
  if (!/^\d+$/.test(length)) return { bad: `CL ${length}` }
  const next = at + Number(length)
  if (bytes.length < next) return undefined
  return { body: bytes.subarray(at, next), next, trailers: [] }
}

function parseChunked(bytes: Buffer, start: number): Body | Bad | undefined {
  const chunks: Buffer[] = []
  for (let at = start; ; ) {
    const end = bytes.indexOf('\r\n', at)
    if (end < 0) return undefined
    const line = bytes.toString('latin1', at, end)
    const match = /^([0-9A-Fa-f]{1,13})(?:;[^\r\n\0]*)?$/.exec(line)
    if (match === null) return { bad: `chunk line ${JSON.stringify(line.slice(0, 60))}` }
    const size = Number.parseInt(match[1] as string, 16)
    const data = end + 2
    if (size === 0) return parseTrailers(bytes, data, chunks)
    if (bytes.length < data + size + 2) return undefined
    chunks.push(bytes.subarray(data, data + size))
    at = data + size + 2
    if (bytes.toString('latin1', at - 2, at) !== '\r\n') return { bad: 'chunk data without CRLF' }
  }
}

function parseTrailers(
  bytes: Buffer,
  start: number,
  chunks: readonly Buffer[],
): Body | Bad | undefined {
  const trailers: string[] = []
  for (let at = start; ; ) {
    const end = bytes.indexOf('\r\n', at)
    if (end < 0) return undefined
    if (end === at) return { body: Buffer.concat(chunks), next: end + 2, trailers }
    const line = bytes.toString('latin1', at, end)
    const name = line.slice(0, Math.max(0, line.indexOf(':')))
    if (/[\r\n\0]/.test(line) || !TOKEN.test(name)) {
      return { bad: `trailer ${JSON.stringify(line.slice(0, 60))}` }
    }
    trailers.push(name.toLowerCase())
    at = end + 2
  }
}
