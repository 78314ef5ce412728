import { type Fields, parseBody, parseHead, valuesOf } from './strict-message.ts'

/** One response as a client got it. */
export interface SeenResponse {
  readonly status: number
  readonly fields: Fields
  /** What came of the body, as far as it came. */
  readonly body: Buffer
  /** 1xx but 101. */
  readonly isInterim: boolean
  readonly isWhole: boolean
  /** The body ends with the connection, so that a cut cannot be seen. */
  readonly isCloseDelimited: boolean
  readonly trailers: readonly string[]
}

export interface SeenResponses {
  readonly all: readonly SeenResponse[]
  /** Without interim ones. */
  readonly finals: readonly SeenResponse[]
  /** What is no response; undefined when all is well. */
  readonly bad: string | undefined
}

/** How the octets are to be understood. */
export interface ResponseContext {
  /** The connection has ended: nothing more comes. */
  readonly ended: boolean
  /** The first response answers a HEAD. */
  readonly isHead?: boolean
}

/** Reads what a connection carried as a row of responses. */
export function parseResponses(bytes: Buffer, context: ResponseContext): SeenResponses {
  const all: SeenResponse[] = []
  let bad: string | undefined
  let hadFinal = false
  for (let at = 0; at < bytes.length; ) {
    const one = parseOne(bytes, at, { ...context, isHead: context.isHead === true && !hadFinal })
    if ('bad' in one) {
      bad = one.bad
      break
    }
    if (one.response === undefined) break
    all.push(one.response)
    hadFinal ||= !one.response.isInterim
    if (!one.response.isWhole) break
    at = one.next
  }
  return { all, finals: all.filter(({ isInterim }) => !isInterim), bad }
}

type Parsed =
  | { readonly bad: string }
  | { readonly response: SeenResponse | undefined; readonly next: number }

const STATUS_LINE = /^HTTP\/1\.[01] ([1-9]\d\d)(?: [\t\x20-\x7e\x80-\xff]*)?$/

function parseOne(bytes: Buffer, at: number, { ended, isHead }: ResponseContext): Parsed {
  const head = parseHead(bytes, at)
  if (head === undefined) {
    const start = JSON.stringify(bytes.toString('latin1', at, at + 60))
    return ended ? { bad: `a head that is cut: ${start}` } : { response: undefined, next: at }
  }
  if ('bad' in head) return head
  const { fields, bodyAt } = head
  const match = STATUS_LINE.exec(head.line)
  if (match === null) return { bad: `status line ${JSON.stringify(head.line.slice(0, 80))}` }
  const status = Number(match[1])
  const seen = { status, fields, isInterim: false, isCloseDelimited: false, trailers: [] }
  if (status < 200 && status !== 101) {
    return { response: { ...seen, ...EMPTY, isInterim: true }, next: bodyAt }
  }
  if (status === 101) {
    return { response: { ...seen, ...EMPTY, body: bytes.subarray(bodyAt) }, next: bytes.length }
  }
  if (isHead === true || status === 204 || status === 304) {
    return { response: { ...seen, ...EMPTY }, next: bodyAt }
  }
  return withBody(bytes, bodyAt, { seen: { ...seen, ...EMPTY }, ended })
}

const EMPTY = { body: Buffer.alloc(0), isWhole: true }

function withBody(
  bytes: Buffer,
  at: number,
  { seen, ended }: { readonly seen: SeenResponse; readonly ended: boolean },
): Parsed {
  const isFramed = ['content-length', 'transfer-encoding'].some(
    (name) => valuesOf(seen.fields, name).length > 0,
  )
  const next = bytes.length
  if (!isFramed) {
    const body = bytes.subarray(at)
    return { response: { ...seen, body, isWhole: ended, isCloseDelimited: true }, next }
  }
  const parsed = parseBody(bytes, at, seen.fields)
  if (parsed === undefined) {
    return { response: { ...seen, body: bytes.subarray(at), isWhole: false }, next }
  }
  if ('bad' in parsed) return { bad: `response: ${parsed.bad}` }
  const { body, trailers } = parsed
  return { response: { ...seen, body, trailers }, next: parsed.next }
}
