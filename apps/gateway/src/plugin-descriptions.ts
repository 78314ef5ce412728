import type { PluginNeeds } from './bundled-plugins.ts'
import type { PluginCatalog } from './plugin-catalog.ts'
import type { Plugin } from '@postern/plugin-runtime'

/** The plugins of a catalog for whoever only checks configurations: they know no Consumer and serve nothing. */
export function describePlugins(
  catalog: PluginCatalog,
  engine: PluginNeeds['engine'],
): ReadonlyMap<string, Plugin> {
  return catalog.create({
    engine,
    consumers: { lookup: () => undefined, loadConsumer: () => undefined },
    secretNames: () => [],
  })
}
