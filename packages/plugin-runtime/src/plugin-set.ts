import type { BodyStep, CompiledPlugin, ExitStep, Step } from './compiled-plugin.ts'

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
    for (const phase of PHASES) {
      const step = compiled.steps[phase]
      // A phase and its step belong together; the compiler loses that in a union.
      if (step !== undefined) (this[phase] as unknown[]).push(step)
    }
  }

  /** Puts the handlers of access into another order. */
  orderAccess(order: readonly (CompiledPlugin | undefined)[]): void {
    this.access.sort((a, b) => order.indexOf(a.owner) - order.indexOf(b.owner))
  }
}

const PHASES = [
  'certificate',
  'rewrite',
  'access',
  'response',
  'header_filter',
  'body_filter',
  'log',
  'preread',
  'exit',
] as const
