import type { ExitBody, ExitHeaders } from '@postern/pdk-response'
import { isJsonText } from './decode-body.ts'
import { findValue, nameFacts, without } from './exit-headers.ts'

/** Body and headers of an Exit, the body decoded. */
export interface Described {
  readonly body: ExitBody | undefined
  readonly headers: ExitHeaders | undefined
}

const TYPE = 'content-type'
const ONLY_TYPE: ReadonlySet<string> = new Set([TYPE])

/**
 * The headers for a body that functions may have changed: its Content-Type is true again, and the
 * fields that frame the message are those of the Exit before the functions, or nobody's.
 *
 * Kong sends an HTML page under the JSON type that the exit had. Here a type that the function set
 * itself stays; else a body of the same sort keeps the type it had, JSON gets JSON's, text that was
 * none before gets `text/html` when it begins with `<` and `text/plain` when not, and no body has
 * no type.
 */
export function describeBody(before: Described, after: Described): ExitHeaders | undefined {
  const said = findValue(after.headers, TYPE)
  const type = contentType(before, after, said)
  const framed = restoreFraming(before, after)
  if (type === said) return framed
  const rest = said === undefined ? framed : without(framed ?? {}, ONLY_TYPE)
  return type === undefined ? emptyAsNone(rest ?? {}) : { ...rest, 'Content-Type': type }
}

/** @param said what the headers of `after` say */
function contentType(
  before: Described,
  after: Described,
  said: string | undefined,
): string | undefined {
  const had = findValue(before.headers, TYPE)
  if (said !== undefined && said !== had) return said
  const sort = sortOf(after.body)
  if (sort === sortOf(before.body)) return had
  if (sort === 'json') return 'application/json; charset=utf-8'
  if (sort === 'text') return typeOfText(after.body)
  return undefined
}

type Sort = 'json' | 'text' | 'none'

function sortOf(body: ExitBody | undefined): Sort {
  if (body === undefined) return 'none'
  if (typeof body === 'string') return isJsonText(body) ? 'json' : 'text'
  return body instanceof Uint8Array ? 'text' : 'json'
}

function typeOfText(body: ExitBody | undefined): string {
  const isMarkup = typeof body === 'string' && body.trimStart().startsWith('<')
  return isMarkup ? 'text/html; charset=utf-8' : 'text/plain; charset=utf-8'
}

/**
 * Connection and Upgrade of a 426 have to survive a function that replaces all headers no more than
 * the others do; they survive one that hands them on.
 */
function restoreFraming(before: Described, after: Described): ExitHeaders | undefined {
  if (after.headers === undefined) return undefined
  let wrong: Set<string> | undefined
  for (const name in after.headers) {
    const { plain, isFraming } = nameFacts(name)
    if (isFraming && !isKept(name, plain, { before, after })) (wrong ??= new Set()).add(plain)
  }
  return wrong === undefined ? after.headers : without(after.headers, wrong)
}

/** A length is only that of the body it came with. */
function isKept(name: string, plain: string, { before, after }: Change): boolean {
  if (plain === 'content-length' && before.body !== after.body) return false
  return findValue(before.headers, plain) === String(after.headers?.[name])
}

interface Change {
  readonly before: Described
  readonly after: Described
}

function emptyAsNone(headers: ExitHeaders): ExitHeaders | undefined {
  return Object.keys(headers).length === 0 ? undefined : headers
}
