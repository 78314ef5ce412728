import type { BodyStep, CompiledPlugin, ExitStep, Step } from './compiled-plugin.ts'
import type { HandlerPhase } from './phase.ts'

/** The phases whose handlers take `kong`, a configuration and nothing else. */
export type PlainPhase = Exclude<HandlerPhase, 'body_filter'>

/** The plugins that take part in a request, as the steps of each phase, in order. */
export class PluginSet {
  readonly plugins: CompiledPlugin[] = []
  readonly certificate: Step[] = []
  readonly rewrite: Step[] = []
  readonly access: Step[] = []
  readonly response: Step[] = []
  readonly header_filter: Step[] = []
  readonly body_filter: BodyStep[] = []
  readonly log: Step[] = []
  readonly preread: Step[] = []
  readonly exit: ExitStep[] = []
  /** Somebody wants the body of the request before that phase. */
  readonly needsBody: { rewrite: boolean; access: boolean } = { rewrite: false, access: false }

  /** Adds a plugin behind those that are there. */
  add(compiled: CompiledPlugin): void {
    this.plugins.push(compiled)
    this.needsBody.rewrite ||= compiled.needsBody.rewrite
    this.needsBody.access ||= compiled.needsBody.access
    for (const phase of PLAIN_PHASES) {
      const step = stepOf(compiled, phase)
      if (step !== undefined) this[phase].push(step)
    }
    addBodyStep(this, compiled)
    addExitStep(this, compiled)
  }

  /** Puts the handlers of access into another order. */
  orderAccess(order: readonly (CompiledPlugin | undefined)[]): void {
    this.access.sort((a, b) => order.indexOf(a.owner) - order.indexOf(b.owner))
  }
}

const PLAIN_PHASES: readonly PlainPhase[] = [
  'certificate',
  'rewrite',
  'access',
  'response',
  'header_filter',
  'log',
  'preread',
]

/** The step of a plugin in a phase; undefined when it has no handler there. */
export function stepOf(compiled: CompiledPlugin, phase: PlainPhase): Step | undefined {
  const { plugin, instance, prepared } = compiled
  const { config } = instance
  if (plugin[phase] === undefined || plugin.usesPhase?.(phase, config) === false) return undefined
  // `kong` is the same object in all phases; its type tells what each of them may call.
  return { owner: compiled, run: (kong) => plugin[phase]?.(kong as never, config, prepared) }
}

function addBodyStep(set: PluginSet, compiled: CompiledPlugin): void {
  const { plugin, instance, prepared } = compiled
  if (plugin.body_filter === undefined) return
  if (plugin.usesPhase?.('body_filter', instance.config) === false) return
  set.body_filter.push({
    owner: compiled,
    run: (kong, piece) => plugin.body_filter?.(kong, instance.config, prepared, piece),
  })
}

function addExitStep(set: PluginSet, compiled: CompiledPlugin): void {
  const { plugin, instance, prepared } = compiled
  if (plugin.exit === undefined) return
  set.exit.push({
    owner: compiled,
    run: (kong, exit) => plugin.exit?.(kong as never, instance.config, exit, prepared),
  })
}
