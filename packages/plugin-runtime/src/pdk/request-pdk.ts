import {
  checkMaxHeaders,
  checkPhase,
  headerTable,
  type HeaderTable,
  lookUpHeader,
  lookUpHeaders,
} from '@postern/pdk-response'
import { pluginErrors } from '../errors.ts'
import type { PhaseContext } from '../phase-context.ts'
import type { UriCaptures } from '../request-facts.ts'
import { type BodyFields, checkBodyType, checkMaxFields, parseBody } from './body-fields.ts'
import { forwardedHost, forwardedPort } from './forwarded.ts'
import { BODY, NOT_INIT_WORKER, REQUEST } from './phase-sets.ts'
import { checkMaxArgs, parseArgs, type QueryTable } from './query-args.ts'

/**
 * `kong.request`: the request as the client sent it.
 *
 * @see Kong Gateway docs, PDK reference, "kong.request"
 */
export class RequestPdk {
  readonly #ctx: PhaseContext
  #query: QueryTable | undefined

  constructor(ctx: PhaseContext) {
    this.#ctx = ctx
    this.#query = undefined
  }

  /** Of the client's connection, whatever proxies before us say. */
  getScheme(): 'http' | 'https' {
    checkPhase(this.#ctx.phase, REQUEST)
    return this.#ctx.request.scheme
  }

  /** Host without port, in lower case. */
  getHost(): string {
    checkPhase(this.#ctx.phase, REQUEST)
    return this.#ctx.request.host
  }

  /** The port of the socket that listens. */
  getPort(): number {
    checkPhase(this.#ctx.phase, NOT_INIT_WORKER)
    return this.#ctx.request.localPort
  }

  /** X-Forwarded-Proto of a trusted peer, else `getScheme()`. */
  getForwardedScheme(): string {
    checkPhase(this.#ctx.phase, REQUEST)
    return this.#trusted('x-forwarded-proto')?.toLowerCase() ?? this.#ctx.request.scheme
  }

  /** X-Forwarded-Host of a trusted peer without its port, else `getHost()`. */
  getForwardedHost(): string {
    checkPhase(this.#ctx.phase, REQUEST)
    const given = this.#trusted('x-forwarded-host')
    return given === undefined ? this.#ctx.request.host : forwardedHost(given)
  }

  /** Of a trusted peer: X-Forwarded-Port, else the port in X-Forwarded-Host; else the public port. */
  getForwardedPort(): number {
    checkPhase(this.#ctx.phase, REQUEST)
    return (
      forwardedPort(this.#trusted('x-forwarded-port'), this.#trusted('x-forwarded-host')) ??
      this.#ctx.request.port
    )
  }

  /** X-Forwarded-Path of a trusted peer, else `getPath()`. */
  getForwardedPath(): string {
    checkPhase(this.#ctx.phase, REQUEST)
    return this.#trusted('x-forwarded-path') ?? this.#ctx.request.path
  }

  /** X-Forwarded-Path of a trusted peer as it came, else `getRawPath()`. Kong Enterprise. */
  getRawForwardedPath(): string {
    checkPhase(this.#ctx.phase, REQUEST)
    return this.#trusted('x-forwarded-path') ?? this.#ctx.request.rawPath
  }

  /** X-Forwarded-Prefix of a trusted peer, else what the Route stripped, if anything. */
  getForwardedPrefix(): string | undefined {
    checkPhase(this.#ctx.phase, REQUEST)
    return this.#trusted('x-forwarded-prefix') ?? this.#ctx.prefix
  }

  /** 1, 1.1 or 2. */
  getHttpVersion(): number {
    checkPhase(this.#ctx.phase, REQUEST)
    return this.#ctx.request.httpVersion
  }

  /** As the client sent it; methods are in upper case. */
  getMethod(): string {
    checkPhase(this.#ctx.phase, REQUEST)
    return this.#ctx.request.method
  }

  /** Without dot segments and needless escapes, without query. */
  getPath(): string {
    checkPhase(this.#ctx.phase, REQUEST)
    return this.#ctx.request.path
  }

  /** As received, without query. */
  getRawPath(): string {
    checkPhase(this.#ctx.phase, REQUEST)
    return this.#ctx.request.rawPath
  }

  /** The target as received. */
  getPathWithQuery(): string {
    checkPhase(this.#ctx.phase, REQUEST)
    return this.#ctx.request.target
  }

  /** What follows the question mark; empty when there is none. */
  getRawQuery(): string {
    checkPhase(this.#ctx.phase, REQUEST)
    return this.#ctx.request.rawQuery
  }

  /**
   * The first value of an argument; `true` when it has no `=`. Only among the first `lua_max_uri_args`.
   *
   * @throws POSTERN_PLUGIN_ARGUMENT_INVALID
   */
  getQueryArg(name: string): string | true | undefined {
    checkPhase(this.#ctx.phase, REQUEST)
    if (typeof name !== 'string') {
      throw pluginErrors.ARGUMENT_INVALID('query argument name must be a string')
    }
    const value = this.#args()[name]
    return Array.isArray(value) ? value[0] : value
  }

  /**
   * All arguments; a name that repeats has a list.
   *
   * @param max how many at most, 1 to 1000, default `lua_max_uri_args`. `isTruncatedQuery()` tells of more.
   * @throws POSTERN_PLUGIN_ARGUMENT_INVALID
   */
  getQuery(max?: number): QueryTable {
    checkPhase(this.#ctx.phase, REQUEST)
    return parseArgs(
      this.#ctx.request.rawQuery,
      checkMaxArgs(max, this.#ctx.requestLimits.maxQueryArgs),
    )
  }

  /**
   * The first value of a header. Capitals do not matter, `_` equals `-`.
   *
   * @throws POSTERN_PLUGIN_ARGUMENT_INVALID
   */
  getHeader(name: string): string | undefined {
    checkPhase(this.#ctx.phase, REQUEST)
    if (typeof name !== 'string') {
      throw pluginErrors.ARGUMENT_INVALID('header name must be a string')
    }
    return lookUpHeader(this.#ctx.request.headers, name)
  }

  /** All values of a header, found as by `getHeader`. Not in Kong. */
  getHeaderValues(name: string): string[] {
    checkPhase(this.#ctx.phase, REQUEST)
    if (typeof name !== 'string') {
      throw pluginErrors.ARGUMENT_INVALID('header name must be a string')
    }
    return lookUpHeaders(this.#ctx.request.headers, name)
  }

  /**
   * All headers by lower-case name; a name that repeats has a list.
   *
   * @param max how many fields at most, 1 to 1000, default `lua_max_req_headers`. `isTruncated()` tells of more.
   * @throws POSTERN_PDK_MAX_HEADERS_INVALID
   */
  getHeaders(max?: number): HeaderTable {
    checkPhase(this.#ctx.phase, REQUEST)
    return headerTable(
      this.#ctx.request.headers,
      checkMaxHeaders(max, this.#ctx.requestLimits.maxHeaders),
    )
  }

  /** The headers as one text, in the order and with the capitals they came in. Kong Enterprise. */
  getRawHeaders(): string {
    checkPhase(this.#ctx.phase, REQUEST)
    let text = ''
    for (const [name, value] of this.#ctx.request.headers) text += `${name}: ${value}\r\n`
    return text
  }

  /**
   * The body as bytes, empty when there is none. A promise unless it has been read before; await it
   * in either case.
   *
   * @param maxBytes refuses a body that is longer than this and than the 8 KiB that are always
   *   taken. Undefined, 0 and less: what the host allows.
   * @throws POSTERN_PLUGIN_UNAVAILABLE when it cannot be read, or is too long;
   *   POSTERN_PLUGIN_ARGUMENT_INVALID
   */
  getRawBody(maxBytes?: number | null): Buffer | Promise<Buffer> {
    checkPhase(this.#ctx.phase, BODY)
    checkMaxBytes(maxBytes)
    const { body, bodyFailure } = this.#ctx
    // Known to be lost: whoever cannot wait, as Lua, is told at once.
    if (bodyFailure !== undefined) throw bodyFailure
    if (body !== undefined) return asBuffer(withinBytes(body, maxBytes))
    return this.#ctx.readBody().then((read) => asBuffer(withinBytes(read, maxBytes)))
  }

  /**
   * The fields of a form or JSON body. A promise unless the body has been read before; await it in
   * either case.
   *
   * @param mime instead of the request's Content-Type
   * @param maxArgs how many fields of a form at most, 1 to 1000, default `lua_max_post_args`
   * @param maxBytes as for `getRawBody`
   * @throws POSTERN_PLUGIN_UNAVAILABLE where Kong answers nil and a message;
   *   POSTERN_PLUGIN_ARGUMENT_INVALID
   */
  getBody(
    mime?: string | null,
    maxArgs?: number | null,
    maxBytes?: number | null,
  ): BodyFields | Promise<BodyFields> {
    checkPhase(this.#ctx.phase, BODY)
    const type = checkBodyType(mime ?? this.#ctx.request.headers.get('content-type'))
    const max = checkMaxFields(type, maxArgs, this.#ctx.requestLimits.maxPostArgs)
    checkMaxBytes(maxBytes)
    const { body, bodyFailure } = this.#ctx
    if (bodyFailure !== undefined) throw bodyFailure
    const parse = (read: Uint8Array): BodyFields =>
      parseBody(withinBytes(read, maxBytes), type, max)
    return body === undefined ? this.#ctx.readBody().then(parse) : parse(body)
  }

  /** Milliseconds since 1970. */
  getStartTime(): number {
    checkPhase(this.#ctx.phase, REQUEST)
    return this.#ctx.request.startedAtMs
  }

  /** What the regular expression of the Route captured of the path. */
  getUriCaptures(): UriCaptures {
    checkPhase(this.#ctx.phase, REQUEST)
    return this.#ctx.captures ?? NO_CAPTURES
  }

  /** As in X-Kong-Request-Id. */
  getId(): string {
    checkPhase(this.#ctx.phase, REQUEST)
    return this.#ctx.request.id
  }

  #trusted(header: string): string | undefined {
    const value = this.#ctx.request.headers.get(header)
    if (value === undefined) return undefined
    return this.#ctx.node.isTrusted(this.#ctx.request.peerAddress) ? value : undefined
  }

  #args(): QueryTable {
    this.#query ??= parseArgs(this.#ctx.request.rawQuery, this.#ctx.requestLimits.maxQueryArgs)
    return this.#query
  }
}

const NO_CAPTURES: UriCaptures = Object.freeze({
  unnamed: Object.freeze([]),
  named: Object.freeze({}),
})

/**
 * Kong asks for the limit of a plugin only where nginx has put the body into a file, which it does
 * beyond `client_body_buffer_size`.
 */
const NEVER_IN_A_FILE_BYTES = 8 * 1024

function checkMaxBytes(maxBytes: unknown): void {
  if (maxBytes === undefined || maxBytes === null || typeof maxBytes === 'number') return
  throw pluginErrors.ARGUMENT_INVALID('max_allowed_file_size must be a number')
}

function withinBytes(body: Uint8Array, maxBytes: number | null | undefined): Uint8Array {
  if (body.length <= NEVER_IN_A_FILE_BYTES || !((maxBytes ?? 0) > 0)) return body
  if (body.length <= (maxBytes as number)) return body
  throw pluginErrors.UNAVAILABLE(`request body file too big: ${body.length} > ${maxBytes}`)
}

function asBuffer(bytes: Uint8Array): Buffer {
  return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength)
}
