import { errorExit, EXIT_SIGNAL } from '@postern/pdk-response'
import { applicable } from './collect-plugins.ts'
import type { CompiledPlugin, PlainPhase, Step } from './compiled-plugin.ts'
import { codeOf, describeFailure } from './describe-failure.ts'
import { pluginErrors } from './errors.ts'
import { isThenable } from './is-thenable.ts'
import type { PhaseContext } from './phase-context.ts'
import type { Handled } from './plugin.ts'
import type { ChainEntry, PluginChain } from './plugin-chains.ts'
import type { PluginSet } from './plugin-set.ts'
import { withDeadline } from './with-deadline.ts'

/**
 * Runs the handlers of a phase in order until one of them exits or throws. Never throws.
 *
 * rewrite and certificate run the global instances. access (preread on L4) decides plugin by
 * plugin which configuration applies, so that a Consumer found half-way counts, and collects them
 * for the phases after it. Afterwards `ctx.exit` tells whether the request has been answered.
 *
 * A handler whose promise does not settle in `ctx.phaseTimeoutMs` counts as failed; what it does
 * with its promise afterwards has no effect. A plugin with `needsBody` has the body read first.
 *
 * A host may go on while handlers wait, as when the client has gone: it runs another phase, and
 * those of this one that have not begun do not begin.
 *
 * Stays synchronous as long as the plugins do. Awaiting every step would be shorter to write and
 * takes five to six times as long for four plugins (bench/run-phase.bench.ts).
 */
export function runPhase(ctx: PhaseContext, phase: PlainPhase): Handled {
  ctx.phase = phase
  ctx.interrupted = false
  if ((phase === 'rewrite' || phase === 'access') && needsBody(ctx, phase)) {
    // Remembered in `ctx.bodyFailure`; plugins that ask for the body are told.
    return ctx
      .readBody()
      .then(nothing, nothing)
      .then(() => (ctx.phase === phase ? runNow(ctx, phase) : undefined))
  }
  return runNow(ctx, phase)
}

/**
 * Whether a plugin wants the body of the request before a phase, and nobody has read it yet. For
 * hosts that refuse a request whose body cannot be had: they await `ctx.readBody()` themselves.
 */
export function needsBody(ctx: PhaseContext, phase: 'rewrite' | 'access'): boolean {
  if (ctx.body !== undefined || ctx.bodyFailure !== undefined) return false
  if (phase === 'rewrite') return ctx.plugins.needsBody.rewrite
  return ctx.chains.forRoute(ctx.route?.id, ctx.service?.id).needsBody
}

function nothing(): void {
  // Settled is enough.
}

function runNow(ctx: PhaseContext, phase: PlainPhase): Promise<void> | undefined {
  if (phase !== 'access' && phase !== 'preread') return runFrom(ctx, ctx.plugins[phase], 0)
  const chain = ctx.chains.forRoute(ctx.route?.id, ctx.service?.id)
  const pending = chain.fixed === undefined ? walk(ctx, chain) : runFixed(ctx, chain.fixed)
  if (pending !== undefined) return pending.then(() => wantBuffering(ctx))
  wantBuffering(ctx)
  return undefined
}

/** Whether a phase has anything to run, so that a host can leave out what prepares it. */
export function hasSteps(ctx: PhaseContext, phase: PlainPhase | 'body_filter' | 'exit'): boolean {
  return ctx.plugins[phase].length > 0
}

/** No Consumer makes a difference: the set was worked out before the request. */
function runFixed(ctx: PhaseContext, set: PluginSet): Promise<void> | undefined {
  ctx.plugins = set
  return runFrom(ctx, ctx.phase === 'preread' ? set.preread : set.access, 0)
}

interface Walk {
  readonly chain: PluginChain
  readonly entries: readonly ChainEntry[]
  readonly collected: CompiledPlugin[]
}

/** After an exit or a failure the walk goes on, but only to collect. */
function walk(ctx: PhaseContext, chain: PluginChain): Promise<void> | undefined {
  const entries = ctx.phase === 'preread' ? chain.entries : chain.accessEntries
  return walkFrom(ctx, { chain, entries, collected: [] }, 0)
}

function walkFrom(ctx: PhaseContext, walked: Walk, from: number): Promise<void> | undefined {
  const { chain, entries, collected } = walked
  for (let i = from; i < entries.length; i++) {
    const entry = entries[i]
    const compiled = entry && applicable(entry, ctx.consumer)
    if (compiled === undefined) continue
    collected.push(compiled)
    const step = ctx.interrupted ? undefined : compiled.steps[ctx.phase as PlainPhase]
    const pending = step && runStep(ctx, step)
    if (pending === undefined) continue
    // The client may go while this one waits: the log phase then runs those that had their turn.
    ctx.plugins = chain.collected.of(collected)
    const { phase } = ctx
    return pending.then(() => (ctx.phase === phase ? walkFrom(ctx, walked, i + 1) : undefined))
  }
  ctx.plugins = chain.collected.of(collected)
  return undefined
}

function runFrom(
  ctx: PhaseContext,
  steps: readonly Step[],
  from: number,
): Promise<void> | undefined {
  for (let i = from; i < steps.length && !ctx.interrupted; i++) {
    const pending = runStep(ctx, steps[i] as Step)
    if (pending === undefined) continue
    const { phase } = ctx
    return pending.then(() => (ctx.phase === phase ? runFrom(ctx, steps, i + 1) : undefined))
  }
  return undefined
}

function runStep(ctx: PhaseContext, step: Step): Promise<void> | undefined {
  ctx.runningPlugin = step.owner
  try {
    const handled = step.run(ctx.kong)
    if (!isThenable(handled)) return undefined
    const { phase, phaseTimeoutMs } = ctx
    const late = (): Error => pluginErrors.TIMEOUT(step.owner.name, phase, phaseTimeoutMs)
    return withDeadline(handled, phaseTimeoutMs, late).then(nothing, (error: unknown) => {
      if (ctx.phase === phase) settle(ctx, step.owner, error)
      else logFailure(ctx, { owner: step.owner, phase, error })
    })
  } catch (error) {
    settle(ctx, step.owner, error)
    return undefined
  }
}

/** A plugin that exits has said all it wants; one that fails is answered for with a 500. */
function settle(ctx: PhaseContext, owner: CompiledPlugin, error: unknown): void {
  const isExit = error === EXIT_SIGNAL
  if (isExit && (ctx.interrupted || ctx.phase === 'header_filter')) return
  const told = isExit ? pluginErrors.SIGNAL_WITHOUT_EXIT(owner.name) : error
  logFailure(ctx, { owner, phase: ctx.phase, error: told })
  // A plugin that has exited and fails afterwards stays exited.
  if (ctx.interrupted && ctx.phase !== 'header_filter') return
  ctx.interrupted = true
  if (ctx.phase !== 'log') ctx.exit = failureExit(ctx, owner, reasonOf(error))
}

interface Failure {
  readonly owner: CompiledPlugin
  readonly phase: PhaseContext['phase']
  readonly error: unknown
}

function logFailure(ctx: PhaseContext, { owner, phase, error }: Failure): void {
  ctx.log.err(`[${owner.name}] ${phase} failed: ${describeFailure(error)}`)
}

function reasonOf(error: unknown): string {
  return codeOf(error) === 'POSTERN_PLUGIN_TIMEOUT' ? 'plugin.timeout' : 'plugin.crashed'
}

function failureExit(
  ctx: PhaseContext,
  owner: CompiledPlugin,
  reason: string,
): NonNullable<PhaseContext['exit']> {
  const { phase } = ctx
  const exit = errorExit(
    {
      status: 500,
      reason,
      phase,
      plugin: owner.name,
      source: 'error',
      kind: 'unexpected',
      // Kong: a failure in access leaves through kong.response.error, others through the server.
      form: phase === 'access' ? 'pdk' : 'server',
    },
    ctx,
  )
  // L4 has no forms and no headers: the text alone is logged.
  return phase === 'preread' ? { ...exit, body: exit.message, headers: undefined } : exit
}

/** A collected plugin with a response handler wants the Service's response as a whole. */
function wantBuffering(ctx: PhaseContext): void {
  if (ctx.plugins.response.length > 0) ctx.upstreamRequest.buffering = true
}
