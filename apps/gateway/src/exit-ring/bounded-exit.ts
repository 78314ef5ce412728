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

/** An exit that holds little. */
export interface BoundedExit extends Omit<Exit, 'body'> {
  readonly body: ExitBody | CutBody | undefined
  readonly areHeadersCut?: boolean
}

/**
 * An exit whose message, body and headers are bounded in size. Where they are short, as nearly all
 * are, it is the same object: nothing is copied for it. What is cut is copied, so that the long
 * original is not held.
 */
export function boundedExit(exit: Exit): BoundedExit {
  const { message, body, headers } = exit
  const isMessageShort = message === undefined || message.length <= MAX_BODY
  const areHeadersShort = headers === undefined || headersLength(headers) <= MAX_HEADERS
  if (isMessageShort && areHeadersShort && isShort(body)) return exit
  return {
    ...exit,
    message: isMessageShort ? message : undefined,
    body: boundedBody(body),
    headers: areHeadersShort ? headers : cutHeaders(headers),
    areHeadersCut: !areHeadersShort,
  }
}

/** A short view of bytes may keep a long buffer behind it. */
function isShort(body: ExitBody | undefined): boolean {
  if (body === undefined) return true
  if (typeof body === 'string') return body.length <= MAX_BODY
  return !(body instanceof Uint8Array) && isSmall(body)
}

function boundedBody(body: ExitBody | undefined): ExitBody | CutBody | undefined {
  if (body === undefined || isShort(body)) return body
  if (typeof body === 'string') return new CutBody(copyOf(body.slice(0, MAX_BODY)))
  if (!(body instanceof Uint8Array)) return new CutBody(copyOf(jsonOf(body).slice(0, MAX_BODY)))
  if (body.length <= MAX_BODY) return body.slice()
  return new CutBody(Buffer.from(body.subarray(0, MAX_BODY)).toString('utf8'))
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
