import { type EntitySchema, checkEntity, describeViolations } from '@postern/schema'
import { plugins as pluginEntities } from '@postern/entities'
import {
  compilePlugins,
  type Plugin,
  type PluginChains,
  type PluginInstance,
} from '@postern/plugin-runtime'
import { testkitErrors } from './errors.ts'

/** Another plugin that takes part in the same requests. */
export interface OtherPlugin {
  readonly plugin: Plugin<never>
  readonly config?: unknown
}

/** What an instance is bound to; nothing for all requests. */
export interface Binding {
  readonly route?: { readonly id: string }
  readonly service?: { readonly id: string }
  readonly consumer?: { readonly id: string }
}

/** The plugins of a test, made ready, and the instance that the test is about. */
export interface TestedPlugins {
  readonly chains: PluginChains
  readonly instance: PluginInstance
  /** All of them, `instance` first. */
  readonly instances: readonly PluginInstance[]
  readonly plugins: readonly Plugin[]
}

/**
 * Checks configurations against the plugins' schemas, fills in defaults, and makes all ready.
 *
 * @throws POSTERN_TESTKIT_ENTITY_INVALID, and what `compilePlugins` throws
 */
export function chainsOf(
  tested: OtherPlugin,
  others: readonly OtherPlugin[],
  binding: Binding,
  subsystem: 'http' | 'stream' = 'http',
): TestedPlugins {
  const instance = instanceOf(tested, binding, subsystem)
  const instances = [instance, ...others.map((other) => instanceOf(other, {}, subsystem))]
  const plugins = [tested, ...others].map(({ plugin }) => plugin as Plugin)
  const byName = new Map(plugins.map((plugin) => [plugin.name, plugin]))
  const chains = compilePlugins(instances, byName, { subsystem })
  return { chains, instance, instances, plugins }
}

function instanceOf(
  { plugin, config }: OtherPlugin,
  binding: Binding,
  subsystem: 'http' | 'stream',
): PluginInstance {
  const protocols = subsystem === 'stream' ? ['tcp', 'tls'] : undefined
  const { schema } = plugin
  const input = {
    name: plugin.name,
    config: config ?? {},
    ...binding,
    ...(protocols !== undefined && { protocols }),
  }
  return checked<PluginInstance>(
    pluginEntities,
    `configuration of ${plugin.name}`,
    input,
    () => schema,
  )
}

/**
 * An entity, with its defaults.
 *
 * @throws POSTERN_TESTKIT_ENTITY_INVALID
 */
export function checked<T>(
  schema: EntitySchema,
  kind: string,
  input: object,
  subschema?: () => Plugin['schema'],
): T {
  const result = checkEntity(schema, input, {
    operation: 'insert',
    ...(subschema !== undefined && { subschema }),
  })
  if (result.ok) return result.value as T
  throw testkitErrors.ENTITY_INVALID(kind, describeViolations(result.violations))
}
