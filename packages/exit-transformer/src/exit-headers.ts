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
  return nameFacts(name).plain
}

/** What a name alone tells. */
export interface NameFacts {
  /** In lower case, with `-` for `_`. */
  readonly plain: string
  /** A field name as RFC 9110 5.1 has it. */
  readonly isToken: boolean
  /** Of a field that frames a message: what a function puts there could split the response in two. */
  readonly isFraming: boolean
}

/** Exits and functions have the same few names again and again. */
export function nameFacts(name: string): NameFacts {
  const known = knownNames.get(name)
  if (known !== undefined) return known
  const plain = name.toLowerCase().replaceAll('_', '-')
  const facts = { plain, isToken: TOKEN.test(name), isFraming: FRAMING.has(plain) }
  if (knownNames.size < MAX_NAMES && name.length <= MAX_NAME_LENGTH) knownNames.set(name, facts)
  return facts
}

const TOKEN = /^[!#$%&'*+\-.^_`|~0-9A-Za-z]+$/

const FRAMING: ReadonlySet<string> = new Set([
  'connection',
  'content-length',
  'keep-alive',
  'proxy-connection',
  'te',
  'trailer',
  'transfer-encoding',
  'upgrade',
])

/** Bounded: functions make names as well. */
const knownNames = new Map<string, NameFacts>()
const MAX_NAMES = 500
const MAX_NAME_LENGTH = 64
