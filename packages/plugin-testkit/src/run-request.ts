import { canHaveBody, errorExit, type Exit, renderExit, sourceOf } from '@postern/pdk-response'
import {
  addServiceHeaders,
  hasSteps,
  type PhaseContext,
  runBodyFilter,
  runExitHooks,
  runPhase,
} from '@postern/plugin-runtime'
import type { OpenRequest, PluginTestOptions } from './create-plugin-test.ts'
import type { PluginTestResult } from './plugin-test-result.ts'
import {
  responseOf,
  type ServiceAnswer,
  type ServiceFault,
  type ServiceRequest,
  serviceRequestOf,
} from './service-answer.ts'
import type { TestedContext } from './tested-context.ts'

/** The life of a request in a gateway, without its sockets. */
export async function runRequest(
  { ctx, logs, world }: OpenRequest,
  upstream: PluginTestOptions['upstream'] = {},
): Promise<PluginTestResult> {
  const life = new RequestLife(ctx)
  await runPhase(ctx, 'rewrite')
  if (ctx.exit === undefined) matchRoute(ctx, world)
  if (ctx.exit === undefined) await runPhase(ctx, 'access')
  if (ctx.exit === undefined) await life.proxy(upstream)
  if (ctx.exit === undefined && ctx.upstreamRequest.buffering) await runPhase(ctx, 'response')
  await life.sendExit()
  await runPhase(ctx, 'header_filter')
  await life.sendExit()
  if (ctx.response.status === 204) ctx.response.headers.remove('Content-Length')
  ctx.response.headSent = true
  const body = life.sendBody()
  await runPhase(ctx, 'log')
  const bytes = Buffer.concat(body)
  return {
    status: ctx.response.status,
    headers: ctx.response.headers,
    body: bytes.toString('utf8'),
    bytes,
    json: () => JSON.parse(bytes.toString('utf8')) as unknown,
    closed: life.closed,
    service: life.received,
    exit: ctx.exit,
    source: sourceOf(ctx.response),
    logs,
    shared: ctx.shared,
  }
}

/** What a router would have found. */
function matchRoute(ctx: PhaseContext, { route, service }: OpenRequest['world']): void {
  if (route === undefined) return exitWith(ctx, NO_ROUTE)
  ctx.route = route
  ctx.service = service
  if (service === undefined) return
  const sent = ctx.upstreamRequest
  sent.scheme = service.protocol
  sent.host = service.host
  sent.port = service.port
  sent.path = (service.path ?? '').replace(/\/$/, '') + ctx.request.path
  sent.timeouts.connectMs = service.connect_timeout ?? sent.timeouts.connectMs
  sent.timeouts.writeMs = service.write_timeout ?? sent.timeouts.writeMs
  sent.timeouts.readMs = service.read_timeout ?? sent.timeouts.readMs
  sent.retries = service.retries ?? sent.retries
}

class RequestLife {
  readonly #ctx: TestedContext
  #sent: Exit | undefined
  #chunks: readonly Uint8Array[] = []
  received: ServiceRequest | undefined
  closed = false

  constructor(ctx: TestedContext) {
    this.#ctx = ctx
  }

  async proxy(upstream: NonNullable<PluginTestOptions['upstream']>): Promise<void> {
    const ctx = this.#ctx
    if (ctx.upstreamRequest.host === '') return exitWith(ctx, NO_SERVICE)
    ctx.response.proxied = !isFault(upstream) || upstream.fault !== 'dns'
    if (ctx.response.proxied) ctx.proxiedAtMs = ctx.now()
    if (isFault(upstream)) return exitWith(ctx, EXIT_OF_FAULT[upstream.fault])
    const received = await serviceRequestOf(ctx)
    this.received = received
    const answer = typeof upstream === 'function' ? await upstream(received) : upstream
    ctx.answeredAtMs = ctx.now()
    this.#takeAnswer(answer)
  }

  /** Passes an Exit that has not been sent yet through the exit hooks, and writes it down. */
  async sendExit(): Promise<void> {
    const ctx = this.#ctx
    if (ctx.exit === undefined || ctx.exit === this.#sent) return
    const exit = await runExitHooks(ctx, ctx.exit)
    ctx.exit = exit
    this.#sent = exit
    const { body, failure, lengthMismatch } = renderExit(exit, ctx)
    if (failure !== undefined) ctx.log.err(`the exit cannot be sent: ${failure.message}`)
    if (lengthMismatch) ctx.response.headers.set('Connection', 'close')
    this.#chunks = body === undefined ? [] : [Buffer.from(body as Uint8Array)]
  }

  /** What leaves, piece by piece; empty once a body_filter has thrown. */
  sendBody(): Uint8Array[] {
    const ctx = this.#ctx
    if (!canHaveBody(ctx.request.method, ctx.response.status)) return []
    if (!hasSteps(ctx, 'body_filter')) return [...this.#chunks]
    try {
      const sent = this.#chunks.map((chunk) => runBodyFilter(ctx, chunk, false))
      sent.push(runBodyFilter(ctx, undefined, true))
      return sent.filter((chunk) => chunk !== undefined)
    } catch {
      // Logged by the runtime. The head has promised another answer, so nothing more can be said.
      this.closed = true
      return []
    }
  }

  #takeAnswer(answer: ServiceAnswer): void {
    const ctx = this.#ctx
    const { status, headers, chunks } = responseOf(answer)
    this.#chunks = chunks
    const isBuffered = ctx.upstreamRequest.buffering
    const body = isBuffered ? Buffer.concat(chunks) : undefined
    ctx.serviceResponse = { status, headers: headers.clone(), body }
    ctx.response.status = status
    addServiceHeaders(ctx.response.headers, headers.toRaw())
  }
}

interface CoreExit {
  readonly status: number
  readonly reason: string
  readonly message?: string
  readonly kind?: Exit['kind']
}

const NO_ROUTE: CoreExit = {
  status: 404,
  reason: 'router.no_route',
  message: 'no Route matched with those values',
  kind: 'unknown',
}
const NO_SERVICE: CoreExit = {
  status: 503,
  reason: 'router.no_service',
  message: 'no Service found with those values',
}
const EXIT_OF_FAULT: Readonly<Record<ServiceFault['fault'], CoreExit>> = {
  refused: { status: 502, reason: 'upstream.refused', kind: 'unexpected' },
  timeout: { status: 504, reason: 'upstream.timeout', kind: 'unexpected' },
  dns: { status: 503, reason: 'upstream.dns', message: 'name resolution failed' },
}

/** A failure answers in the form of the server, a rule in that of `kong.response.error`. */
function exitWith(ctx: PhaseContext, exit: CoreExit): void {
  const isFailure = exit.kind === 'unexpected'
  const source = isFailure ? 'error' : 'exit'
  const form = isFailure ? 'server' : 'pdk'
  ctx.exit = errorExit({ ...exit, source, form, phase: ctx.phase }, ctx)
}

function isFault(upstream: NonNullable<PluginTestOptions['upstream']>): upstream is ServiceFault {
  return typeof upstream === 'object' && 'fault' in upstream
}
