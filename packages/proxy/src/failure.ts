import type { UpstreamFailure } from './upstream-client.ts'

/** Kinds by the `code` of the error, where the code alone says it. */
const KIND_OF_CODE: ReadonlyMap<string, UpstreamFailure['kind']> = new Map([
  ['ENOTFOUND', 'dns'],
  ['EAI_AGAIN', 'dns'],
  ['EAI_FAIL', 'dns'],
  ['ENODATA', 'dns'],
  ['ERR_ASSERTION', 'invalid'],
  ['UND_ERR_CONNECT_TIMEOUT', 'connect-timeout'],
  ['UND_ERR_HEADERS_TIMEOUT', 'timeout'],
  ['UND_ERR_BODY_TIMEOUT', 'timeout'],
  ['UND_ERR_HEADERS_OVERFLOW', 'invalid'],
  ['UND_ERR_INVALID_ARG', 'invalid'],
  ['UND_ERR_NOT_SUPPORTED', 'invalid'],
  ['UND_ERR_REQ_CONTENT_LENGTH_MISMATCH', 'body'],
  ['UND_ERR_DESTROYED', 'aborted'],
  ['UND_ERR_CLOSED', 'aborted'],
  ['UND_ERR_ABORTED', 'aborted'],
])

/** What undici calls an answer that comes when none was asked for, or that switches protocols. */
const INVALID_MESSAGES: ReadonlySet<string> = new Set(['bad response', 'bad upgrade'])

/** Its parser finds only at the end of the connection that a message was cut. */
const CUT = 'Invalid EOF state'

/** How far an exchange had come when it failed. */
export interface Progress {
  /** Whether bytes of the request may have reached the Service. */
  readonly sent: boolean
  readonly hasHead: boolean
}

/** Tells what kind of failure an error of undici or of a socket is. */
export function failureOf(error: unknown, progress: Progress): UpstreamFailure {
  const facts = describe(error)
  const kind = kindOf(facts, progress)
  return { kind, message: facts.message, sent: progress.sent, cause: error }
}

interface ErrorFacts {
  readonly name: string
  readonly code: string
  readonly message: string
}

function describe(error: unknown): ErrorFacts {
  if (!(error instanceof Error)) return { name: '', code: '', message: String(error) }
  const code = 'code' in error && typeof error.code === 'string' ? error.code : ''
  // Several addresses of one name failed; the message of the whole is empty.
  const first = error instanceof AggregateError ? error.errors[0] : undefined
  const message = error.message || (first instanceof Error ? first.message : '') || code
  return { name: error.name, code, message }
}

function kindOf({ name, code, message }: ErrorFacts, progress: Progress): UpstreamFailure['kind'] {
  const { sent, hasHead } = progress
  // undici's word for anything it cannot parse behind a Content-Length, two of them among that.
  if (code === 'UND_ERR_RES_CONTENT_LENGTH_MISMATCH') return hasHead ? 'reset' : 'invalid'
  const kind = KIND_OF_CODE.get(code)
  if (kind !== undefined) return kind
  if (code === 'ETIMEDOUT') return sent ? 'timeout' : 'connect-timeout'
  if (name === 'HTTPParserError') return message.includes(CUT) ? 'reset' : 'invalid'
  if (INVALID_MESSAGES.has(message)) return 'invalid'
  return sent ? 'reset' : 'connect'
}
