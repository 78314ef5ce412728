import {
  checkHeader,
  checkHeaders,
  checkPhase,
  type ExitHeaders,
  eachHeader,
  headerTexts,
  type HeaderValue,
  luaType,
  wireName,
} from '@postern/pdk-response'
import { pluginErrors } from '../errors.ts'
import type { PhaseContext } from '../phase-context.ts'
import { type BodyFields, encodeBody } from './body-fields.ts'
import { PREREAD_BALANCER, REWRITE_ACCESS, REWRITE_ACCESS_BALANCER } from './phase-sets.ts'
import { encodeArgs, removeArg } from './query-args.ts'

const METHODS = new Set(
  'GET HEAD PUT POST DELETE OPTIONS MKCOL COPY MOVE PROPFIND PROPPATCH LOCK UNLOCK PATCH TRACE'.split(
    ' ',
  ),
)

/**
 * `kong.service.request`: the request as the Service is going to get it.
 *
 * @see Kong Gateway docs, PDK reference, "kong.service.request"
 */
export class ServiceRequestPdk {
  readonly #ctx: PhaseContext

  constructor(ctx: PhaseContext) {
    this.#ctx = ctx
  }

  /** Reads the Service's response as a whole before the client gets any of it. */
  enableBuffering(): void {
    checkPhase(this.#ctx.phase, REWRITE_ACCESS_BALANCER)
    this.#ctx.upstreamRequest.buffering = true
  }

  /** @param scheme `http` or `https` */
  setScheme(scheme: string): void {
    checkPhase(this.#ctx.phase, REWRITE_ACCESS_BALANCER)
    checkString(scheme, 'scheme')
    if (scheme !== 'http' && scheme !== 'https') {
      throw pluginErrors.ARGUMENT_INVALID(`invalid scheme: ${scheme}`)
    }
    this.#ctx.upstreamRequest.scheme = scheme
  }

  /** Speaks to the Service with TLS, whatever its `protocol` says. */
  enableTls(): true {
    return this.#turnScheme(WITH_TLS)
  }

  /** Speaks to the Service without TLS. */
  disableTls(): true {
    return this.#turnScheme(WITHOUT_TLS)
  }

  /** Escaped for the wire; without query. */
  setPath(path: string): void {
    checkPhase(this.#ctx.phase, REWRITE_ACCESS_BALANCER)
    checkString(path, 'path')
    if (!path.startsWith('/')) throw pluginErrors.ARGUMENT_INVALID('path must start with /')
    this.#ctx.upstreamRequest.path = escapePath(path)
  }

  /** @param query without question mark, escaped already */
  setRawQuery(query: string): void {
    checkPhase(this.#ctx.phase, REWRITE_ACCESS)
    checkString(query, 'query')
    this.#ctx.upstreamRequest.query = escapeQuery(query)
  }

  /** @param method one of those of HTTP and WebDAV that Kong knows, in upper case */
  setMethod(method: string): void {
    checkPhase(this.#ctx.phase, REWRITE_ACCESS)
    checkString(method, 'method')
    if (!METHODS.has(method)) throw pluginErrors.ARGUMENT_INVALID(`invalid method: ${method}`)
    this.#ctx.upstreamRequest.method = method
  }

  /** Sorted by name: `true` as a bare name, a list as one argument for each element. */
  setQuery(args: Readonly<Record<string, unknown>>): void {
    checkPhase(this.#ctx.phase, REWRITE_ACCESS)
    if (luaType(args) !== 'table') throw pluginErrors.ARGUMENT_INVALID('args must be a table')
    if (Array.isArray(args) && args.length > 0) {
      throw pluginErrors.ARGUMENT_INVALID('arg keys must be strings')
    }
    this.#ctx.upstreamRequest.query = encodeArgs(args)
  }

  /** Removes all arguments of a name; the others keep their order. */
  clearQueryArg(name: string): void {
    checkPhase(this.#ctx.phase, REWRITE_ACCESS)
    checkString(name, 'query argument name')
    const { upstreamRequest } = this.#ctx
    upstreamRequest.query = removeArg(upstreamRequest.query, name)
  }

  /**
   * Replaces all values of a header. `host` also changes what the Service sees as Host. What may not
   * stand in a name is escaped, as in a value.
   *
   * @throws POSTERN_PDK_HEADER_NAME_INVALID, POSTERN_PDK_HEADER_VALUE_INVALID
   */
  setHeader(name: string, value: HeaderValue): void {
    checkPhase(this.#ctx.phase, REWRITE_ACCESS_BALANCER)
    checkHeader(name, value)
    this.#set(name, value)
  }

  /** Adds to the values of a header. */
  addHeader(name: string, value: HeaderValue): void {
    checkPhase(this.#ctx.phase, REWRITE_ACCESS)
    checkHeader(name, value)
    if (name.toLowerCase() === 'host') return this.#set(name, value)
    this.#ctx.upstreamRequest.headers.append(wireName(name, 'keep'), headerTexts(value))
  }

  /** Removes all values of a header. */
  clearHeader(name: string): void {
    checkPhase(this.#ctx.phase, REWRITE_ACCESS)
    checkString(name, 'header')
    this.#ctx.upstreamRequest.headers.remove(wireName(name, 'keep'))
  }

  /** Replaces several headers and leaves the others; all of them are checked first. */
  setHeaders(headers: ExitHeaders): void {
    checkPhase(this.#ctx.phase, REWRITE_ACCESS_BALANCER)
    if (luaType(headers) !== 'table') {
      throw pluginErrors.ARGUMENT_INVALID('headers must be a table')
    }
    checkHeaders(headers)
    eachHeader(headers, (name, value) => this.#set(name as string, value))
  }

  /** Content-Length follows. */
  setRawBody(body: string | Uint8Array): void {
    checkPhase(this.#ctx.phase, REWRITE_ACCESS_BALANCER)
    if (luaType(body) !== 'string') throw pluginErrors.ARGUMENT_INVALID('body must be a string')
    this.#ctx.upstreamRequest.body = typeof body === 'string' ? Buffer.from(body) : body
  }

  /**
   * Writes fields as a form, JSON or multipart body, and the Content-Type with it.
   *
   * @param mime default: the request's own Content-Type
   * @throws POSTERN_PLUGIN_ARGUMENT_INVALID, POSTERN_PLUGIN_UNAVAILABLE
   */
  setBody(fields: BodyFields, mime?: string): true {
    checkPhase(this.#ctx.phase, REWRITE_ACCESS_BALANCER)
    if (luaType(fields) !== 'table') throw pluginErrors.ARGUMENT_INVALID('args must be a table')
    if ((mime ?? undefined) !== undefined) checkString(mime, 'mime')
    const { headers } = this.#ctx.upstreamRequest
    const type = mime ?? headers.get('content-type')
    if (type === undefined) throw pluginErrors.UNAVAILABLE(NO_CONTENT_TYPE)
    const encoded = encodeBody(fields, type)
    this.#ctx.upstreamRequest.body = encoded.body
    headers.set('Content-Type', encoded.contentType)
    return true
  }

  #turnScheme(schemes: ReadonlyMap<string, string>): true {
    checkPhase(this.#ctx.phase, PREREAD_BALANCER)
    const { upstreamRequest } = this.#ctx
    upstreamRequest.scheme = schemes.get(upstreamRequest.scheme) ?? upstreamRequest.scheme
    return true
  }

  #set(name: string, value: unknown): void {
    const { upstreamRequest, request } = this.#ctx
    const texts = headerTexts(value)
    const lower = name.toLowerCase()
    if (lower === ':authority' && !request.headers.get('content-type')?.startsWith(GRPC)) {
      throw pluginErrors.UNAVAILABLE('cannot set :authority pseudo-header on non-grpc requests')
    }
    if (lower === 'host' || lower === ':authority') {
      upstreamRequest.hostHeader = typeof texts === 'string' ? texts : texts.at(-1)
      return
    }
    upstreamRequest.headers.set(wireName(name, 'keep'), texts)
  }
}

const WITHOUT_TLS: ReadonlyMap<string, string> = new Map([
  ['https', 'http'],
  ['grpcs', 'grpc'],
  ['tls', 'tcp'],
])
const WITH_TLS: ReadonlyMap<string, string> = new Map(
  [...WITHOUT_TLS].map(([tls, plain]) => [plain, tls]),
)

const GRPC = 'application/grpc'
const NO_CONTENT_TYPE =
  'content type was neither explicitly given as an argument or received as a header'

/** Escapes what may not stand in a path; escapes that are there stay. */
function escapePath(path: string): string {
  return path.replace(/%(?![0-9a-fA-F]{2})|[^!$&-;=@-Z_a-z~%[\]|]/gu, encodePart)
}

function escapeQuery(query: string): string {
  return query.replace(/[^!$-~]/gu, encodePart)
}

/** A lone half of a surrogate pair has no UTF-8 form, and encodeURIComponent throws at it. */
function encodePart(text: string): string {
  return encodeURIComponent(text.toWellFormed())
}

function checkString(value: unknown, what: string): void {
  if (typeof value !== 'string') throw pluginErrors.ARGUMENT_INVALID(`${what} must be a string`)
}
