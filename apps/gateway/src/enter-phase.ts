import { runPhase } from '@postern/plugin-runtime'
import { gatewayErrors } from './errors.ts'
import type { RequestContext } from './request-context.ts'

/** Before a Route is known: the global plugins. */
export function enterRewrite(ctx: RequestContext): void | Promise<void> {
  return runPhase(ctx, 'rewrite')
}

/** Decides plugin by plugin which configuration applies, and runs it. */
export function enterAccess(ctx: RequestContext): void | Promise<void> {
  return runPhase(ctx, 'access')
}

/** Where a plugin wants the Service's response as a whole: waits for all of it. */
export function enterResponse(ctx: RequestContext): void | Promise<void> {
  const { serviceBody, serviceResponse } = ctx
  if (!ctx.upstreamRequest.buffering || serviceBody === undefined) return
  return serviceBody.collect(ctx.gateway.config.client_body_buffer_max).then((body) => {
    if (body === undefined)
      throw gatewayErrors.RESPONSE_TOO_LARGE(ctx.gateway.config.client_body_buffer_max)
    if (serviceResponse !== undefined) ctx.serviceResponse = { ...serviceResponse, body }
    return runPhase(ctx, 'response')
  })
}

/** Lets plugins change status and headers. */
export function enterHeaderFilter(ctx: RequestContext): void | Promise<void> {
  return runPhase(ctx, 'header_filter')
}
