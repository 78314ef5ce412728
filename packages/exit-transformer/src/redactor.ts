import { SECRET_NAMES } from './exit-context.ts'
import { isSecretName } from './secret-name.ts'

/** Keeps secrets out of what is written down. */
export interface Redactor {
  /** Whether what stands under this name (a header, a member of a body) is a secret. */
  hasSecretName(name: string): boolean
  /** The text without the secrets of the request. */
  clean(text: string): string
}

/** What a secret reads instead. */
export const REDACTED = 'REDACTED'

/** Shorter values stand in too many texts by chance. */
const MIN_SECRET_CHARACTERS = 6

/**
 * Makes a Redactor for one request.
 *
 * Functions see no secrets in `exit`, but may read them with `kong.request`, and then write them into
 * any header or body: so values are looked for as well as names.
 *
 * @param names of headers and query arguments that carry keys, in any case, besides those that tell it
 *   by their last word
 * @param values secrets of this request
 */
export function createRedactor(names: Iterable<string>, values: Iterable<string>): Redactor {
  const secretNames = new Set([...SECRET_NAMES, ...Array.from(names, plain)])
  const secrets = [...new Set(values)]
    .filter((value) => value.length >= MIN_SECRET_CHARACTERS)
    // The longest first: one may be a part of another.
    .toSorted((left, right) => right.length - left.length)
  return {
    hasSecretName: (name) => isSecretName(name) || secretNames.has(plain(name)),
    clean: (text) => secrets.reduce((clean, secret) => clean.replaceAll(secret, REDACTED), text),
  }
}

function plain(name: string): string {
  return name.toLowerCase().replaceAll('_', '-')
}

/**
 * The secrets in headers or query arguments: whole values, what follows the scheme in Authorization,
 * and the values of Cookies.
 */
export function secretValues(
  fields: Readonly<Record<string, unknown>>,
  isSecret: (name: string) => boolean,
): readonly string[] {
  return Object.entries(fields)
    .filter(([name]) => isSecret(name))
    .flatMap(([, value]) => [value].flat())
    .filter((value) => typeof value === 'string')
    .flatMap((value) => [value, afterFirst(value, ' '), ...value.split(';').map(cookieValue)])
}

function cookieValue(pair: string): string {
  return afterFirst(pair, '=').trim()
}

/** Empty where the separator is not there: too short to count as a secret. */
function afterFirst(text: string, separator: string): string {
  const at = text.indexOf(separator)
  return at < 0 ? '' : text.slice(at + 1)
}
