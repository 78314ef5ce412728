import { type Exit, renderExit } from '@postern/pdk-response'
import { runExitHooks } from '@postern/plugin-runtime'
import type { RequestContext } from './request-context.ts'
import { allowTrace } from './trace-exits.ts'

/**
 * Passes the Exit, where there is one, through the functions that apply and writes it into the
 * response. An Exit that has been through here is not taken again.
 */
export function transformExit(ctx: RequestContext): void | Promise<void> {
  const { exit } = ctx
  if (exit === undefined || exit === ctx.renderedExit) return
  allowTrace(ctx)
  const transformed = runExitHooks(ctx, exit)
  if (!(transformed instanceof Promise)) return render(ctx, exit, transformed)
  return transformed.then((sent) => render(ctx, exit, sent))
}

function render(ctx: RequestContext, exit: Exit, sent: Exit): void {
  ctx.gateway.exits.add(ctx, exit, sent)
  ctx.exit = sent
  renderOver(ctx)
}

/** A 500 that no handler decided closes the connection, as in Kong; in access it does not. */
function isServerFailure({ kind, status, phase }: Exit): boolean {
  return kind === 'unexpected' && status === 500 && phase !== 'access'
}

/** Writes `ctx.exit` into the response, over what is there. */
export function renderOver(ctx: RequestContext): void {
  const exit = ctx.exit as Exit
  ctx.renderedExit = exit
  ctx.serviceBody?.abort()
  ctx.serviceBody = undefined
  const rendered = renderExit(exit, ctx)
  if (rendered.failure !== undefined) {
    ctx.log.err(
      `the exit of ${exit.plugin ?? 'the gateway'} cannot be sent: ${rendered.failure.message}`,
    )
  }
  // With another length the client would read the next answer from the wrong place.
  if (rendered.lengthMismatch || rendered.failure !== undefined || isServerFailure(exit)) {
    ctx.response.headers.set('Connection', 'close')
  }
  ctx.exitBody = rendered.body
}
