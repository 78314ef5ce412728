import { type FieldRole, fieldName } from './field-names.ts'
import { Problem } from './problem.ts'

/** What the fields say about the message they belong to. One object serves all messages in turn. */
export class FieldNotes {
  hosts = 0
  host = ''
  contentLengths = 0
  contentLength = ''
  transferEncodings = 0
  transferEncoding = ''
  /** All lines, joined by commas. */
  connection = ''
  /** All lines, joined by commas. */
  upgrade = ''
  /** All lines, joined by commas. */
  expect = ''

  reset(): void {
    this.hosts = 0
    this.host = ''
    this.contentLengths = 0
    this.contentLength = ''
    this.transferEncodings = 0
    this.transferEncoding = ''
    this.connection = ''
    this.upgrade = ''
    this.expect = ''
  }

  note(role: FieldRole, value: string): void {
    if (role === 'host') {
      this.hosts += 1
      this.host = value
    } else if (role === 'connection') {
      this.connection = this.connection === '' ? value : `${this.connection},${value}`
    } else if (role === 'content-length') {
      this.contentLengths += 1
      this.contentLength = value
    } else if (role === 'transfer-encoding') {
      this.transferEncodings += 1
      this.transferEncoding = value
    } else if (role === 'upgrade') {
      this.upgrade = this.upgrade === '' ? value : `${this.upgrade},${value}`
    } else if (role === 'expect') {
      this.expect = this.expect === '' ? value : `${this.expect},${value}`
    }
  }
}

/**
 * Reads field lines into name, value, name, value: names as received, values without the white
 * space around them.
 *
 * Nothing is repaired: what RFC 9112 lets a recipient accept for the sake of old senders (a bare LF,
 * a folded line) is what two recipients read differently.
 *
 * @param head latin1; each line ends in CRLF, and the empty line is not part of it
 * @param from where the first field line begins
 * @param notes filled with what the fields say about the message
 */
export function parseFields(
  head: string,
  from: number,
  limits: { readonly maxFields: number },
  notes?: FieldNotes,
): string[] | Problem {
  const fields: string[] = []
  const most = 2 * limits.maxFields
  let at = from
  while (at < head.length) {
    if (fields.length === most) return TOO_MANY
    const colon = head.indexOf(':', at)
    if (colon < 0) return NO_COLON
    const name = head.slice(at, colon)
    const known = fieldName(name)
    if (!known.isToken) return problemOfName(head, at)
    const end = endOfValue(head, colon + 1)
    if (end < 0) return BAD_VALUE
    const value = trimmed(head, colon + 1, end)
    fields.push(name, value)
    if (notes !== undefined && known.role !== 'plain') notes.note(known.role, value)
    at = end + 2
  }
  return fields
}

const TOO_MANY = new Problem(431, 'too many field lines')
const NO_COLON = new Problem(400, 'a field line has no colon')
const BAD_VALUE = new Problem(400, 'a field value has a control character')
const FOLDED = new Problem(400, 'a field line is folded')
const BAD_NAME = new Problem(400, 'a field name is no token')

function problemOfName(head: string, at: number): Problem {
  const first = head.charCodeAt(at)
  return first === SPACE || first === TAB ? FOLDED : BAD_NAME
}

const TAB = 9
const LF = 10
const CR = 13
const SPACE = 32
const DEL = 127

/** Where the CRLF of a line begins, or -1 where a character stands that no value may have. */
function endOfValue(head: string, from: number): number {
  let at = from
  for (;;) {
    const code = head.charCodeAt(at)
    if (code < SPACE) {
      if (code === CR) return head.charCodeAt(at + 1) === LF ? at : -1
      if (code !== TAB) return -1
    } else if (code === DEL || code !== code) {
      return -1
    }
    at += 1
  }
}

function trimmed(head: string, from: number, to: number): string {
  let start = from
  let end = to
  while (start < end && isBlank(head.charCodeAt(start))) start += 1
  while (end > start && isBlank(head.charCodeAt(end - 1))) end -= 1
  return head.slice(start, end)
}

function isBlank(code: number): boolean {
  return code === SPACE || code === TAB
}
