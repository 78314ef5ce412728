import { isHost } from '@postern/http1'
import { coreExit } from './core-exits.ts'
import { lengthOf } from './limit-body.ts'
import type { Exchange } from './listener/listener.ts'

/** Longest request target, in bytes. */
export const MAX_TARGET_BYTES = 8192
/** Header lines of one request. */
export const MAX_HEADER_LINES = 200

/** Why a request is not served, and what it is answered with. */
export interface RequestProblem {
  readonly status: number
  readonly reason: string
}

/**
 * What has to hold for the first line of a request before anything else looks at it, whatever engine
 * has read it.
 *
 * @see RFC 9112, 2.3 (version) and 3.2 (target)
 */
export function checkLine(exchange: Exchange): RequestProblem | undefined {
  const { method, httpVersion } = exchange
  if (httpVersion !== '1.1' && httpVersion !== '1.0') return BAD_VERSION
  if (exchange.target.length > MAX_TARGET_BYTES) return TARGET_TOO_LONG
  if (!TARGET.test(exchange.target)) return BAD_TARGET
  return method === 'TRACE' || method === 'CONNECT' ? METHOD_REFUSED : undefined
}

/**
 * What has to hold for its header fields.
 *
 * @param maxBodyBytes `client_max_body_size`; 0 is unlimited
 * @see RFC 9112, 3.2 (Host)
 */
export function checkFields(exchange: Exchange, maxBodyBytes: number): RequestProblem | undefined {
  if (exchange.rawHeaders.length > 2 * MAX_HEADER_LINES) return TOO_MANY_HEADERS
  return checkCoding(exchange) ?? checkHost(exchange) ?? checkLength(exchange, maxBodyBytes)
}

const BAD_VERSION: RequestProblem = coreExit('request.bad_version')
const TARGET_TOO_LONG: RequestProblem = coreExit('request.target_too_long')
const BAD_TARGET: RequestProblem = coreExit('request.bad_target')
const TOO_MANY_HEADERS: RequestProblem = coreExit('request.too_many_headers')
const METHOD_REFUSED: RequestProblem = coreExit('request.method_refused')
const CODING_UNKNOWN: RequestProblem = coreExit('request.coding_unknown')
export const BAD_HOST: RequestProblem = coreExit('request.bad_host')

const BODY_TOO_LARGE: RequestProblem = coreExit('request.too_large')

/**
 * A path or a whole URL, without a fragment (RFC 9112, 3.2). `*` asks about this server and not about
 * a Service: Kong refuses it.
 */
const TARGET = /^(?:\/|https?:\/\/)[^#]*$/i

/**
 * RFC 9112, 6.1: a coding that is not understood cannot be taken off, and the Service would be told
 * that the body is only chunked.
 */
function checkCoding({ rawHeaders }: Exchange): RequestProblem | undefined {
  let isSaid = false
  for (let i = 0; i < rawHeaders.length; i += 2) {
    const name = rawHeaders[i] as string
    if (name.length !== 17 || name.toLowerCase() !== 'transfer-encoding') continue
    if (isSaid || rawHeaders[i + 1]?.toLowerCase() !== 'chunked') return CODING_UNKNOWN
    isSaid = true
  }
  return undefined
}

function checkHost({ rawHeaders, httpVersion }: Exchange): RequestProblem | undefined {
  let host: string | undefined
  for (let i = 0; i < rawHeaders.length; i += 2) {
    const name = rawHeaders[i] as string
    if (name.length !== 4 || name.toLowerCase() !== 'host') continue
    if (host !== undefined) return BAD_HOST
    host = rawHeaders[i + 1]
  }
  if (host === undefined) return httpVersion === '1.1' ? BAD_HOST : undefined
  return isHost(host) ? undefined : BAD_HOST
}

/** A body that announces too much is not waited for. */
function checkLength(exchange: Exchange, maxBodyBytes: number): RequestProblem | undefined {
  if (maxBodyBytes === 0 || exchange.body === undefined) return undefined
  return (lengthOf(exchange) ?? 0) > maxBodyBytes ? BODY_TOO_LARGE : undefined
}
