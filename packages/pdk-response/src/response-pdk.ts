import { errorExit } from './error-exit.ts'
import { pdkErrors } from './errors.ts'
import {
  checkBody,
  checkedMessage,
  checkedName,
  checkedStatus,
  checkExitHeaders,
  messageOf,
} from './exit-arguments.ts'
import { EXIT_SIGNAL, type Exit, type ExitBody, type ExitHeaders } from './exit.ts'
import { checkMaxHeaders, headerTable, type HeaderTable, lookUpHeader } from './header-table.ts'
import {
  checkHeader,
  checkHeaders,
  eachHeader,
  headerTexts,
  type HeaderValue,
  isHeader,
  wireName,
} from './header-values.ts'
import { luaType } from './lua-type.ts'
import { checkPhase, onlyIn, type PhaseSet } from './phase.ts'
import { renderExit, setWireHeader, TRANSFER_ENCODING_IGNORED } from './render-exit.ts'
import type { ResponseHost } from './response-host.ts'
import { type ResponseSource, sourceOf } from './response-state.ts'
import { checkStreamExit } from './stream-exit.ts'
import { readWholeBody, replaceBody } from './body-filter.ts'

const GETTERS: PhaseSet = onlyIn(
  'response',
  'header_filter',
  'body_filter',
  'log',
  'error',
  'admin_api',
)
const SETTERS: PhaseSet = onlyIn(
  'rewrite',
  'access',
  'balancer',
  'response',
  'header_filter',
  'error',
  'admin_api',
)
const BODY: PhaseSet = onlyIn('body_filter')

/** What an exit tells besides what the client gets. */
export interface ExitOptions {
  /** `Exit.reason`: a stable code, for example `key-auth.no_key`. Default `plugin.exit`. */
  readonly reason?: string
  /**
   * `return` records the Exit and returns, so that the handler has to return as well; the phase
   * ends all the same. For handlers that refuse very often: throwing is most of what an exit costs
   * (bench/exit.ts). Default `throw`.
   */
  readonly leave?: 'throw' | 'return'
}

/**
 * `kong.response` for one request.
 *
 * Every function checks the phase first, then its arguments, with Kong's texts. What a phase may
 * not call is told by the types of `plugin-runtime`; here all functions are there.
 *
 * @see Kong Gateway docs, PDK reference, "kong.response"
 */
export class ResponsePdk {
  readonly #host: ResponseHost

  constructor(host: ResponseHost) {
    this.#host = host
  }

  /** The status that the client is going to get, as it stands now. */
  getStatus(): number {
    checkPhase(this.#host.phase, GETTERS)
    return this.#host.response.status
  }

  /**
   * The first value of a response header. Capitals do not matter, `_` equals `-`.
   *
   * @throws POSTERN_PDK_HEADER_NAME_INVALID
   */
  getHeader(name: string): string | undefined {
    checkPhase(this.#host.phase, GETTERS)
    return lookUpHeader(this.#host.response.headers, checkedName(name))
  }

  /**
   * All response headers by lower-case name: the Service's and our own.
   *
   * @param max how many fields at most, 1 to 1000; default 100 (`lua_max_resp_headers`). Ask
   *   `isTruncated()` whether there were more.
   * @throws POSTERN_PDK_MAX_HEADERS_INVALID
   */
  getHeaders(max?: number): HeaderTable {
    checkPhase(this.#host.phase, GETTERS)
    const { response, settings } = this.#host
    return headerTable(response.headers, checkMaxHeaders(max, settings.maxHeaders))
  }

  /**
   * `service`, `exit` (made by a plugin or a rule of ours) or `error` (made by a failure).
   *
   * @param ctx of Kong: with one the phase is not checked. It is this request that is told of.
   */
  getSource(ctx?: object | null): ResponseSource {
    if (ctx === undefined || ctx === null) checkPhase(this.#host.phase, GETTERS)
    return sourceOf(this.#host.response)
  }

  /**
   * Changes the status. One set before the request is proxied is lost: the Service's wins.
   *
   * @param status 100 to 599; a fraction is cut off
   * @throws POSTERN_PDK_HEADERS_SENT, POSTERN_PDK_STATUS_INVALID
   */
  setStatus(status: number): void {
    this.#checkOpen()
    this.#host.response.status = checkedStatus(status, 100)
  }

  /**
   * Replaces all values of a header. A list sends a line for each element; an empty one removes
   * the header.
   *
   * @throws POSTERN_PDK_HEADERS_SENT, POSTERN_PDK_HEADER_NAME_INVALID,
   *   POSTERN_PDK_HEADER_VALUE_INVALID
   */
  setHeader(name: string, value: HeaderValue): void {
    this.#checkOpen()
    checkHeader(name, value)
    this.#set(name, value)
  }

  /** Adds to the values of a header. Throws what `setHeader` throws. */
  addHeader(name: string, value: HeaderValue): void {
    this.#checkOpen()
    checkHeader(name, value)
    if (this.#isFraming(name)) return
    const { response, settings } = this.#host
    if (isHeader(name, 'content-type')) return this.#set(name, value)
    response.headers.append(wireName(name, settings.underscores), headerTexts(value))
  }

  /**
   * Removes all values of a header; silent when there is none.
   *
   * @throws POSTERN_PDK_HEADERS_SENT, POSTERN_PDK_HEADER_NAME_INVALID
   */
  clearHeader(name: string): void {
    this.#checkOpen()
    const { headers } = this.#host.response
    headers.remove(checkedName(name))
    headers.remove(wireName(name, this.#host.settings.underscores))
  }

  /**
   * Replaces several headers and leaves the others. All of them are checked before any is set.
   * Throws what `setHeader` throws, and POSTERN_PDK_HEADERS_INVALID.
   */
  setHeaders(headers: ExitHeaders): void {
    this.#checkOpen()
    if (luaType(headers) !== 'table') throw pdkErrors.HEADERS_INVALID('table')
    checkHeaders(headers)
    eachHeader(headers, (name, value) => this.#set(name as string, value))
  }

  /**
   * The whole body, in the last pass of body_filter; `undefined` before. Until then what has
   * arrived is withheld from the client.
   */
  getRawBody(): Buffer | undefined {
    checkPhase(this.#host.phase, BODY)
    return readWholeBody(this.#host.response)
  }

  /**
   * Replaces the body: what arrives after this pass is dropped. Content-Length is not changed;
   * clear it in header_filter.
   *
   * @throws POSTERN_PDK_BODY_INVALID
   */
  setRawBody(body: string | Uint8Array): void {
    checkPhase(this.#host.phase, BODY)
    if (luaType(body) !== 'string') throw pdkErrors.BODY_INVALID('string')
    replaceBody(this.#host.response, body)
  }

  /**
   * Ends the current phase and answers the client from the gateway.
   *
   * Plugins after this one are skipped in this phase; header_filter, body_filter and log still
   * run. Does not return: `return kong.response.exit(…)` and a bare call do the same. In
   * header_filter it does return, and the last exit wins, unless
   * `pdk_response_exit_header_filter_early_exit` is on.
   *
   * @param status 100 to 599; a fraction is cut off
   * @param body text and bytes go out untouched, an object or array as JSON
   * @param headers set on the response, replacing those of the same name
   * @throws POSTERN_PDK_WRONG_PHASE, POSTERN_PDK_HEADERS_SENT, POSTERN_PDK_STATUS_INVALID,
   *   POSTERN_PDK_BODY_INVALID, POSTERN_PDK_HEADERS_INVALID, POSTERN_PDK_HEADER_NAME_INVALID,
   *   POSTERN_PDK_HEADER_VALUE_INVALID
   *
   * @example
   * return kong.response.exit(403, { message: 'Access Forbidden' }, { 'WWW-Authenticate': 'Basic' })
   */
  exit(
    status: number,
    body?: ExitBody | null,
    headers?: ExitHeaders | null,
    options?: ExitOptions,
  ): void {
    const host = this.#host
    const isStream = host.phase === 'preread'
    if (isStream) checkStreamExit(status, body)
    else this.#checkOpen()
    const checked = checkedStatus(status, 100)
    checkBody(body)
    const exit: Exit = {
      status: checked,
      body: body ?? undefined,
      // Kong: L4 has no headers, and does not look at the argument.
      headers: isStream ? undefined : checkExitHeaders(headers),
      source: 'exit',
      kind: 'ordinary',
      reason: options?.reason ?? 'plugin.exit',
      message: messageOf(body),
      phase: host.phase,
      plugin: host.pluginName,
    }
    this.#leave(exit, options?.leave)
  }

  /**
   * Ends the current phase with an error in the form that the request asks for: JSON, XML, HTML,
   * plain text or gRPC. Flow and phases are those of `exit`.
   *
   * @param status 400 to 599
   * @param message default: Kong's text for the status. An object is told as its JSON text.
   * @param headers a Content-Type among them chooses the form
   * @throws what `exit` throws, POSTERN_PDK_MESSAGE_INVALID, POSTERN_PDK_MESSAGE_NOT_ENCODABLE
   */
  error(
    status: number,
    message?: string | object | null,
    headers?: ExitHeaders | null,
    options?: ExitOptions,
  ): void {
    const host = this.#host
    this.#checkOpen()
    const facts = {
      status: checkedStatus(status, 400),
      message: checkedMessage(message),
      headers: checkExitHeaders(headers),
      reason: options?.reason ?? 'plugin.error',
      phase: host.phase,
      plugin: host.pluginName,
    }
    this.#leave(errorExit(facts, host), options?.leave)
  }

  /** The phase allows setters, and the head has not been sent. */
  #checkOpen(): void {
    checkPhase(this.#host.phase, SETTERS)
    if (this.#host.response.headSent) throw pdkErrors.HEADERS_SENT()
  }

  #set(name: string, value: unknown): void {
    if (!this.#isFraming(name)) setWireHeader(this.#host, name, value)
  }

  /** The framing of a message is the server's business. */
  #isFraming(name: string): boolean {
    if (!isHeader(name, 'transfer-encoding')) return false
    this.#host.log.warn(TRANSFER_ENCODING_IGNORED)
    return true
  }

  #leave(exit: Exit, leave: ExitOptions['leave']): void {
    const host = this.#host
    host.recordExit(exit)
    host.response.exited = true
    if (host.phase !== 'header_filter') {
      if (leave === 'return') return
      throw EXIT_SIGNAL
    }
    // Plugins after this one are to see the status and headers of the exit.
    renderExit(exit, host)
    if (host.settings.headerFilterExit === 'stop') throw EXIT_SIGNAL
  }
}
