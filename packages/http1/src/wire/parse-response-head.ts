import { framingOfFields } from './body-framing.ts'
import { connectionOptions } from './connection-options.ts'
import { type Framing, NO_BODY, UNTIL_CLOSE } from './framing.ts'
import type { WireLimits } from './limits.ts'
import { FieldNotes, parseFields } from './parse-head.ts'
import { Problem } from './problem.ts'
import { isFieldValue } from './write-head.ts'

/** The head of a response, and what it means for the connection. */
export interface ResponseHead {
  /** 100 to 999. */
  readonly status: number
  readonly reason: string
  readonly minorVersion: 0 | 1
  /** Name, value, name, value; as received. */
  readonly rawHeaders: readonly string[]
  readonly framing: Framing
  /** Whether the server takes another request on this connection. */
  readonly keepsAlive: boolean
  /** The protocol that the server switches to, as received; empty where it does not. */
  readonly upgrade: string
}

/**
 * Reads the head of a response.
 *
 * @param head as {@link HeadReader} leaves it: latin1, CRLF after each line, no empty line
 * @param method of the request that it answers: a response to HEAD has no body
 */
export function parseResponseHead(
  head: string,
  method: string,
  limits: WireLimits,
): ResponseHead | Problem {
  const end = endOfStatusLine(head)
  if (end < 0) return BAD_LINE
  const minorVersion = head.charCodeAt(MINOR_AT) === ONE ? 1 : 0
  const status = Number(head.slice(STATUS_AT, REASON_AT - 1))
  notes.reset()
  const rawHeaders = parseFields(head, end + 2, limits, notes)
  if (rawHeaders instanceof Problem) return rawHeaders
  const said = framingOfFields(notes, minorVersion)
  if (said instanceof Problem) return said
  const options = connectionOptions(notes.connection)
  return {
    status,
    reason: head.slice(REASON_AT, end),
    minorVersion,
    rawHeaders,
    framing: hasNoBody(method, status) ? NO_BODY : (said ?? UNTIL_CLOSE),
    keepsAlive: minorVersion === 1 ? !options.close : options.keepAlive && !options.close,
    upgrade: options.upgrade ? notes.upgrade : '',
  }
}

/** Reading a head never waits, so one is enough. */
const notes = new FieldNotes()

const BAD_LINE = new Problem(502, 'the status line is not version, status and reason')

const LF = 10
const SPACE = 32
const ZERO = 48
const ONE = 49
const NINE = 57

// HTTP/1.1 200 OK
//        |^   ^
const VERSION = 'HTTP/1.'
const MINOR_AT = 7
const STATUS_AT = 9
const REASON_AT = 13

/**
 * Where the CRLF of the status line begins, or -1 where the line is not that of RFC 9112, 4. The space
 * before an empty reason is often left out.
 *
 * Character by character: a regular expression for the line takes as long as three fields.
 */
function endOfStatusLine(head: string): number {
  if (!head.startsWith(VERSION) || !isStatus(head)) return -1
  const minor = head.charCodeAt(MINOR_AT)
  if ((minor !== ZERO && minor !== ONE) || head.charCodeAt(MINOR_AT + 1) !== SPACE) return -1
  const end = head.indexOf('\r', REASON_AT - 1)
  if (end < 0 || head.charCodeAt(end + 1) !== LF) return -1
  if (end === REASON_AT - 1) return end
  return head.charCodeAt(REASON_AT - 1) === SPACE && isFieldValue(head.slice(REASON_AT, end))
    ? end
    : -1
}

/** 100 to 999. */
function isStatus(head: string): boolean {
  for (let i = 0; i < 3; i++) {
    const digit = head.charCodeAt(STATUS_AT + i)
    if (!(digit >= (i === 0 ? ONE : ZERO) && digit <= NINE)) return false
  }
  return true
}

/** RFC 9112, 6.3 (1). */
function hasNoBody(method: string, status: number): boolean {
  return method === 'HEAD' || status < 200 || status === 204 || status === 304
}
