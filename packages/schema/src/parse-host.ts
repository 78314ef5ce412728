/** What a host with an optional port is, in a form that can be compared. */
export interface ParsedHost {
  readonly kind: 'name' | 'ipv4' | 'ipv6'
  /** IPv6: bracketed, every group with four lower-case digits. Names stay as they were written. */
  readonly host: string
  /** 0 to 65535. */
  readonly port: number | undefined
}

/**
 * Reads `host` or `host:port`, where the host is a name, an IPv4 address, or an IPv6 address, the
 * latter in brackets when a port follows.
 *
 * Answers Kong's text when it cannot: `invalid hostname: V`, `invalid ipv4 address: V`,
 * `invalid ipv6 address: V` or `invalid port number`. Names may have underscores, upper case, a
 * leading dash and a trailing dot.
 *
 * @see Kong Gateway, kong/tools/ip.lua: normalize_ip
 */
export function parseHost(text: string): ParsedHost | string {
  if (text.split(':').length > 2) return parseIpv6(text)
  if (/^[\d.]+$/.test(text.replace(':', ''))) return parseIpv4(text)
  return parseName(text)
}

function parseIpv6(text: string): ParsedHost | string {
  const bracketed = /^\[([^[\]]*)\](?::(\d+))?$/.exec(text)
  const groups = ipv6Groups(bracketed?.[1] ?? text)
  if (groups === undefined) return `invalid ipv6 address: ${text}`
  return withPort('ipv6', `[${groups.join(':')}]`, bracketed?.[2])
}

/** Eight groups of four digits; `::` stands for as many zeros as are missing. */
function ipv6Groups(address: string): readonly string[] | undefined {
  const halves = address.split('::')
  if (halves.length > 2) return undefined
  const [left = [], right = []] = halves.map((half) => (half === '' ? [] : half.split(':')))
  const missing = 8 - left.length - right.length
  if (halves.length === 2 ? missing < 1 : missing !== 0) return undefined
  const groups = [...left, ...Array<string>(missing).fill('0'), ...right]
  if (!groups.every((group) => /^[0-9a-f]{1,4}$/i.test(group))) return undefined
  return groups.map((group) => group.padStart(4, '0').toLowerCase())
}

function parseIpv4(text: string): ParsedHost | string {
  const match = /^((\d+)\.(\d+)\.(\d+)\.(\d+))(?::(\d+))?$/.exec(text)
  if (match === null || match.slice(2, 6).some((octet) => Number(octet) > 255)) {
    return `invalid ipv4 address: ${text}`
  }
  return withPort('ipv4', match[1] as string, match[6])
}

function parseName(text: string): ParsedHost | string {
  const match = /^([\w.-]+?)(?::(\d+))?$/.exec(text)
  if (match === null) return `invalid hostname: ${text}`
  const host = match[1] as string
  const labels = host.split('.')
  const areFine = labels.every((label, i) =>
    label === '' ? isLast(labels, i) : !label.endsWith('-'),
  )
  return areFine ? withPort('name', host, match[2]) : `invalid hostname: ${text}`
}

/** An empty last label is the trailing dot of an absolute name. */
function isLast(labels: readonly string[], index: number): boolean {
  return index > 0 && index === labels.length - 1
}

function withPort(
  kind: ParsedHost['kind'],
  host: string,
  digits: string | undefined,
): ParsedHost | string {
  const port = digits === undefined ? undefined : Number(digits)
  if (port !== undefined && port > 65535) return INVALID_PORT
  return { kind, host, port }
}

/** What `parseHost` says about a port above 65535. */
export const INVALID_PORT = 'invalid port number'
