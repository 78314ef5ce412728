import type { BodyFilterState, Exit } from '@postern/pdk-response'
import { pluginErrors } from './errors.ts'
import type { Kong } from './kong-type.ts'
import type { HandlerPhase } from './phase.ts'
import type { BodyPhase, Plugin, PluginInstance } from './plugin.ts'

/** A handler with its configuration filled in. */
export interface Step {
  readonly owner: CompiledPlugin
  run(kong: Kong): unknown
}

/** The same for a piece of a body. */
export interface BodyStep {
  readonly owner: CompiledPlugin
  run(kong: Kong, piece: BodyFilterState): unknown
}

/** The same for an Exit on its way out. */
export interface ExitStep {
  readonly owner: CompiledPlugin
  run(kong: Kong, exit: Exit): unknown
}

/** A plugin with one of its configurations, ready to run. */
export interface CompiledPlugin {
  readonly name: string
  readonly plugin: Plugin
  readonly instance: PluginInstance
  readonly prepared: unknown
  /** The phases before which the body of the request is to be read. */
  readonly needsBody: BodyNeeds
  /** Its handlers, made when the configuration is published and not for each request. */
  readonly steps: PluginSteps
}

/** The handlers that a plugin has, and that its configuration has a use for. */
type PluginSteps = { readonly [Phase in PlainPhase]: Step | undefined } & {
  readonly body_filter: BodyStep | undefined
  readonly exit: ExitStep | undefined
}

/** The phases whose handlers take `kong`, a configuration and nothing else. */
export type PlainPhase = Exclude<HandlerPhase, 'body_filter'>

/** Before which phases a body is read. */
interface BodyNeeds {
  readonly rewrite: boolean
  /** For access and all that comes after it: by then the body is on its way to the Service. */
  readonly access: boolean
}

/**
 * Makes a plugin ready to run with one of its configurations.
 *
 * @throws POSTERN_PLUGIN_PREPARE_FAILED
 */
export function compilePlugin(plugin: Plugin, instance: PluginInstance): CompiledPlugin {
  try {
    const prepared = plugin.prepare?.(instance.config, instance)
    const needsBody = bodyNeedsOf(plugin, instance, prepared)
    return new Compiled(plugin, instance, { prepared, needsBody })
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error)
    throw pluginErrors.PREPARE_FAILED(plugin.name, instance.id, reason).causedBy(error)
  }
}

class Compiled implements CompiledPlugin {
  readonly name: string
  readonly plugin: Plugin
  readonly instance: PluginInstance
  readonly prepared: unknown
  readonly needsBody: BodyNeeds
  readonly steps: PluginSteps

  constructor(
    plugin: Plugin,
    instance: PluginInstance,
    { prepared, needsBody }: Pick<CompiledPlugin, 'prepared' | 'needsBody'>,
  ) {
    this.name = plugin.name
    this.plugin = plugin
    this.instance = instance
    this.prepared = prepared
    this.needsBody = needsBody
    this.steps = {
      certificate: plainStep(this, 'certificate'),
      rewrite: plainStep(this, 'rewrite'),
      access: plainStep(this, 'access'),
      response: plainStep(this, 'response'),
      header_filter: plainStep(this, 'header_filter'),
      log: plainStep(this, 'log'),
      preread: plainStep(this, 'preread'),
      body_filter: bodyStep(this),
      exit: exitStep(this),
    }
  }
}

function plainStep(owner: CompiledPlugin, phase: PlainPhase): Step | undefined {
  const { plugin, instance, prepared } = owner
  const { config } = instance
  if (plugin[phase] === undefined || plugin.usesPhase?.(phase, config) === false) return undefined
  // `kong` is the same object in all phases; its type tells what each of them may call.
  return { owner, run: (kong) => plugin[phase]?.(kong as never, config, prepared) }
}

function bodyStep(owner: CompiledPlugin): BodyStep | undefined {
  const { plugin, instance, prepared } = owner
  const { config } = instance
  if (plugin.body_filter === undefined) return undefined
  if (plugin.usesPhase?.('body_filter', config) === false) return undefined
  return { owner, run: (kong, piece) => plugin.body_filter?.(kong, config, prepared, piece) }
}

function exitStep(owner: CompiledPlugin): ExitStep | undefined {
  const { plugin, instance, prepared } = owner
  if (plugin.exit === undefined) return undefined
  return {
    owner,
    run: (kong, exit) => plugin.exit?.(kong as never, instance.config, exit, prepared),
  }
}

function bodyNeedsOf(plugin: Plugin, { config }: PluginInstance, prepared: unknown): BodyNeeds {
  const needs = (phase: BodyPhase): boolean => plugin.needsBody?.(phase, config, prepared) === true
  return {
    rewrite: needs('rewrite'),
    access: needs('access') || needs('response') || needs('exit'),
  }
}
