import { type BodyFilterState, filterChunk } from '@postern/pdk-response'
import type { BodyStep } from './compiled-plugin.ts'
import { describeFailure } from './describe-failure.ts'
import { pluginErrors } from './errors.ts'
import { isThenable } from './is-thenable.ts'
import type { PhaseContext } from './phase-context.ts'

/**
 * Passes a piece of the body through the body_filter handlers and answers what is to be sent now;
 * `undefined` for nothing.
 *
 * @param chunk what arrived; `undefined` with `last` for the pass at the end
 * @throws what a handler threw, after it was logged: the head is on its way, so all that is left
 *   is to end the connection. No handler is called for the pieces after that.
 */
export function runBodyFilter(
  ctx: PhaseContext,
  chunk: Uint8Array | undefined,
  last: boolean,
): Uint8Array | undefined {
  ctx.phase = 'body_filter'
  const { response } = ctx
  return filterChunk(response, { chunk, last }, () => {
    for (const step of ctx.plugins.body_filter) {
      runStep(ctx, step, response.bodyFilter as BodyFilterState)
    }
  })
}

function runStep(ctx: PhaseContext, step: BodyStep, piece: BodyFilterState): void {
  ctx.runningPlugin = step.owner
  try {
    const handled = step.run(ctx.kong, piece)
    if (!isThenable(handled)) return
    handled.then(undefined, () => undefined)
    throw pluginErrors.BODY_FILTER_ASYNC(step.owner.name)
  } catch (error) {
    // The connection ends here: pieces that still come have nobody to go to.
    piece.replaced = true
    ctx.log.err(`[${step.owner.name}] body_filter failed: ${describeFailure(error)}`)
    throw error
  }
}
