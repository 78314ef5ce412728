import path from 'node:path'
import { createMemoryStore } from '@postern/store'
import { ConfigError } from '../config/config-error.ts'
import { loadConfig } from '../config/load-config.ts'
import type { Problem } from '../config/problem.ts'
import { createFunctionEngine } from '../functions/function-engine.ts'
import { createKongLog } from '../kong-log.ts'
import { createOperatorLog } from '../operator-log.ts'
import { loadPluginCatalog } from '../plugin-catalog.ts'
import { describePlugins } from '../plugin-descriptions.ts'
import { createDeclarativeSource } from './declarative-source.ts'

/**
 * Checks a declarative file as `postern start` would, with the settings of a postern.conf: which
 * plugins there are, and what functions may do. Nothing is served; plugins of one's own are imported.
 *
 * @throws POSTERN_CONFIG_INVALID when the settings cannot be used
 */
export async function checkDeclarativeFile(
  file: string,
  { conf }: { readonly conf?: string | undefined },
): Promise<readonly Problem[]> {
  const { config } = loadConfig({ env: process.env, file: conf })
  const { entities, ...catalog } = await loadPluginCatalog(config.plugins)
  const log = createKongLog(createOperatorLog('emerg'))
  const engine = createFunctionEngine(config, { log })
  const store = createMemoryStore({ entities })
  const source = createDeclarativeSource({
    config,
    entities,
    file: path.resolve(file),
    plugins: describePlugins({ entities, ...catalog }, engine),
    store,
  })
  try {
    return (await source.load()).warnings
  } catch (error) {
    if (error instanceof ConfigError) return error.problems
    throw error
  } finally {
    await store.close()
  }
}
