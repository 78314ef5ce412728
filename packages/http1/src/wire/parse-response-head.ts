import { framingOfFields } from './body-framing.ts'
import { connectionOptions } from './connection-options.ts'
import { type Framing, NO_BODY, UNTIL_CLOSE } from './framing.ts'
import type { WireLimits } from './limits.ts'
import { FieldNotes, parseFields } from './parse-head.ts'
import { Problem } from './problem.ts'

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
  const end = head.indexOf('\r')
  const line = STATUS_LINE.exec(end < 0 ? head : head.slice(0, end))
  if (line === null || head.charCodeAt(end + 1) !== LF) return BAD_LINE
  const minorVersion = line[1] === '1' ? 1 : 0
  const status = Number(line[2])
  notes.reset()
  const rawHeaders = parseFields(head, end + 2, limits, notes)
  if (rawHeaders instanceof Problem) return rawHeaders
  const said = framingOfFields(notes, minorVersion)
  if (said instanceof Problem) return said
  const options = connectionOptions(notes.connection)
  return {
    status,
    reason: line[3] ?? '',
    minorVersion,
    rawHeaders,
    framing: hasNoBody(method, status) ? NO_BODY : (said ?? UNTIL_CLOSE),
    keepsAlive: minorVersion === 1 ? !options.close : options.keepAlive && !options.close,
    upgrade: options.upgrade ? notes.upgrade : '',
  }
}

const LF = 10

/** Reading a head never waits, so one is enough. */
const notes = new FieldNotes()

const BAD_LINE = new Problem(502, 'the status line is not version, status and reason')

/** RFC 9112, 4. The space before an empty reason is often left out. */
const STATUS_LINE = /^HTTP\/1\.([01]) ([1-9][0-9]{2})(?: ([\t\x20-\x7e\x80-\xff]*))?$/

/** RFC 9112, 6.3 (1). */
function hasNoBody(method: string, status: number): boolean {
  return method === 'HEAD' || status < 200 || status === 204 || status === 304
}
