import { framingOfFields } from './body-framing.ts'
import { connectionOptions } from './connection-options.ts'
import { consistsOfTokenCharacters } from './field-names.ts'
import { type Framing, NO_BODY } from './framing.ts'
import type { WireLimits } from './limits.ts'
import { FieldNotes, parseFields } from './parse-head.ts'
import { Problem } from './problem.ts'
import { type HostNotes, problemOfTarget } from './request-target.ts'

/** The head of a request, and what it means for the connection. */
export interface RequestHead {
  readonly method: string
  /** As received. */
  readonly target: string
  /** `HTTP/1.0` or `HTTP/1.1`. */
  readonly minorVersion: 0 | 1
  /** Name, value, name, value; as received. */
  readonly rawHeaders: readonly string[]
  readonly framing: Framing
  /** Whether the client wants to send another request on this connection. */
  readonly keepsAlive: boolean
  /** Whether the client waits for `100 Continue` before it sends the body. */
  readonly expectsContinue: boolean
  /** The protocols that the client wants to switch to, as received; empty where it does not. */
  readonly upgrade: string
}

/** @see parseRequestHead */
export interface RequestChecks {
  /**
   * Whether Host and the form of the target are checked as well (RFC 9112, 3.2). False is for a
   * caller that answers for them itself.
   */
  readonly checksTarget: boolean
}

/**
 * Reads the head of a request.
 *
 * @param head as {@link HeadReader} leaves it: latin1, CRLF after each line, no empty line
 */
export function parseRequestHead(
  head: string,
  limits: WireLimits,
  checks: RequestChecks = ALL_CHECKS,
): RequestHead | Problem {
  const afterMethod = head.indexOf(' ')
  const afterTarget = head.indexOf(' ', afterMethod + 1)
  const end = head.indexOf('\r')
  if (afterMethod < 0 || afterTarget < 0 || afterTarget > end) return BAD_LINE
  const method = head.slice(0, afterMethod)
  if (!METHODS.has(method) && !isMethod(method)) return BAD_METHOD
  const minorVersion = versionOf(head, afterTarget + 1, end)
  if (typeof minorVersion !== 'number') return minorVersion
  const target = head.slice(afterMethod + 1, afterTarget)
  if (target.length > limits.maxTargetBytes) return TARGET_TOO_LONG
  notes.reset()
  const rawHeaders = parseFields(head, end + 2, limits, notes)
  if (rawHeaders instanceof Problem) return rawHeaders
  const host = checks.checksTarget ? hostNotes(minorVersion) : undefined
  const problem = problemOfTarget(method, target, host)
  if (problem !== undefined) return problem
  const framing = framingOfFields(notes, minorVersion) ?? NO_BODY
  if (framing instanceof Problem) return framing
  if (method === 'CONNECT' && framing.kind !== 'none') return CONNECT_WITH_BODY
  const options = connectionOptions(notes.connection)
  return {
    method,
    target,
    minorVersion,
    rawHeaders,
    framing,
    // What follows CONNECT may be meant for a tunnel, and is no request then.
    keepsAlive: (minorVersion === 1 || options.keepAlive) && !options.close && method !== 'CONNECT',
    expectsContinue: expectsContinue(notes.expect, minorVersion),
    // RFC 9110, 7.8: Upgrade in HTTP/1.0 is ignored, and it counts only where Connection names it.
    upgrade: minorVersion === 1 && options.upgrade ? notes.upgrade : '',
  }
}

/**
 * Reads the head of a request that differs from the one before in its target alone, or not at all:
 * method and target are `start`, from the version on it is the same.
 */
export function parseRepeatedHead(
  start: string,
  before: RequestHead,
  limits: WireLimits,
  checks: RequestChecks = ALL_CHECKS,
): RequestHead | Problem {
  const { method, minorVersion, rawHeaders, framing, keepsAlive, expectsContinue, upgrade } = before
  const target = start.slice(method.length + 1)
  if (target.length > limits.maxTargetBytes) return TARGET_TOO_LONG
  const problem = problemOfTarget(method, target, checks.checksTarget ? HOST_IS_CHECKED : undefined)
  if (problem !== undefined) return problem
  return {
    method,
    target,
    minorVersion,
    rawHeaders,
    framing,
    keepsAlive,
    expectsContinue,
    upgrade,
  }
}

const HOST_IS_CHECKED: HostNotes = { hosts: 0, host: '', isRequired: false }

const ALL_CHECKS: RequestChecks = { checksTarget: true }

/** Reading a head never waits, so one is enough. */
const notes = new FieldNotes()

function hostNotes(minorVersion: number): HostNotes {
  return { hosts: notes.hosts, host: notes.host, isRequired: minorVersion === 1 }
}

/** RFC 9110, 10.1.1: an expectation in HTTP/1.0 is ignored. */
function expectsContinue(expect: string, minorVersion: number): boolean {
  return expect !== '' && minorVersion === 1 && expect.toLowerCase() === '100-continue'
}

const BAD_LINE = new Problem(400, 'the request line is not method, target and version')
const BAD_METHOD = new Problem(400, 'the method is no token')
const BAD_VERSION = new Problem(400, 'the request line does not end in a version')
const VERSION_UNKNOWN = new Problem(505, 'a version other than HTTP/1.0 and HTTP/1.1')
/** RFC 9110, 9.3.6: it means nothing, and some read it as the beginning of the tunnel. */
const CONNECT_WITH_BODY = new Problem(400, 'CONNECT has a body')
const TARGET_TOO_LONG = new Problem(414, 'the request target is too long')

const METHODS: ReadonlySet<string> = new Set([
  'GET',
  'HEAD',
  'POST',
  'PUT',
  'DELETE',
  'PATCH',
  'OPTIONS',
])

/** `M-SEARCH` and `UPDATEREDIRECTREF` are the longest that are registered or common. */
const MAX_METHOD_LENGTH = 24

function isMethod(text: string): boolean {
  return text.length <= MAX_METHOD_LENGTH && consistsOfTokenCharacters(text)
}

function versionOf(head: string, from: number, end: number): 0 | 1 | Problem {
  if (head.charCodeAt(end + 1) !== LF) return BAD_VERSION
  if (end - from === 8 && head.startsWith('HTTP/1.', from)) {
    const minor = head.charCodeAt(from + 7)
    if (minor === ONE) return 1
    if (minor === ZERO) return 0
  }
  return VERSION.test(head.slice(from, end)) ? VERSION_UNKNOWN : BAD_VERSION
}

const LF = 10
const ZERO = 48
const ONE = 49
const VERSION = /^HTTP\/[0-9]\.[0-9]$/
