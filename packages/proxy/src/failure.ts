import type { UpstreamFailure } from './upstream-client.ts'

/** Kinds by the `code` of the error, where the code alone says it. */
const KIND_OF_CODE: ReadonlyMap<string, UpstreamFailure['kind']> = new Map([
  ['ENOTFOUND', 'dns'],
  ['EAI_AGAIN', 'dns'],
  ['EAI_FAIL', 'dns'],
  ['ENODATA', 'dns'],
  ['ERR_ASSERTION', 'invalid'],
  ['HPE_INVALID_EOF_STATE', 'reset'],
  ['UND_ERR_RES_CONTENT_LENGTH_MISMATCH', 'reset'],
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

/**
 * Tells what kind of failure an error of undici or of a socket is.
 *
 * @param sent whether bytes of the request may have reached the Service
 */
export function failureOf(error: unknown, sent: boolean): UpstreamFailure {
  const { code, message } = describe(error)
  return { kind: kindOf(code, message, sent), message, sent, cause: error }
}

function describe(error: unknown): { code: string; message: string } {
  if (!(error instanceof Error)) return { code: '', message: String(error) }
  const code = 'code' in error && typeof error.code === 'string' ? error.code : ''
  // Several addresses of one name failed; the message of the whole is empty.
  const first = error instanceof AggregateError ? error.errors[0] : undefined
  const message = error.message || (first instanceof Error ? first.message : '') || code
  return { code, message }
}

function kindOf(code: string, message: string, sent: boolean): UpstreamFailure['kind'] {
  const kind = KIND_OF_CODE.get(code)
  if (kind !== undefined) return kind
  if (code === 'ETIMEDOUT') return sent ? 'timeout' : 'connect-timeout'
  if (code.startsWith('HPE_') || INVALID_MESSAGES.has(message)) return 'invalid'
  return sent ? 'reset' : 'connect'
}
