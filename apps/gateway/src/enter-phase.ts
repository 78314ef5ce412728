import { runPhase } from '@postern/plugin-runtime'
import { coreExit } from './core-exits.ts'
import { gatewayErrors } from './errors.ts'
import { EXIT_OF_FAILURE } from './exit-of-failure.ts'
import { exitWith } from './exit-with.ts'
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
  const { serviceBody } = ctx
  if (!ctx.upstreamRequest.buffering || serviceBody === undefined) return
  return serviceBody.collect(ctx.gateway.config.client_body_buffer_max).then((collected) => {
    if (collected.kind === 'failed') {
      ctx.log.err(`the response of the Service broke off: ${collected.failure.message}`)
      return exitWith(ctx, EXIT_OF_FAILURE[collected.failure.kind])
    }
    if (collected.kind === 'too large') {
      ctx.log.err(
        gatewayErrors.RESPONSE_TOO_LARGE(ctx.gateway.config.client_body_buffer_max).message,
      )
      return exitWith(ctx, TOO_LARGE)
    }
    const { serviceResponse } = ctx
    if (serviceResponse !== undefined) {
      ctx.serviceResponse = { ...serviceResponse, body: collected.body }
    }
    return runPhase(ctx, 'response')
  })
}

const TOO_LARGE = coreExit('upstream.too_large')

/** Lets plugins change status and headers. */
export function enterHeaderFilter(ctx: RequestContext): void | Promise<void> {
  return runPhase(ctx, 'header_filter')
}
