/** The longest name the router looks at; DNS allows 253 characters. */
const MAX_HOST_LENGTH = 255

/** A Host header, or a host of a Route, in the form in which hosts are compared. */
export interface HostName {
  /** Lower case, without port. */
  readonly name: string
  /** -1 when there is none. */
  readonly port: number
}

/**
 * Takes a host apart. A port is split off only where the first colon is followed by digits, so an
 * IPv6 address in brackets keeps its port and is compared as text, as in Kong.
 */
export function parseHost(host: string): HostName {
  if (host !== lastHost) {
    lastParsed = parseAnew(host)
    lastHost = host
  }
  return lastParsed
}

function parseAnew(host: string): HostName {
  if (host.length > MAX_HOST_LENGTH) return NOWHERE
  const lower = host.toLowerCase()
  const colon = lower.indexOf(':')
  if (colon < 0) return { name: lower, port: -1 }
  const port = digits(lower, colon + 1)
  return port < 0 ? { name: lower, port } : { name: lower.slice(0, colon), port }
}

/** A longer Host belongs to no Route with hosts, and must not cost a look-up for each dot. */
const NOWHERE: HostName = { name: '', port: -1 }

/** Most requests are for the host of the one before. */
let lastHost = ''
let lastParsed: HostName = { name: '', port: -1 }

/** RFC 4343 and the root label: `example.com.` is `example.com`. */
export function withoutRootDot(name: string): string {
  return name.endsWith('.') && name.length > 1 ? name.slice(0, -1) : name
}

/** The number written from `at` to the end, or -1 when it is not all digits. */
function digits(text: string, at: number): number {
  if (at === text.length || text.length - at > 5) return -1
  let number = 0
  for (let i = at; i < text.length; i++) {
    const digit = text.charCodeAt(i) - 0x30
    if (digit < 0 || digit > 9) return -1
    number = number * 10 + digit
  }
  return number
}
