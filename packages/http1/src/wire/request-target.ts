import { Problem } from './problem.ts'

/** What a request says about the host it is for. */
export interface HostNotes {
  /** How many Host lines there are. */
  readonly hosts: number
  readonly host: string
  /** HTTP/1.1 wants one. */
  readonly isRequired: boolean
}

/**
 * What is wrong with a target (RFC 9112, 3.2): its characters always; its form and the Host field
 * where `notes` are given.
 */
export function problemOfTarget(
  method: string,
  target: string,
  notes: HostNotes | undefined,
): Problem | undefined {
  if (!hasTargetCharacters(target)) return BAD_CHARACTERS
  if (notes === undefined) return undefined
  return problemOfForm(method, target) ?? problemOfHost(notes)
}

const BAD_CHARACTERS = new Problem(400, 'the target has a character that no target has')
const BAD_FORM = new Problem(400, 'the target is no path and no URL')
const BAD_AUTHORITY = new Problem(400, 'the target of CONNECT is no host and port')
const NO_HOST = new Problem(400, 'Host is missing')
const TWO_HOSTS = new Problem(400, 'more than one Host')
const BAD_HOST = new Problem(400, 'Host is no host')

/**
 * Visible ASCII without `#`. Browsers send `|`, `{` and more that RFC 3986 does not have, so that
 * those stay; a fragment is never sent.
 */
function hasTargetCharacters(target: string): boolean {
  return TARGET.test(target)
}

const TARGET = /^[!"$-~]+$/
const SLASH = 47

function problemOfForm(method: string, target: string): Problem | undefined {
  if (method === 'CONNECT') return isAuthority(target, MUST_HAVE_PORT) ? undefined : BAD_AUTHORITY
  if (target.charCodeAt(0) === SLASH) return undefined
  if (target === '*') return method === 'OPTIONS' ? undefined : BAD_FORM
  const url = ABSOLUTE.exec(target)
  return url !== null && isHost(url[1] as string) ? undefined : BAD_FORM
}

/**
 * A server of HTTP has nothing to say about other schemes, and in these a host is never empty (RFC
 * 9110, 4.2.1).
 */
const ABSOLUTE = /^https?:\/\/([^/?:][^/?]*)/i

function problemOfHost({ hosts, host, isRequired }: HostNotes): Problem | undefined {
  if (hosts > 1) return TWO_HOSTS
  if (hosts === 0) return isRequired ? NO_HOST : undefined
  return isHost(host) ? undefined : BAD_HOST
}

/** Whether a text may stand in a Host field, or as the authority of a target. Empty is allowed. */
export function isHost(text: string): boolean {
  return isAuthority(text, HOST)
}

function isAuthority(text: string, pattern: RegExp): boolean {
  const match = pattern.exec(text)
  return match !== null && Number(match[1] ?? 0) <= MAX_PORT
}

const MAX_PORT = 65_535

/** RFC 3986, 3.2.2: a name, an IPv4 address or an IPv6 literal, and a port. */
const HOST = /^(?:\[[0-9A-Fa-f:.]+\]|[A-Za-z0-9\-._~!$&'()*+;=%]*)(?::(\d*))?$/
const MUST_HAVE_PORT = /^(?:\[[0-9A-Fa-f:.]+\]|[A-Za-z0-9\-._~!$&'()*+;=%]+):(\d+)$/
