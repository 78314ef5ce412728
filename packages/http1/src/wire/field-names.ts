import { flatText } from './flat-text.ts'

/** Names that decide how a message is read. */
export type FieldRole =
  | 'plain'
  | 'connection'
  | 'content-length'
  | 'expect'
  | 'host'
  | 'transfer-encoding'
  | 'upgrade'
  | 'date'
  /** Keep-Alive and Proxy-Connection, which are about a connection and in no RFC of today. */
  | 'hop'

/** What there is to know of a field name as it was received. */
export interface FieldName {
  readonly lower: string
  /** Whether it may be a name at all (RFC 9110, 5.6.2). */
  readonly isToken: boolean
  readonly role: FieldRole
  /** The beginning of a line, up to the value: made once, as text costs by the number of its pieces. */
  readonly prefix: string
}

/**
 * Looks a name up, and works it out at its first sight.
 *
 * A lookup costs a third of lower-casing and checking the characters, and the same twenty names
 * arrive with every message.
 */
export function fieldName(name: string): FieldName {
  const known = names.get(name)
  if (known !== undefined) return known
  const isToken = consistsOfTokenCharacters(name)
  const isKept = isToken && names.size < MAX_NAMES && name.length <= MAX_NAME_LENGTH
  // A name is mostly a slice of a whole head, which would be kept with it.
  const own = isKept ? flatText(name) : name
  const lower = own.toLowerCase()
  const prefix = isKept ? flatText(`${own}: `) : `${own}: `
  const found = { lower, isToken, role: ROLES.get(lower) ?? 'plain', prefix }
  if (isKept) names.set(own, found)
  return found
}

export function lowerName(name: string): string {
  return fieldName(name).lower
}

export function isToken(name: string): boolean {
  return fieldName(name).isToken
}

/** The other side chooses names, so the memory of them is bounded; the usual ones are there long before. */
const MAX_NAMES = 1000
const MAX_NAME_LENGTH = 64
const names = new Map<string, FieldName>()

const ROLES: ReadonlyMap<string, FieldRole> = new Map<string, FieldRole>([
  ['connection', 'connection'],
  ['content-length', 'content-length'],
  ['date', 'date'],
  ['expect', 'expect'],
  ['host', 'host'],
  ['keep-alive', 'hop'],
  ['proxy-connection', 'hop'],
  ['transfer-encoding', 'transfer-encoding'],
  ['upgrade', 'upgrade'],
])

/** For text that is no field name, a method for one: nothing is remembered. */
export function consistsOfTokenCharacters(text: string): boolean {
  for (let i = 0; i < text.length; i++) {
    const code = text.charCodeAt(i)
    if (code > 127 || TOKEN_CHARACTERS[code] === 0) return false
  }
  return text.length > 0
}

const TOKEN_CHARACTERS = new Uint8Array(128)
for (const character of "!#$%&'*+-.^_`|~0123456789") TOKEN_CHARACTERS[character.charCodeAt(0)] = 1
for (let i = 0; i < 26; i++) {
  TOKEN_CHARACTERS[65 + i] = 1
  TOKEN_CHARACTERS[97 + i] = 1
}
