import { headerName } from './header-kind.ts'

/**
 * Whether a TE header says that trailers are taken.
 *
 * `trailers;q=0.5` is no listing: RFC 9110 10.1.4 gives the keyword no weight.
 */
export function acceptsTrailers(te: string | undefined): boolean {
  if (te === undefined) return false
  return te.split(',').some((coding) => coding.trim().toLowerCase() === 'trailers')
}

/**
 * The trailer fields that a proxy sends on, in either direction: name, value, name, value.
 *
 * Leaves out what must not stand in a trailer, because who merges it into the header section would
 * frame, route or trust the message by it: what the gateway sets itself, names that a Service may read
 * as those, and the fields that RFC 9110 6.5.1 speaks of.
 */
export function trailers(raw: readonly string[]): string[] {
  const sent: string[] = []
  for (let i = 0; i + 1 < raw.length; i += 2) {
    const name = raw[i] as string
    const value = raw[i + 1] as string
    const { kind, lower } = headerName(name)
    if (kind === 'pass' && !isForbidden(lower) && TOKEN.test(name) && TEXT.test(value)) {
      sent.push(name, value)
    }
  }
  return sent
}

const TOKEN = /^[!#$%&'*+\-.^_`|~0-9A-Za-z]+$/
/** RFC 9110 5.5: no control characters but the tab. */
const TEXT = /^[\t\x20-\x7e\x80-\xff]*$/

function isForbidden(lower: string): boolean {
  return FORBIDDEN.has(lower) || lower.startsWith('if-') || lower.startsWith('access-control-')
}

/** Message framing, routing, request modifiers, authentication, content format, response control. */
const FORBIDDEN: ReadonlySet<string> = new Set([
  'accept-ranges',
  'age',
  'authorization',
  'cache-control',
  'clear-site-data',
  'content-disposition',
  'content-encoding',
  'content-language',
  'content-location',
  'content-range',
  'content-security-policy',
  'content-type',
  'cookie',
  'date',
  'expires',
  'forwarded',
  'location',
  'max-forwards',
  'origin',
  'pragma',
  'proxy-authenticate',
  'proxy-authentication-info',
  'range',
  'referer',
  'retry-after',
  'set-cookie',
  'strict-transport-security',
  'vary',
  'warning',
  'www-authenticate',
])
