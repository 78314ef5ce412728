import { http1Errors } from '../errors.ts'
import { type FieldRole, fieldName } from '../wire/field-names.ts'
import { fieldLine, requestLine, writeFields } from '../wire/write-head.ts'
import type { ClientRequest } from './client-request.ts'

/** How the body of a request is framed: a number of bytes, in chunks, or there is none. */
export type RequestFraming = number | 'chunked' | 'none'

/** A head that is ready to be sent, and what it says about the body. */
export interface RequestHead {
  readonly text: string
  readonly framing: RequestFraming
}

/**
 * Writes the head of a request: the headers that are given, but for those that the client answers
 * for itself.
 *
 * @throws POSTERN_HTTP1_HEAD_INVALID for what would break the message
 */
export function requestHead(request: ClientRequest): RequestHead {
  const { body, upgrade, method } = request
  // Its answer has no body but a tunnel (RFC 9110, 9.3.6), which is not what is read here.
  if (method === 'CONNECT') throw http1Errors.HEAD_INVALID('the method', method)
  fields.read(request)
  const framing = framingOf(body, fields.length)
  let text = requestLine(method, request.path) + fields.host + fields.others
  text +=
    upgrade === undefined ? KEEP_ALIVE : writeFields(['Connection', 'Upgrade', 'Upgrade', upgrade])
  if (framing === 'chunked') text += 'Transfer-Encoding: chunked\r\n'
  else if (framing !== 'none') text += `Content-Length: ${framing}\r\n`
  else if (WITH_BODY.has(method)) text += 'Content-Length: 0\r\n'
  return { text: `${text}\r\n`, framing }
}

const KEEP_ALIVE = 'Connection: keep-alive\r\n'

/** The fields of a request as lines. One object serves all requests in turn. */
class RequestFields {
  host = ''
  others = ''
  /** Content-Length as given. */
  length: string | undefined = undefined

  read({ headers, prepared }: ClientRequest): void {
    this.host = ''
    this.others = ''
    this.length = undefined
    if (prepared?.isPlain === true) this.others = prepared.lines()
    else if (prepared !== undefined) this.#add(prepared.raw)
    this.#add(headers)
  }

  #add(headers: readonly string[]): void {
    for (let i = 0; i + 1 < headers.length; i += 2) {
      const name = headers[i] as string
      const known = fieldName(name)
      const { role } = known
      if (role === 'content-length') this.length ??= headers[i + 1]
      else if (role === 'host') this.host += fieldLine(known, name, headers[i + 1] as string)
      else if (role === 'plain' || !OWN_ROLES.has(role)) {
        this.others += fieldLine(known, name, headers[i + 1] as string)
      }
    }
  }
}

const fields = new RequestFields()

/** Written anew for each connection, or never sent: nobody would wait for a 100. */
const OWN_ROLES: ReadonlySet<FieldRole> = new Set([
  'connection',
  'expect',
  'hop',
  'transfer-encoding',
  'upgrade',
])

/** RFC 9110, 8.6: where a body is expected, its absence is said. */
const WITH_BODY: ReadonlySet<string> = new Set([
  'POST',
  'PUT',
  'PATCH',
  'PROPFIND',
  'PROPPATCH',
  'QUERY',
])

function framingOf(body: ClientRequest['body'], length: string | undefined): RequestFraming {
  if (body === undefined) return 'none'
  if (body instanceof Uint8Array) return body.length
  if (length === undefined) return 'chunked'
  const bytes = Number(length)
  if (!DIGITS.test(length) || !Number.isSafeInteger(bytes)) {
    throw http1Errors.HEAD_INVALID('the value of Content-Length', length)
  }
  return bytes
}

const DIGITS = /^[0-9]+$/
