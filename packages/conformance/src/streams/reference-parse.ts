/**
 * Reads a stream of requests slowly and obviously: the whole of it at once, with a regular expression
 * for each rule. What the codec is compared with.
 */
export interface ReadRequest {
  readonly method: string
  readonly target: string
  readonly version: '1.0' | '1.1'
  readonly headers: readonly string[]
  readonly framing: 'none' | 'length' | 'chunked'
  /** latin1 */
  readonly body: string
  readonly trailers: readonly string[]
}

/** `refused`: something is wrong; `partial`: a message is not complete; `done`: the stream ends between two. */
export type StreamEnd = 'refused' | 'partial' | 'done'

export interface ReadStream {
  readonly requests: readonly ReadRequest[]
  readonly end: StreamEnd
}

const LIMITS = { head: 16 * 1024, target: 8192, fields: 200, trailer: 8192, extensions: 4096 }

/** @param stream latin1 */
export function referenceParse(stream: string): ReadStream {
  const requests: ReadRequest[] = []
  let rest = stream
  for (;;) {
    if (rest.startsWith('\r\n')) rest = rest.slice(2)
    if (rest === '') return { requests, end: 'done' }
    const read = readRequest(rest)
    if (typeof read === 'string') return { requests, end: read }
    requests.push(read.request)
    rest = read.rest
  }
}

type Read<T> = T | 'refused' | 'partial'

function readRequest(rest: string): Read<{ request: ReadRequest; rest: string }> {
  const end = rest.indexOf('\r\n\r\n')
  if (end < 0) return endOfUnfinished(rest)
  const lines = rest.slice(0, end).split('\r\n')
  if (end + 4 > LIMITS.head) return 'refused'
  const line = /^([!#$%&'*+\-.^_`|~0-9A-Za-z]{1,24}) ([!-"$-~]+) HTTP\/1\.([01])$/.exec(
    lines[0] ?? '',
  )
  if (line === null || (line[2] as string).length > LIMITS.target) return 'refused'
  const headers = readFields(lines.slice(1))
  if (headers === undefined) return 'refused'
  if (
    !isForSomeHost(line[1] as string, line[2] as string, valuesOf(headers, 'host'), line[3] === '1')
  ) {
    return 'refused'
  }
  const [, method = '', target = '', minor] = line
  const lengths = valuesOf(headers, 'content-length')
  const codings = valuesOf(headers, 'transfer-encoding')
  const after = rest.slice(end + 4)
  const version = minor === '0' ? '1.0' : '1.1'
  const about = { method, target, version, headers } as const
  if (codings.length > 0) {
    if (minor === '0' || lengths.length > 0 || codings.join().toLowerCase() !== 'chunked')
      return 'refused'
    if (method === 'CONNECT') return 'refused'
    const chunked = readChunked(after)
    if (typeof chunked === 'string') return chunked
    return { request: { ...about, framing: 'chunked', ...chunked.content }, rest: chunked.rest }
  }
  if (lengths.length > 1 || !/^\d*$/.test(lengths[0] ?? '') || lengths[0] === '') return 'refused'
  const bytes = Number(lengths[0] ?? 0)
  if (bytes > Number.MAX_SAFE_INTEGER) return 'refused'
  if (method === 'CONNECT' && bytes > 0) return 'refused'
  if (after.length < bytes) return 'partial'
  const framing = bytes === 0 ? 'none' : 'length'
  const request = { ...about, framing, body: after.slice(0, bytes), trailers: [] } as const
  return { request, rest: after.slice(bytes) }
}

/** What cannot become a head any more is refused before its end is there. */
function endOfUnfinished(text: string): 'refused' | 'partial' {
  // biome-ignore lint/suspicious/noControlCharactersInRegex: they are what is looked for
  if (/(?:^|[^\r])\n|\r[^\n]|[\x00-\x08\x0b\x0c\x0e-\x1f\x7f]/.test(text)) return 'refused'
  const line = text.indexOf('\r\n')
  if (text.length >= LIMITS.head) return 'refused'
  return (line < 0 ? text.length : line) > LIMITS.target + 64 ? 'refused' : 'partial'
}

function readFields(lines: readonly string[]): string[] | undefined {
  if (lines.length > LIMITS.fields) return undefined
  const fields: string[] = []
  for (const line of lines) {
    // biome-ignore lint/suspicious/noControlCharactersInRegex: the ones that may not be there
    const field = /^([!#$%&'*+\-.^_`|~0-9A-Za-z]+):([^\x00-\x08\x0a-\x1f\x7f]*)$/.exec(line)
    if (field === null) return undefined
    fields.push(
      field[1] as string,
      (field[2] as string).replace(/^[ \t]+/, '').replace(/[ \t]+$/, ''),
    )
  }
  return fields
}

function valuesOf(fields: readonly string[], name: string): string[] {
  return fields.filter((_, i) => i % 2 === 1 && fields[i - 1]?.toLowerCase() === name)
}

const NAME_OR_ADDRESS = String.raw`(?:\[[0-9A-Fa-f:.]+\]|[A-Za-z0-9\-._~!$&'()*+;=%]*)`

function isForSomeHost(
  method: string,
  target: string,
  hosts: string[],
  isRequired: boolean,
): boolean {
  if (hosts.length > 1 || (hosts.length === 0 && isRequired)) return false
  if (hosts.length === 1 && !isHost(hosts[0] as string)) return false
  if (method === 'CONNECT') {
    return !target.startsWith(':') && /:\d+$/.test(target) && isHost(target)
  }
  if (target.startsWith('/')) return true
  if (target === '*') return method === 'OPTIONS'
  const url = /^https?:\/\/([^/?:][^/?]*)/i.exec(target)
  return url !== null && isHost(url[1] as string)
}

function isHost(text: string): boolean {
  const host = new RegExp(`^${NAME_OR_ADDRESS}(?::(\\d*))?$`).exec(text)
  return host !== null && Number(host[1] ?? 0) < 65_536
}

interface Chunked {
  readonly content: { readonly body: string; readonly trailers: readonly string[] }
  readonly rest: string
}

function readChunked(text: string): Read<Chunked> {
  let body = ''
  let rest = text
  let extensions = 0
  for (;;) {
    const line = /^([0-9a-fA-F]{1,16})((?:[ \t;](?:[^\r]*))?)\r\n/.exec(rest)
    if (line === null) return couldBeChunkLine(rest, extensions) ? 'partial' : 'refused'
    extensions += (line[2] as string).length
    if (extensions > LIMITS.extensions || !isExtension(line[2] as string)) return 'refused'
    const size = Number.parseInt(line[1] as string, 16)
    if (size > Number.MAX_SAFE_INTEGER) return 'refused'
    rest = rest.slice(line[0].length)
    if (size === 0) return readTrailer(rest, body)
    const behind = rest.slice(size, size + 2)
    if (behind.length < 2) return '\r\n'.startsWith(behind) ? 'partial' : 'refused'
    if (behind !== '\r\n') return 'refused'
    body += rest.slice(0, size)
    rest = rest.slice(size + 2)
  }
}

function isExtension(text: string): boolean {
  const token = "[!#$%&'*+\\-.^_`|~0-9A-Za-z]+"
  const quoted = String.raw`"(?:[\t !#-\[\]-~\x80-\xff]|\\[\t -~\x80-\xff])*"`
  const blanks = '[ \\t]*'
  const one = `${blanks};${blanks}${token}(?:${blanks}=${blanks}(?:${token}|${quoted}))?`
  return new RegExp(`^(?:${one})*$`).test(text)
}

/** Whether more bytes could make a chunk line of it. */
function couldBeChunkLine(text: string, extensions: number): boolean {
  const begun = /^([0-9a-fA-F]{0,16})((?:[ \t;][^\r]*)?)(\r?)$/.exec(text)
  if (begun === null || (begun[1] === '' && text !== '')) return false
  if (Number.parseInt(begun[1] || '0', 16) > Number.MAX_SAFE_INTEGER) return false
  if (extensions + (begun[2] as string).length > LIMITS.extensions) return false
  return begun[3] === '' || isExtension(begun[2] as string)
}

function readTrailer(rest: string, body: string): Read<Chunked> {
  if (rest.startsWith('\r\n')) return { content: { body, trailers: [] }, rest: rest.slice(2) }
  const end = rest.indexOf('\r\n\r\n')
  if (end < 0) {
    const isBroken = /(?:^|[^\r])\n|\r[^\n]/.test(rest)
    return isBroken || rest.length > LIMITS.trailer ? 'refused' : 'partial'
  }
  const trailers = readFields(rest.slice(0, end).split('\r\n'))
  if (trailers === undefined || end + 4 > LIMITS.trailer) return 'refused'
  return { content: { body, trailers }, rest: rest.slice(end + 4) }
}
