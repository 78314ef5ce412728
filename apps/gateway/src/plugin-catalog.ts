import path from 'node:path'
import { pathToFileURL } from 'node:url'
import { coreEntities } from '@postern/entities'
import { adaptKongPlugin, importKongPlugin, isKongPlugin } from '@postern/kong-pdk'
import type { Plugin } from '@postern/plugin-runtime'
import type { EntitySchema } from '@postern/schema'
import { BUNDLED_PLUGINS, bundledPlugins, type PluginNeeds } from './bundled-plugins.ts'
import { gatewayErrors } from './errors.ts'
import { resolvePackage } from './resolve-package.ts'

/** The plugins that may be configured, as the setting `plugins` names them. */
export interface PluginCatalog {
  /** Kong's own entities and those that plugins bring. */
  readonly entities: readonly EntitySchema[]
  /** The plugins, given what they need of one Snapshot. */
  create(needs: PluginNeeds): ReadonlyMap<string, Plugin>
}

/**
 * Loads the plugins of the setting `plugins`: `bundled`, the name of a bundled one, the path of a
 * file, or the name of an npm package. A file or package exports its plugin as `default`, or is a
 * plugin for kong-pdk.
 *
 * @param folder where paths start and packages are looked for
 * @throws POSTERN_GATEWAY_PLUGIN_NOT_FOUND, POSTERN_GATEWAY_PLUGIN_INVALID, and what is wrong with a
 *   plugin for kong-pdk
 */
export async function loadPluginCatalog(
  names: readonly string[],
  folder: string = process.cwd(),
): Promise<PluginCatalog> {
  const bundled = names.includes('bundled')
    ? BUNDLED_PLUGINS
    : BUNDLED_PLUGINS.filter(({ name }) => names.includes(name))
  const others = names.filter((name) => name !== 'bundled' && !isBundled(name))
  const loaded = await Promise.all(others.map((name) => loadPlugin(name, folder)))
  const chosen = new Set(bundled.map(({ name }) => name))
  return {
    entities: [
      ...coreEntities,
      ...BUNDLED_PLUGINS.flatMap(({ entities }) => entities),
      ...loaded.flatMap(({ entities }) => entities ?? []),
    ],
    create(needs) {
      const own = bundledPlugins(needs).filter(({ name }) => chosen.has(name))
      return new Map([...own, ...loaded].map((plugin) => [plugin.name, plugin]))
    },
  }
}

function isBundled(name: string): boolean {
  return BUNDLED_PLUGINS.some((plugin) => plugin.name === name)
}

async function loadPlugin(name: string, folder: string): Promise<Plugin> {
  const isFile = name.startsWith('.') || path.isAbsolute(name)
  let module: { default?: unknown }
  try {
    const url = isFile
      ? pathToFileURL(path.resolve(folder, name)).href
      : resolvePackage(name, folder)
    module = (await importKongPlugin(url)) as { default?: unknown }
  } catch (error) {
    const hint = isFile ? 'check the path' : `npm install ${name}`
    throw gatewayErrors.PLUGIN_NOT_FOUND(name, (error as Error).message, hint).causedBy(error)
  }
  if (isPlugin(module.default)) return module.default
  if (isKongPlugin(module)) return adaptKongPlugin(module, { fileName: name })
  throw gatewayErrors.PLUGIN_INVALID(name)
}

function isPlugin(value: unknown): value is Plugin {
  if (typeof value !== 'object' || value === null) return false
  const { name, priority, schema } = value as Partial<Plugin>
  return typeof name === 'string' && typeof priority === 'number' && typeof schema === 'object'
}
