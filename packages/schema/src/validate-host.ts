import { INVALID_PORT, parseHost } from './parse-host.ts'

/** Checks a name or an address without a port. */
export function validateHost(value: string): string | undefined {
  const parsed = parseHost(value)
  if (parsed === INVALID_PORT) return 'must not have a port'
  if (typeof parsed === 'string') return `invalid value: ${value}`
  return parsed.port === undefined ? undefined : 'must not have a port'
}

/** Checks a name or an address with an optional port. */
export function validateHostWithPort(value: string): string | undefined {
  const parsed = parseHost(value)
  return typeof parsed === 'string' ? parsed : undefined
}

/** Checks the same, in which the first or the last label may be `*`. */
export function validateWildcardHost(value: string): string | undefined {
  const stars = value.split('*').length - 1
  if (stars === 0) return validateHostWithPort(value)
  if (stars > 1) return 'invalid wildcard: must have at most one wildcard'
  if (!/^\*\.|\.\*$/.test(value)) {
    return 'invalid wildcard: must be placed at leftmost or rightmost label'
  }
  return validateHostWithPort(value.replace('*', 'wildcard'))
}

/** Checks a name as TLS clients send it: neither an address nor with a port. */
export function validateSni(value: string): string | undefined {
  const parsed = parseHost(value)
  if (parsed === INVALID_PORT) return 'must not have a port'
  if (typeof parsed === 'string') return `invalid value: ${value}`
  if (parsed.kind !== 'name') return 'must not be an IP'
  return parsed.port === undefined ? undefined : 'must not have a port'
}

/** Checks the same, in which the first or the last character may be `*`. */
export function validateWildcardSni(value: string): string | undefined {
  const star = value.indexOf('*')
  if (star === -1) return validateSni(value)
  if (star > 0 && star < value.length - 1) {
    return 'wildcard must be leftmost or rightmost character'
  }
  if (value.includes('*', star + 1)) return 'only one wildcard must be specified'
  // The word is Kong's; it shows in the message when something else is wrong with the name.
  return value === '*' ? undefined : validateSni(value.replace('*', 'wildcard'))
}
