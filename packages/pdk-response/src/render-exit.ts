import { Buffer } from 'node:buffer'
import type { PosternError } from '@postern/errors'
import { errorExit } from './error-exit.ts'
import type { Exit, ExitHeaders } from './exit.ts'
import { grpcMessage, grpcStatusName, grpcStatusOf, isGrpcRequest, isGrpcType } from './grpc.ts'
import type { HeaderList } from './header-list.ts'
import { headerTexts, isHeader, namesHeader, wireName } from './header-values.ts'
import { encodeJson } from './encode-json.ts'
import { pdkErrors } from './errors.ts'
import type { RenderHost } from './response-host.ts'

/** An Exit as it goes out. */
export interface RenderedExit {
  readonly status: number
  readonly headers: HeaderList
  /** What is written after the head; undefined for nothing. */
  readonly body: string | Uint8Array | undefined
  /**
   * The headers of the Exit gave a Content-Length that is not that of the body. It is sent, as in
   * Kong; close the connection after the response, or the next one is read from the wrong place.
   */
  readonly lengthMismatch: boolean
  /** Set when the Exit could not be sent, and a 500 stands in its place. For the operator's log. */
  readonly failure: PosternError | undefined
}

/**
 * Applies an Exit to the state of the response, and answers what is to be written.
 *
 * An object goes out as JSON. Content-Length is computed unless the headers of the Exit give one.
 * 204 and 304 have no body, HEAD has the headers of the body alone. An Exit that cannot be sent
 * (a body without JSON form, an interim status) becomes a 500.
 *
 * @see Kong Gateway docs, PDK reference, "kong.response.exit"
 */
export function renderExit(exit: Exit, host: RenderHost): RenderedExit {
  try {
    return render(exit, host)
  } catch (error) {
    return renderFailure(exit, host, error as PosternError)
  }
}

function render(exit: Exit, host: RenderHost): RenderedExit {
  if (exit.status < 200) throw pdkErrors.STATUS_NOT_FINAL(exit.status)
  const state = host.response
  state.status = exit.status
  if (exit.source === 'exit') state.exited = true
  else state.unexpected = true
  forgetServiceBody(exit, state.headers)
  applyHeaders(exit.headers, host)
  const body = isGrpc(host) ? grpcBody(exit, host) : plainBody(exit, state.headers)
  return finish(exit, host, body)
}

/** The Exit takes the place of a body whose framing and encoding were told in these. */
function forgetServiceBody(exit: Exit, headers: HeaderList): void {
  headers.remove('Transfer-Encoding')
  if (exit.phase === 'header_filter' || exit.phase === 'response')
    headers.remove('Content-Encoding')
}

function applyHeaders(headers: ExitHeaders | undefined, host: RenderHost): void {
  if (headers === undefined) return
  for (const [name, value] of Object.entries(headers)) {
    if (isHeader(name, 'transfer-encoding')) {
      host.log.warn(TRANSFER_ENCODING_IGNORED)
      continue
    }
    setWireHeader(host, name, value)
  }
}

/** Kong's warning when a plugin tries to decide the framing of a message. */
export const TRANSFER_ENCODING_IGNORED = 'manually setting Transfer-Encoding. Ignored.'

/** Sets a header that has been checked. Of several Content-Types the last one counts, as in nginx. */
export function setWireHeader(host: RenderHost, name: string, value: unknown): void {
  const wire = wireName(name, host.settings.underscores)
  const texts = headerTexts(value)
  const isSingle = Array.isArray(texts) && texts.length > 1 && isHeader(name, 'content-type')
  host.response.headers.set(wire, isSingle ? (texts.at(-1) as string) : texts)
}

function isGrpc(host: RenderHost): boolean {
  const type = host.response.headers.get('content-type')
  if (type !== undefined) return isGrpcType(type)
  return isGrpcRequest(host.request)
}

function plainBody(exit: Exit, headers: HeaderList): string | Uint8Array | undefined {
  const { body } = exit
  if (body === undefined || typeof body === 'string' || body instanceof Uint8Array) return body
  const json = encodeJson(body)
  if (!namesHeader(exit.headers, 'content-type')) {
    headers.set('Content-Type', 'application/json; charset=utf-8')
  }
  return json
}

/**
 * With a gRPC Content-Type the body goes out as it is. For a gRPC request without one, the body is
 * told in grpc-message.
 */
function grpcBody(exit: Exit, host: RenderHost): string | Uint8Array | undefined {
  const { headers } = host.response
  const isOutput = headers.has('content-type')
  const isStatusOurs = !headers.has('grpc-status')
  const grpcStatus = grpcStatusOf(exit.status)
  if (isStatusOurs) headers.set('grpc-status', String(grpcStatus))
  if (isOutput) {
    const body = grpcOutput(exit)
    if (isStatusOurs && !headers.has('grpc-message')) {
      headers.set('grpc-message', grpcStatusName(grpcStatus))
    }
    return body
  }
  headers.set('Content-Type', 'application/grpc')
  const message = messageIn(exit, host)
  if (message !== undefined) headers.set('grpc-message', grpcMessage(message))
  else if (isStatusOurs && !headers.has('grpc-message')) {
    headers.set('grpc-message', grpcStatusName(grpcStatus))
  }
  return undefined
}

/** @throws POSTERN_PDK_GRPC_TABLE_BODY */
function grpcOutput(exit: Exit): string | Uint8Array | undefined {
  const { body } = exit
  if (body === undefined || typeof body === 'string' || body instanceof Uint8Array) return body
  throw pdkErrors.GRPC_TABLE_BODY()
}

function messageIn(exit: Exit, host: RenderHost): string | undefined {
  const { body } = exit
  if (body === undefined) return undefined
  if (typeof body === 'string') return body
  if (body instanceof Uint8Array) return Buffer.from(body).toString('utf8')
  if ('message' in body && typeof body.message === 'string') return body.message
  host.log.warn('body was removed because table body encoding with gRPC is not supported')
  return undefined
}

function finish(exit: Exit, host: RenderHost, body: string | Uint8Array | undefined): RenderedExit {
  const { headers, status } = host.response
  const length = body === undefined ? 0 : Buffer.byteLength(body)
  const given = givenLength(exit)
  if (status === 204) headers.remove('Content-Type')
  if (status === 204 || (status === 304 && given === undefined)) headers.remove('Content-Length')
  else headers.set('Content-Length', given ?? String(length))
  const isBodyAllowed = canHaveBody(host.request.method, status)
  const isSent = length > 0 && isBodyAllowed
  host.response.body = isSent ? body : ''
  return {
    status,
    headers,
    body: isSent ? body : undefined,
    lengthMismatch: isBodyAllowed && given !== undefined && Number(given) !== length,
    failure: undefined,
  }
}

/** Whether a response to this method with this status has a body after its head. */
export function canHaveBody(method: string, status: number): boolean {
  return method !== 'HEAD' && status !== 204 && status !== 304 && status >= 200
}

/** The Content-Length in the headers of the Exit. One that is no number is as good as none. */
function givenLength(exit: Exit): string | undefined {
  if (exit.headers === undefined) return undefined
  for (const [name, value] of Object.entries(exit.headers)) {
    if (!isHeader(name, 'content-length')) continue
    const text = String(Array.isArray(value) ? value.at(-1) : value).trim()
    return /^\d{1,15}$/.test(text) ? text : undefined
  }
  return undefined
}

/** The 500 tells the client nothing; what is wrong is in `failure`. */
function renderFailure(exit: Exit, host: RenderHost, failure: PosternError): RenderedExit {
  for (const name of ['grpc-status', 'grpc-message', 'Content-Type']) {
    host.response.headers.remove(name)
  }
  const { reason, phase, plugin } = exit
  const facts = { status: 500, reason, phase, plugin, source: 'error', kind: 'unexpected' } as const
  return { ...render(errorExit({ ...facts, form: 'server' }, host), host), failure }
}
