import type { Exit, ExitBody, ExitHeaders } from '@postern/pdk-response'

/** Longest body that is kept of an exit, in characters of text or in bytes. */
export const MAX_BODY: number = 8192
/** Longest headers that are kept of an exit, in characters of names and values. */
export const MAX_HEADERS: number = 8192
/** An object with more values than this is kept as the beginning of its JSON text. */
const MAX_VALUES = 64

/** A body that was too long: its beginning. */
export class CutBody {
  readonly text: string

  constructor(text: string) {
    this.text = text
  }
}

/** The parts of an exit that may be of any size. */
export interface BoundedParts {
  readonly body: ExitBody | CutBody | undefined
  readonly headers: ExitHeaders | undefined
  readonly areHeadersCut: boolean
}

/**
 * Body and headers of an exit, bounded in size. Short ones, as nearly all are, are the same objects:
 * nothing is copied for them. What is cut is copied, so that the long original is not held.
 */
export function boundedParts({ body, headers }: Pick<Exit, 'body' | 'headers'>): BoundedParts {
  const isShort = headers === undefined || headersLength(headers) <= MAX_HEADERS
  return {
    body: boundedBody(body),
    headers: isShort ? headers : cutHeaders(headers),
    areHeadersCut: !isShort,
  }
}

function boundedBody(body: ExitBody | undefined): ExitBody | CutBody | undefined {
  if (body === undefined) return undefined
  if (typeof body === 'string') {
    return body.length <= MAX_BODY ? body : new CutBody(copyOf(body.slice(0, MAX_BODY)))
  }
  if (body instanceof Uint8Array) {
    // A short view may keep the long buffer behind it.
    if (body.length <= MAX_BODY) return body.slice()
    return new CutBody(Buffer.from(body.subarray(0, MAX_BODY)).toString('utf8'))
  }
  return isSmall(body) ? body : new CutBody(copyOf(jsonOf(body).slice(0, MAX_BODY)))
}

/** A slice of a string holds the string that it was cut from. */
function copyOf(text: string): string {
  return Buffer.from(text, 'utf16le').toString('utf16le')
}

/** Whether an object has few values and little text: looks at no more of it than it has to. */
function isSmall(body: object): boolean {
  const budget = { values: MAX_VALUES, characters: MAX_BODY }
  return spend(body, budget)
}

function spend(value: unknown, budget: { values: number; characters: number }): boolean {
  if (--budget.values < 0) return false
  if (typeof value === 'string') budget.characters -= value.length
  if (typeof value !== 'object' || value === null) return budget.characters >= 0
  for (const key in value) {
    budget.characters -= key.length
    if (!spend((value as Readonly<Record<string, unknown>>)[key], budget)) return false
  }
  return budget.characters >= 0
}

/** What cannot be written is sent as a 500: there is nothing to keep of it. */
function jsonOf(body: object): string {
  try {
    return JSON.stringify(body) ?? ''
  } catch {
    return ''
  }
}

function headersLength(headers: ExitHeaders): number {
  let length = 0
  for (const name in headers) length += name.length + valueLength(headers[name])
  return length
}

function valueLength(value: ExitHeaders[string] | undefined): number {
  if (typeof value === 'string') return value.length
  // An empty table of Lua is an object, and no list.
  if (!Array.isArray(value)) return 8
  let length = 0
  for (const one of value) length += one.length
  return length
}

/** The first ones that fit. */
function cutHeaders(headers: ExitHeaders): ExitHeaders {
  let left = MAX_HEADERS
  const kept = Object.entries(headers).filter(([name, value]) => {
    left -= name.length + valueLength(value)
    return left >= 0
  })
  return Object.fromEntries(kept)
}
