import process from 'node:process'
import type { Duplex } from 'node:stream'
import { type FieldMemo, LENT_BYTES, PreparedFields } from '@postern/http1'
import { canHaveBody, type FieldBlock, HeaderList } from '@postern/pdk-response'
import { addServiceHeaders } from '@postern/plugin-runtime'
import {
  acceptsTrailers,
  type Address,
  hostHeader,
  responseHeaders,
  type RetriedRequest,
  sendWithRetries,
  trailers,
  type UpstreamClient,
  type UpstreamExchange,
  type UpstreamFailure,
  type UpstreamHandler,
  type UpstreamRequest,
} from '@postern/proxy'
import { coreExit } from './core-exits.ts'
import { EXIT_OF_FAILURE } from './exit-of-failure.ts'
import { type CoreExit, exitWith } from './exit-with.ts'
import type { Waiting } from './handle-request.ts'
import { preparedOf } from './prepared-of.ts'
import { askForBody } from './read-body.ts'
import type { RequestContext } from './request-context.ts'
import { ServiceBody } from './service-body.ts'
import { switchProtocols } from './switch-protocols.ts'
import { type UpstreamTls, upstreamTls } from './tls/service-tls.ts'

/**
 * Sends the request to a Target of its Service, and to another one where that failed. Resolves with
 * the head of the response in `ctx`, or with an Exit.
 */
export function proxyToService(ctx: RequestContext): void | Waiting {
  const { upstreamRequest } = ctx
  if (upstreamRequest.host === '') return exitWith(ctx, NO_SERVICE)
  if (upstreamRequest.scheme !== 'http' && upstreamRequest.scheme !== 'https') {
    return exitWith(ctx, PROTOCOL_UNKNOWN)
  }
  // A plugin asked for the body and did not wait: it cannot be streamed to the Service meanwhile.
  const { bodyReading } = ctx
  if (bodyReading !== undefined) {
    const goOn = (): void | Waiting => proxyToService(ctx)
    return bodyReading.then(goOn, goOn)
  }
  // A part of the body is gone: whatever plugins made of that, the rest is not for a Service.
  if (ctx.bodyFailure !== undefined) return exitWith(ctx, bodyExit(ctx.bodyFailure))
  ctx.response.proxied = true
  ctx.proxiedAtMs = Date.now()
  if (ctx.body === undefined) askForBody(ctx.exchange, ctx.request.headers)
  const call = new ServiceCall(ctx)
  ctx.upstream = call
  call.start()
  return call
}

/** The Target whose turn it is; for a further try, where a plugin says so. */
function nextAddress(ctx: RequestContext): Address | undefined {
  const { host, port, retryCallback } = ctx.upstreamRequest
  if (retryCallback === undefined || ctx.tries.length === 0) {
    return ctx.snapshot.balancers.pick(host, port)
  }
  try {
    const next = retryCallback()
    return next === undefined ? undefined : ctx.snapshot.balancers.pick(next.host, next.port)
  } catch (error) {
    ctx.log.err('the retry callback of a plugin failed: ', error)
    return undefined
  }
}

/** What is left of the body is not read, so that nothing can follow it. */
function bodyExit({ cause }: { readonly cause?: unknown }): CoreExit {
  return EXIT_OF_BODY.get((cause as { code?: string } | undefined)?.code ?? '') ?? BODY_BROKEN
}

const CLOSE = { Connection: 'close' }
const BODY_BROKEN = coreExit('request.body_broken', CLOSE)
const TOO_LARGE = coreExit('request.too_large', CLOSE)
const EXIT_OF_BODY: ReadonlyMap<string, CoreExit> = new Map([
  ['POSTERN_GATEWAY_BODY_TOO_LARGE', TOO_LARGE],
  ['POSTERN_GATEWAY_BODY_OVER_LIMIT', TOO_LARGE],
  ['POSTERN_GATEWAY_BODY_TOO_SLOW', coreExit('request.timeout', CLOSE)],
  ['POSTERN_GATEWAY_TRAILERS_TOO_LARGE', coreExit('request.headers_too_large', CLOSE)],
])

const NO_SERVICE = coreExit('router.no_service')
const PROTOCOL_UNKNOWN = coreExit('upstream.protocol')

function prepare(ctx: RequestContext, address: Address, tls: UpstreamTls): UpstreamRequest {
  const { upstreamRequest, exchange } = ctx
  const scheme = upstreamRequest.scheme as 'http' | 'https'
  const { headers } = upstreamRequest
  headers.set('Host', hostFor(ctx, address, scheme))
  // A trusted peer may have said another one.
  if (ctx.prefix !== undefined && ctx.prefix !== '' && ctx.prefix !== '/') {
    if (!headers.has('X-Forwarded-Prefix')) headers.set('X-Forwarded-Prefix', ctx.prefix)
  }
  const { query, timeouts, body } = upstreamRequest
  if (body !== undefined) fitLength(headers, body)
  const prepared = preparedOf(headers)
  return {
    scheme,
    host: address.host,
    port: address.port,
    serverName: address.name,
    method: upstreamRequest.method,
    path: hasQuery(ctx) ? `${upstreamRequest.path}?${query}` : upstreamRequest.path,
    headers: prepared === undefined ? headers.toRaw() : headers.own,
    prepared,
    body: body ?? ctx.body ?? ctx.requestBody,
    trailers: () => trailers(exchange.rawTrailers ?? []),
    connectTimeoutMs: timeouts.connectMs,
    writeTimeoutMs: timeouts.writeMs,
    readTimeoutMs: timeouts.readMs,
    ...tls,
    ...(exchange.canUpgrade && { upgrade: 'websocket' }),
  }
}

/** Worked out before the first try: what cannot be used is found while a 500 can be sent. */
function tlsFor({ gateway, snapshot, service, upstreamRequest }: RequestContext): UpstreamTls {
  if (upstreamRequest.scheme === 'http') return NO_TLS
  const serviceTls = snapshot.serviceTls.get(service?.id ?? '')
  return upstreamTls({ service, serviceTls, upstreamRequest }, gateway.contexts)
}

const NO_TLS: UpstreamTls = Object.freeze({})

/** A question mark with nothing behind it goes on as it came. */
function hasQuery({ request, upstreamRequest }: RequestContext): boolean {
  return upstreamRequest.query !== '' || (request.rawQuery === '' && request.target.endsWith('?'))
}

/** A plugin has replaced the body: the client's framing does not fit it. */
function fitLength(headers: HeaderList, body: Uint8Array): void {
  headers.remove('transfer-encoding')
  headers.remove('trailer')
  headers.set('Content-Length', String(body.length))
}

/** What a plugin says comes first, then the client's own Host where the Route preserves it. */
function hostFor(ctx: RequestContext, address: Address, scheme: 'http' | 'https'): string {
  const { upstreamRequest, route, request } = ctx
  if (upstreamRequest.hostHeader !== undefined) return upstreamRequest.hostHeader
  const preserved = route?.preserve_host === true ? request.headers.get('host') : undefined
  return preserved ?? hostHeader(address.name, address.port, scheme)
}

/**
 * The exchange with the Service, from the first try to the end of the response. Whoever waits for it
 * goes on when the head is there, or an Exit.
 */
class ServiceCall implements RetriedRequest, UpstreamHandler, UpstreamExchange, Waiting {
  readonly client: UpstreamClient
  readonly retries: number
  readonly borrowsData: boolean
  readonly #ctx: RequestContext
  readonly #tls: UpstreamTls
  #upstream: UpstreamExchange | undefined = undefined
  #body: ServiceBody | undefined = undefined
  #goOn: (() => void) | undefined = undefined
  #giveUp: ((error: unknown) => void) | undefined = undefined
  #isSettled = false
  /** A fault of ours with the head of the response. */
  #fault: { readonly error: unknown } | undefined = undefined

  constructor(ctx: RequestContext) {
    this.#ctx = ctx
    this.#tls = tlsFor(ctx)
    this.client = ctx.gateway.client
    this.retries = ctx.upstreamRequest.retries
    this.borrowsData = ctx.exchange.borrowsData === true
  }

  start(): void {
    this.#upstream = sendWithRetries(this, this)
  }

  then(done: () => void, failed: (error: unknown) => void): void {
    this.#goOn = done
    this.#giveUp = failed
  }

  // --- where it goes ---------------------------------------------------------------------------

  pick(): Address | undefined {
    return nextAddress(this.#ctx)
  }

  prepare(address: Address): UpstreamRequest {
    const { host: ip, port } = address
    const { tries, proxiedAtMs } = this.#ctx
    tries.push({ ip, port, balancer_start: tries.length === 0 ? proxiedAtMs : Date.now() })
    return prepare(this.#ctx, address, this.#tls)
  }

  onRetry(failure: UpstreamFailure, address: Address): void {
    this.#ctx.log.warn(`try of ${address.host}:${address.port} failed: ${failure.message}`)
  }

  // --- what the client of the gateway does -----------------------------------------------------

  resume(): void {
    this.#upstream?.resume()
  }

  /** Whoever waits for the head of the response has to hear that there will be none. */
  abort(): void {
    this.#upstream?.abort()
    this.#settleSoon()
  }

  // --- what the Service answers ----------------------------------------------------------------

  onInformation(status: number, rawHeaders: readonly string[]): void {
    sendHints(this.#ctx, status, rawHeaders)
  }

  onHead(
    status: number,
    rawHeaders: readonly string[],
    _reason: string,
    memo: FieldMemo | undefined,
  ): void {
    this.#body = new ServiceBody(this, this.borrowsData)
    this.#ctx.serviceBody = this.#body
    try {
      takeHead(this.#ctx, status, rawHeaders, memo)
    } catch (error) {
      // Thrown here it would be the client's to handle, and nobody would answer.
      this.#fault = { error }
      this.abort()
    }
  }

  /** Not with the head: what has come behind it can then leave with it, in one write. */
  onRead(): void {
    this.settle()
  }

  onData(chunk: Uint8Array): boolean {
    // A small answer is whole in a moment; of a large one nothing is kept.
    if (chunk.length >= LENT_BYTES) this.settle()
    return (this.#body as ServiceBody).push(chunk)
  }

  onEnd(rawTrailers: readonly string[]): void {
    this.#body?.end(rawTrailers)
    this.settle()
  }

  onError(failure: UpstreamFailure): void {
    const ctx = this.#ctx
    if (this.#body !== undefined) {
      ctx.log.err(`the response of the Service broke off: ${failure.message}`)
      this.#body.fail(failure)
      this.settle()
      return
    }
    ctx.log.err(`the Service did not answer: ${failure.message}`)
    const exit = failure.kind === 'body' ? bodyExit(failure) : EXIT_OF_FAILURE[failure.kind]
    // Kong: what is known before a connection is tried is no failure of the Service.
    if (exit.kind !== 'unexpected') ctx.response.proxied = false
    exitWith(ctx, exit)
    this.#settleSoon()
  }

  onUpgrade(_status: number, rawHeaders: readonly string[], socket: Duplex): void {
    takeHead(this.#ctx, 101, rawHeaders, undefined)
    switchProtocols(this.#ctx, socket)
    // No step follows: what is left is the log, when the connections have ended.
    this.#ctx.isWaiting = false
  }

  #settleSoon(): void {
    process.nextTick(settleCall, this)
  }

  /** Lets those who wait go on. */
  settle(): void {
    if (this.#isSettled) return
    this.#isSettled = true
    if (this.#fault !== undefined) this.#giveUp?.(this.#fault.error)
    else if (this.#goOn !== undefined) {
      const { exchange } = this.#ctx
      if (exchange.run === undefined) this.#goOn()
      else exchange.run(this.#goOn)
    }
  }
}

function settleCall(call: ServiceCall): void {
  call.settle()
}

/**
 * Early hints are for the client. 100 is answered by the gateway itself, and of other interim answers
 * clients know nothing.
 *
 * @see RFC 8297; RFC 9110, 15.2
 */
function sendHints(ctx: RequestContext, status: number, rawHeaders: readonly string[]): void {
  if (status !== 103 || ctx.request.httpVersion !== 1.1 || ctx.closed) return
  ctx.exchange.sendInformation(103, linksOf(rawHeaders))
}

/** Hints are links; anything else would be a header of an answer that is not there yet. */
function linksOf(rawHeaders: readonly string[]): readonly string[] {
  const links: string[] = []
  for (let i = 0; i + 1 < rawHeaders.length; i += 2) {
    const value = rawHeaders[i + 1] as string
    if (rawHeaders[i]?.toLowerCase() === 'link' && TEXT.test(value)) links.push('Link', value)
  }
  return links
}

const TEXT = /^[\t\x20-\x7e\x80-\xff]*$/

function takeHead(
  ctx: RequestContext,
  status: number,
  rawHeaders: readonly string[],
  memo: FieldMemo | undefined,
): void {
  const { response } = ctx
  ctx.answeredAtMs = Date.now()
  ctx.serviceResponse = { status, headers: HeaderList.fromRaw(rawHeaders), body: undefined }
  response.status = status
  const block = headersForClient(ctx, status, rawHeaders, memo)
  if (response.headers.size === 0) response.headers = HeaderList.over(block)
  else addServiceHeaders(response.headers, block.raw)
}

/** The headers of the Service's response as they go to the client, kept while the Service repeats them. */
function headersForClient(
  { gateway, request }: RequestContext,
  status: number,
  rawHeaders: readonly string[],
  memo: FieldMemo | undefined,
): FieldBlock {
  const takesTrailers =
    request.httpVersion === 1.1 &&
    canHaveBody(request.method, status) &&
    acceptsTrailers(request.headers.get('te'))
  if (memo?.value instanceof PreparedFields && !takesTrailers) return memo.value
  const raw = responseHeaders(rawHeaders, {
    // Of an answer with a body the head is written later.
    via: status === 101 && gateway.headerTokens.via ? gateway.via : undefined,
    server: gateway.headerTokens.server ? gateway.server : undefined,
    acceptsTrailers: takesTrailers,
    upgrade: status === 101 ? 'websocket' : undefined,
  })
  if (memo === undefined || takesTrailers) return { raw }
  const prepared = new PreparedFields(raw)
  memo.value = prepared
  return prepared
}
