import type { ExitHeaders } from '@postern/pdk-response'

/** The name under which a header stands there, compared without case and with `_` read as `-`. */
export function findName(headers: ExitHeaders | undefined, name: string): string | undefined {
  for (const key in headers) if (plainName(key) === name) return key
  return undefined
}

/** The value of a header as text, or undefined. */
export function findValue(headers: ExitHeaders | undefined, name: string): string | undefined {
  const key = findName(headers, name)
  if (headers === undefined || key === undefined) return undefined
  return String(headers[key])
}

/** The headers without those of these names. */
export function without(headers: ExitHeaders, names: ReadonlySet<string>): ExitHeaders {
  return Object.fromEntries(Object.entries(headers).filter(([key]) => !names.has(plainName(key))))
}

/** Kong turns `_` in a header's name into `-`. */
export function plainName(name: string): string {
  const known = plainNames.get(name)
  if (known !== undefined) return known
  const plain = name.toLowerCase().replaceAll('_', '-')
  if (plainNames.size < MAX_NAMES && name.length <= MAX_NAME_LENGTH) plainNames.set(name, plain)
  return plain
}

/** Exits and functions have the same few names again and again. Bounded: functions make names as well. */
const plainNames = new Map<string, string>()
const MAX_NAMES = 500
const MAX_NAME_LENGTH = 64
