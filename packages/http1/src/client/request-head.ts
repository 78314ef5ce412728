import { http1Errors } from '../errors.ts'
import { type FieldRole, fieldName } from '../wire/field-names.ts'
import { writeRequestHead } from '../wire/write-head.ts'
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
  const { headers, body, upgrade, method } = request
  // Its answer has no body but a tunnel (RFC 9110, 9.3.6), which is not what is read here.
  if (method === 'CONNECT') throw http1Errors.HEAD_INVALID('the method', method)
  const fields: string[] = []
  let length: string | undefined
  for (let i = 0; i + 1 < headers.length; i += 2) {
    const name = headers[i] as string
    const { role, lower } = fieldName(name)
    if (role === 'content-length') length ??= headers[i + 1]
    else if (!OWN_ROLES.has(role) && !OWN_NAMES.has(lower))
      fields.push(name, headers[i + 1] as string)
  }
  if (upgrade === undefined) fields.push('Connection', 'keep-alive')
  else fields.push('Connection', 'Upgrade', 'Upgrade', upgrade)
  const framing = framingOf(body, length)
  if (framing === 'chunked') fields.push('Transfer-Encoding', 'chunked')
  else if (framing !== 'none') fields.push('Content-Length', String(framing))
  else if (WITH_BODY.has(method)) fields.push('Content-Length', '0')
  return { text: writeRequestHead(method, request.path, fields), framing }
}

/** Written anew for each connection, or never sent: nobody would wait for a 100. */
const OWN_ROLES: ReadonlySet<FieldRole> = new Set([
  'connection',
  'expect',
  'transfer-encoding',
  'upgrade',
])
const OWN_NAMES: ReadonlySet<string> = new Set(['keep-alive', 'proxy-connection'])

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
