import { http1Errors } from '../errors.ts'
import { type FieldName, fieldName, isToken } from './field-names.ts'
import { REASONS } from './reasons.ts'

/**
 * Writes fields as lines, each with its CRLF.
 *
 * @param fields name, value, name, value
 * @throws POSTERN_HTTP1_HEAD_INVALID for a name that is no token, and for a value with a control
 *   character (the tab is none here) or one beyond latin1, whose low byte could be one
 */
export function writeFields(fields: readonly string[]): string {
  let text = ''
  for (let i = 0; i < fields.length; i += 2) {
    const name = fields[i] as string
    text += fieldLine(fieldName(name), name, fields[i + 1] as string)
  }
  return text
}

/**
 * One field as a line with its CRLF.
 *
 * @param known what is known of the name
 * @throws POSTERN_HTTP1_HEAD_INVALID as `writeFields`
 */
export function fieldLine({ isToken, prefix }: FieldName, name: string, value: string): string {
  if (!isToken) throw http1Errors.HEAD_INVALID('the field name', name)
  if (!isFieldValue(value)) throw http1Errors.HEAD_INVALID(`the value of ${name}`, value)
  return `${prefix}${value}\r\n`
}

/**
 * Whether a text can stand in a field value, or in a reason.
 *
 * Not a loop over its characters: texts are of many kinds inside V8 (slices, joined ones), and a loop
 * that has seen them all asks for each character which kind it is.
 */
export function isFieldValue(value: string): boolean {
  return !NOT_IN_VALUES.test(value)
}

/** Controls but the tab, and what is beyond latin1. */
const NOT_IN_VALUES = /[^\t\x20-\x7e\x80-\xff]/

/**
 * Writes the head of a request, its empty line included.
 *
 * @throws POSTERN_HTTP1_HEAD_INVALID for what would break the message
 */
export function writeRequestHead(
  method: string,
  target: string,
  fields: readonly string[],
): string {
  return `${requestLine(method, target)}${writeFields(fields)}\r\n`
}

/** @throws POSTERN_HTTP1_HEAD_INVALID for a method that is no token, or a target with other than visible characters */
export function requestLine(method: string, target: string): string {
  if (!isToken(method)) throw http1Errors.HEAD_INVALID('the method', method)
  if (!TARGET.test(target)) throw http1Errors.HEAD_INVALID('the target', target)
  return `${method} ${target} HTTP/1.1\r\n`
}

const TARGET = /^[\x21-\x7e\x80-\xff]+$/

/**
 * Writes the head of a response, its empty line included.
 *
 * @param status 100 to 999
 * @param reason the usual one unless set
 * @throws POSTERN_HTTP1_HEAD_INVALID for what would break the message
 */
export function writeResponseHead(
  status: number,
  fields: readonly string[],
  reason?: string,
): string {
  return `${statusLine(status, reason)}${writeFields(fields)}\r\n`
}

/** @throws POSTERN_HTTP1_HEAD_INVALID for a status that has not three digits, or a reason with control characters */
export function statusLine(status: number, reason?: string): string {
  const known = reason === undefined ? STATUS_LINES.get(status) : undefined
  if (known !== undefined) return known
  if (!Number.isInteger(status) || status < 100 || status > 999) {
    throw http1Errors.HEAD_INVALID('the status', String(status))
  }
  if (reason !== undefined && !isFieldValue(reason)) {
    throw http1Errors.HEAD_INVALID('the reason', reason)
  }
  return `HTTP/1.1 ${status} ${reason ?? 'Unknown'}\r\n`
}

/** Built once: a template for each answer costs more than a lookup. */
const STATUS_LINES: ReadonlyMap<number, string> = new Map(
  [...REASONS].map(([status, reason]) => [status, `HTTP/1.1 ${status} ${reason}\r\n`]),
)
