import type { BodyFilterState, Exit } from '@postern/pdk-response'
import { pluginErrors } from './errors.ts'
import type { Kong } from './kong-type.ts'
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
}

/** Before which phases a body is read. */
export interface BodyNeeds {
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
    return { name: plugin.name, plugin, instance, prepared, needsBody }
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error)
    throw pluginErrors.PREPARE_FAILED(plugin.name, instance.id, reason).causedBy(error)
  }
}

function bodyNeedsOf(plugin: Plugin, { config }: PluginInstance, prepared: unknown): BodyNeeds {
  const needs = (phase: BodyPhase): boolean => plugin.needsBody?.(phase, config, prepared) === true
  return {
    rewrite: needs('rewrite'),
    access: needs('access') || needs('response') || needs('exit'),
  }
}
