import { isIPv4, isIPv6 } from 'node:net'

/** Checks a path of a Service: characters of RFC 3986, triplets complete. */
export function validatePath(value: string): string | undefined {
  if (!/^\/[\w.\-~/%:@!$&'()*+,;=]*$/.test(value)) {
    return `invalid path: '${value}' (characters outside of the reserved list of RFC 3986 found)`
  }
  return validateTriplets(value)
}

/** Checks that every `%` is followed by two hexadecimal digits. */
export function validateTriplets(value: string): string | undefined {
  const broken = /%(?![0-9a-f]{2}).{0,2}/isu.exec(value)
  return broken === null ? undefined : `invalid url-encoded value: '${broken[0]}'`
}

/** Checks a name that goes into paths of the Admin API. */
export function validateName(value: string): string | undefined {
  if (/^[\w.\-~\u{80}-\u{10ffff}]*$/u.test(value)) return undefined
  return `invalid value '${value}': the only accepted ascii characters are alphanumerics or ., -, _, and ~`
}

/** Checks a tag. A comma and a slash combine tags in queries, and so cannot be in one. */
export function validateTag(value: string): string | undefined {
  if (/^[ -+\-.0-~\u{80}-\u{10ffff}]+$/u.test(value)) return undefined
  return `invalid tag '${value}': expected printable ascii (except \`,\` and \`/\`) or valid utf-8 sequences`
}

/** Checks the name of a header. */
export function validateHeaderName(value: string): string | undefined {
  if (/^[A-Za-z0-9_-]+$/.test(value)) return undefined
  return `bad header name '${value}', allowed characters are A-Z, a-z, 0-9, '_', and '-'`
}

/** Checks the name of a cookie. */
export function validateCookieName(value: string): string | undefined {
  // biome-ignore lint/suspicious/noControlCharactersInRegex: they are what is refused
  if (!/[\0-\x20\x7f()<>@,;:\\"/?={}[\]]/.test(value)) return undefined
  return (
    'contains one or more invalid characters. ASCII control characters (0-31;127), space, tab and ' +
    'the characters ()<>@,;:\\"/?={}[] are not allowed.'
  )
}

/** Checks an address. */
export function validateIp(value: string): string | undefined {
  return isAddress(value) ? undefined : `not an ip address: ${value}`
}

/** Checks an address or a range of addresses: `10.0.0.0/8`, `::/0`. */
export function validateIpOrCidr(value: string): string | undefined {
  const [address = '', bits, ...rest] = value.split('/')
  const greatest = isIPv4(address) ? 32 : 128
  const hasBits = bits === undefined || (/^\d{1,3}$/.test(bits) && Number(bits) <= greatest)
  if (rest.length === 0 && hasBits && isAddress(address)) return undefined
  return `invalid ip or cidr range: '${value}'`
}

/** `fe80::1%eth0` names an interface of this machine, which means nothing to another one. */
function isAddress(value: string): boolean {
  return isIPv4(value) || (isIPv6(value) && !value.includes('%'))
}

/** Checks a URL: it has a scheme and a host. */
export function validateUrl(value: string): string | undefined {
  const match = /^(?:([a-z][a-z0-9+.-]*):)?(?:\/\/([^/?#]*))?/i.exec(value)
  if (!match?.[2]) return 'missing host in url'
  return match[1] ? undefined : 'missing scheme in url'
}
