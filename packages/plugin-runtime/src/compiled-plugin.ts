import type { BodyFilterState, Exit } from '@postern/pdk-response'
import { pluginErrors } from './errors.ts'
import type { Kong } from './kong-type.ts'
import type { Plugin, PluginInstance } from './plugin.ts'

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
}

/**
 * Makes a plugin ready to run with one of its configurations.
 *
 * @throws POSTERN_PLUGIN_PREPARE_FAILED
 */
export function compilePlugin(plugin: Plugin, instance: PluginInstance): CompiledPlugin {
  return { name: plugin.name, plugin, instance, prepared: prepare(plugin, instance) }
}

function prepare(plugin: Plugin, instance: PluginInstance): unknown {
  try {
    return plugin.prepare?.(instance.config, instance)
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error)
    throw pluginErrors.PREPARE_FAILED(plugin.name, instance.id, reason).causedBy(error)
  }
}
