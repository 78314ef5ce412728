import { pdkErrors } from './errors.ts'
import type { Exit } from './exit.ts'
import { luaType } from './lua-type.ts'

const STREAM_STATUSES = new Set([200, 400, 403, 500, 502, 503])
const LOGGED_STATUSES = new Set([500, 502, 503])

/**
 * Checks the arguments of an exit on a TCP or TLS connection.
 *
 * @throws POSTERN_PDK_STATUS_INVALID, POSTERN_PDK_STREAM_STATUS, POSTERN_PDK_BODY_INVALID
 */
export function checkStreamExit(status: unknown, body: unknown): void {
  if (typeof status !== 'number') throw pdkErrors.STATUS_INVALID('')
  if (!STREAM_STATUSES.has(status)) throw pdkErrors.STREAM_STATUS()
  const type = luaType(body)
  if (type === 'table') throw pdkErrors.BODY_INVALID('nil or string, L4 has no JSON encoding')
  if (type !== 'nil' && type !== 'string') throw pdkErrors.BODY_INVALID('nil, string or table')
}

/** What becomes of an Exit on a TCP or TLS connection. */
export interface StreamExit {
  /** Status of the session, for logs. */
  readonly status: number
  /** Written to the client before the connection is closed. */
  readonly output: string | Uint8Array | undefined
  /** Written to the log, at error level. */
  readonly logged: string | undefined
}

/** With 500, 502 and 503 the body is logged, with any other status it goes to the client. */
export function renderStreamExit(exit: Exit): StreamExit {
  const body = exit.body as string | Uint8Array | undefined
  if (!LOGGED_STATUSES.has(exit.status) || body === undefined) {
    return { status: exit.status, output: body, logged: undefined }
  }
  const text = typeof body === 'string' ? body : Buffer.from(body).toString('utf8')
  const logged = `unable to proxy stream connection, status: ${exit.status}, err: ${text}`
  return { status: exit.status, output: undefined, logged }
}
