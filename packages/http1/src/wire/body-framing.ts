import { CHUNKED, type Framing, NO_BODY } from './framing.ts'
import type { FieldNotes } from './parse-head.ts'
import { Problem } from './problem.ts'

/**
 * What the fields of a message say about the length of its body, or undefined where they say
 * nothing.
 *
 * Stricter than RFC 9112, 6.3 where it leaves a choice: a message with both Transfer-Encoding and
 * Content-Length, or with a length said twice, is what request smuggling is made of, and nobody
 * sends one by accident.
 */
export function framingOfFields(
  notes: FieldNotes,
  minorVersion: number,
): Framing | Problem | undefined {
  if (notes.transferEncodings > 0) return framingOfCoding(notes, minorVersion)
  if (notes.contentLengths === 0) return undefined
  if (notes.contentLengths > 1) return TWO_LENGTHS
  return framingOfLength(notes.contentLength)
}

const BOTH = new Problem(400, 'Transfer-Encoding and Content-Length in one message')
const CODING_IN_1_0 = new Problem(400, 'Transfer-Encoding in HTTP/1.0')
const CODING_UNKNOWN = new Problem(501, 'a transfer coding other than chunked')
const CODING_NOT_FINAL = new Problem(400, 'Transfer-Encoding does not end in chunked')
const TWO_LENGTHS = new Problem(400, 'more than one Content-Length')
const BAD_LENGTH = new Problem(400, 'Content-Length is no number')
const LENGTH_TOO_LARGE = new Problem(413, 'Content-Length is too large')

function framingOfCoding(notes: FieldNotes, minorVersion: number): Framing | Problem {
  if (notes.contentLengths > 0) return BOTH
  if (minorVersion === 0) return CODING_IN_1_0
  const coding = notes.transferEncoding.toLowerCase()
  if (notes.transferEncodings === 1 && coding === 'chunked') return CHUNKED
  return CODING_FINAL.test(coding) ? CODING_UNKNOWN : CODING_NOT_FINAL
}

/** The last line decides: chunked has to be the last coding of all. */
const CODING_FINAL = /(?:^|,)[ \t]*chunked$/

function framingOfLength(value: string): Framing | Problem {
  if (!DIGITS.test(value)) return BAD_LENGTH
  const bytes = Number(value)
  if (bytes > Number.MAX_SAFE_INTEGER) return LENGTH_TOO_LARGE
  return bytes === 0 ? NO_BODY : { kind: 'length', bytes }
}

const DIGITS = /^[0-9]+$/
