import { canHaveBody } from '@postern/pdk-response'
import { hasSteps, runBodyFilter } from '@postern/plugin-runtime'
import { acceptsTrailers, trailers } from '@postern/proxy'
import type { RequestContext } from './request-context.ts'
import type { BodySink } from './service-body.ts'

/** Streams the body, through body_filter only where a plugin has one. */
export function sendBody(ctx: RequestContext): void {
  const { exchange, serviceBody } = ctx
  const isFiltered = hasSteps(ctx, 'body_filter')
  if (!canHaveBody(ctx.request.method, ctx.response.status)) {
    return endWithoutBody(ctx)
  }
  if (serviceBody === undefined) return isFiltered ? sendFiltered(ctx) : exchange.end(ctx.exitBody)
  const whole = isFiltered ? undefined : serviceBody.takeWhole()
  if (whole === undefined) serviceBody.flowTo(isFiltered ? filter(ctx) : new Pass(ctx))
  else exchange.end(whole.length === 1 ? whole[0] : Buffer.concat(whole))
}

function sendFiltered(ctx: RequestContext): void {
  const { exitBody } = ctx
  const sink = filter(ctx)
  if (exitBody !== undefined) {
    sink.write(typeof exitBody === 'string' ? Buffer.from(exitBody) : exitBody)
  }
  sink.end(NO_TRAILERS)
}

/** Hands pieces on as they come. */
class Pass implements BodySink {
  readonly borrowsData: boolean
  readonly #ctx: RequestContext

  constructor(ctx: RequestContext) {
    this.#ctx = ctx
    this.borrowsData = ctx.exchange.borrowsData === true
  }

  write(chunk: Uint8Array): boolean {
    return this.#ctx.exchange.write(chunk)
  }

  end(rawTrailers: readonly string[]): void {
    this.#ctx.exchange.end(undefined, trailersFor(this.#ctx, rawTrailers))
  }

  fail(): void {
    this.#ctx.exchange.abort()
  }
}

/** Trailers go to a client that has said it takes them; nobody else would look for them there. */
function trailersFor(
  { request }: RequestContext,
  rawTrailers: readonly string[],
): readonly string[] {
  return rawTrailers.length > 0 && acceptsTrailers(request.headers.get('te'))
    ? trailers(rawTrailers)
    : NO_TRAILERS
}

const NO_TRAILERS: readonly string[] = []

/** A body_filter that throws cuts the connection: the head has promised another answer. */
function filter(ctx: RequestContext): BodySink {
  const { exchange } = ctx
  const run = (chunk: Uint8Array | undefined, last: boolean): boolean => {
    try {
      const sent = runBodyFilter(ctx, chunk, last)
      return sent === undefined || sent.length === 0 ? true : exchange.write(sent)
    } catch {
      exchange.abort()
      return false
    }
  }
  return {
    write: (chunk) => run(chunk, false),
    end: (rawTrailers) => {
      run(undefined, true)
      exchange.end(undefined, trailersFor(ctx, rawTrailers))
    },
    fail: () => exchange.abort(),
  }
}

/**
 * HEAD, 204 and 304 have no body. The Service's connection is read to its end where the Service
 * knows that as well; where a plugin made a 204 of its answer, the rest of it is not waited for.
 */
function endWithoutBody(ctx: RequestContext): void {
  const { exchange, serviceBody, serviceResponse } = ctx
  if (serviceBody !== undefined && serviceResponse?.status === ctx.response.status) {
    serviceBody.flowTo({
      write: () => true,
      end: () => exchange.end(),
      fail: () => exchange.abort(),
    })
    return
  }
  serviceBody?.abort()
  exchange.end()
}
