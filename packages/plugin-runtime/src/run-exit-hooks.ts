import { EXIT_SIGNAL, type Exit } from '@postern/pdk-response'
import type { ExitStep } from './compiled-plugin.ts'
import { describeFailure } from './describe-failure.ts'
import { pluginErrors } from './errors.ts'
import { isThenable } from './is-thenable.ts'
import type { PhaseContext } from './phase-context.ts'
import { withDeadline } from './with-deadline.ts'

/**
 * Passes an Exit through the `exit` handlers of the plugins that apply, and answers what is to be
 * sent. Synchronous as long as they are.
 *
 * Which configuration applies is decided now, by the Route, Service and Consumer known now: an Exit
 * may come before access has collected any plugin, or after a Consumer was found.
 *
 * A handler that throws or answers no Exit is logged, and the Exit stays as it was: a fault in an
 * error page must not let a refused request through, nor become a second fault for the client.
 * While they run the phase is `response`, in which nearly everything may be called.
 */
export function runExitHooks(ctx: PhaseContext, exit: Exit): Exit | Promise<Exit> {
  const steps = ctx.chains.exitSteps(ctx.route?.id, ctx.service?.id, ctx.consumer)
  if (steps.length === 0) return exit
  const { phase, runningPlugin } = ctx
  ctx.phase = 'response'
  const restore = (sent: Exit): Exit => {
    ctx.phase = phase
    ctx.runningPlugin = runningPlugin
    ctx.exit = sent
    return sent
  }
  const answer = steps.some((step) => step.owner.needsBody.access)
    ? passWithBody(ctx, steps, exit)
    : passFrom(ctx, steps, { at: 0, exit })
  return answer instanceof Promise ? answer.then(restore) : restore(answer)
}

/** An exit may come before access, for which the body would have been read. */
function passWithBody(
  ctx: PhaseContext,
  steps: readonly ExitStep[],
  exit: Exit,
): Exit | Promise<Exit> {
  const pass = (): Exit | Promise<Exit> => passFrom(ctx, steps, { at: 0, exit })
  const isTooLate = ctx.response.proxied || ctx.bodyFailure !== undefined
  if (isTooLate || ctx.body !== undefined) return pass()
  return ctx.readBody().then(pass, pass)
}

interface Progress {
  readonly at: number
  readonly exit: Exit
}

function passFrom(
  ctx: PhaseContext,
  steps: readonly ExitStep[],
  from: Progress,
): Exit | Promise<Exit> {
  let { exit } = from
  for (let at = from.at; at < steps.length; at++) {
    const answer = passStep(ctx, steps[at] as ExitStep, exit)
    if (answer instanceof Promise) {
      return answer.then((next) => passFrom(ctx, steps, { at: at + 1, exit: next }))
    }
    exit = answer
  }
  return exit
}

function passStep(ctx: PhaseContext, step: ExitStep, exit: Exit): Exit | Promise<Exit> {
  ctx.runningPlugin = step.owner
  // An exit made by a handler in here is an answer like any other.
  ctx.exit = undefined
  ctx.interrupted = false
  try {
    const answer = step.run(ctx.kong, exit)
    if (!isThenable(answer)) return checked(ctx, answer, exit)
    const { phaseTimeoutMs } = ctx
    const late = (): Error => pluginErrors.TIMEOUT(step.owner.name, 'exit', phaseTimeoutMs)
    return withDeadline(answer, phaseTimeoutMs, late).then(
      (value) => checked(ctx, value, exit),
      (error: unknown) => settle(ctx, error, exit),
    )
  } catch (error) {
    return settle(ctx, error, exit)
  }
}

function settle(ctx: PhaseContext, error: unknown, exit: Exit): Exit {
  if (error === EXIT_SIGNAL && ctx.exit !== undefined) return ctx.exit
  const text = describeFailure(error)
  ctx.log.err(`[${ctx.pluginName}] exit failed, the Exit stays as it was: ${text}`)
  return exit
}

function checked(ctx: PhaseContext, answer: unknown, exit: Exit): Exit {
  if (answer === undefined) return ctx.exit ?? exit
  if (isExit(answer)) return answer
  ctx.log.err(`[${ctx.pluginName}] exit answered no Exit, it stays as it was`)
  return exit
}

function isExit(answer: unknown): answer is Exit {
  if (typeof answer !== 'object' || answer === null || !('status' in answer)) return false
  const { status } = answer
  return Number.isInteger(status) && (status as number) >= 100 && (status as number) <= 599
}
