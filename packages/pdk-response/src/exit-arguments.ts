import { encodeMessage } from './encode-json.ts'
import { pdkErrors } from './errors.ts'
import type { ExitHeaders } from './exit.ts'
import { checkHeaders, type HeaderValue } from './header-values.ts'
import { luaType } from './lua-type.ts'

/** @throws POSTERN_PDK_HEADER_NAME_INVALID */
export function checkedName(name: unknown): string {
  if (typeof name !== 'string') throw pdkErrors.HEADER_NAME_INVALID('header name must be a string')
  return name
}

/**
 * A status from `least` to 599; a fraction is cut off.
 *
 * @throws POSTERN_PDK_STATUS_INVALID
 */
export function checkedStatus(status: unknown, least: number): number {
  if (typeof status !== 'number') throw pdkErrors.STATUS_INVALID('')
  if (!(status >= least && status <= 599)) {
    throw pdkErrors.STATUS_INVALID(` between ${least} and 599`)
  }
  return Math.trunc(status)
}

/** @throws POSTERN_PDK_BODY_INVALID */
export function checkBody(body: unknown): void {
  const type = luaType(body)
  if (type === 'nil' || type === 'string' || type === 'table') return
  throw pdkErrors.BODY_INVALID('nil, string or table')
}

/**
 * Answers the headers as a plain object, so that an Exit is plain data.
 *
 * @throws POSTERN_PDK_HEADERS_INVALID, POSTERN_PDK_HEADER_NAME_INVALID,
 *   POSTERN_PDK_HEADER_VALUE_INVALID
 */
export function checkExitHeaders(headers: unknown): ExitHeaders | undefined {
  if (headers === undefined || headers === null) return undefined
  if (luaType(headers) !== 'table') throw pdkErrors.HEADERS_INVALID('nil or table')
  checkHeaders(headers)
  if (!(headers instanceof Map)) return headers as ExitHeaders
  return Object.fromEntries(headers as ReadonlyMap<string, HeaderValue>)
}

/** @throws POSTERN_PDK_MESSAGE_INVALID, POSTERN_PDK_MESSAGE_NOT_ENCODABLE */
export function checkedMessage(message: unknown): string | undefined {
  if (message === undefined || message === null) return undefined
  if (typeof message === 'string') return message
  if (message instanceof Uint8Array) return Buffer.from(message).toString('utf8')
  if (luaType(message) !== 'table') throw pdkErrors.MESSAGE_INVALID()
  return encodeMessage(message)
}

/** The text in a body: what a log or a function of exit-transformer can use without parsing. */
export function messageOf(body: unknown): string | undefined {
  if (typeof body === 'string') return body === '' ? undefined : body
  if (typeof body !== 'object' || body === null || !('message' in body)) return undefined
  return typeof body.message === 'string' ? body.message : undefined
}
