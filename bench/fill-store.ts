import path from 'node:path'
import { checkEntity, describeViolations } from '@postern/schema'
import { createSqliteStore, type Entity } from '@postern/store'
import { loadConfig } from '../apps/gateway/src/config/load-config.ts'
import { createFunctionEngine } from '../apps/gateway/src/functions/function-engine.ts'
import { createKongLog } from '../apps/gateway/src/kong-log.ts'
import { createOperatorLog } from '../apps/gateway/src/operator-log.ts'
import { loadPluginCatalog } from '../apps/gateway/src/plugin-catalog.ts'

/** Rows of one entity as the Admin API would be given them; foreign fields name an earlier row's id. */
export interface Entities {
  readonly entity: string
  readonly rows: readonly Readonly<Record<string, unknown>>[]
}

/**
 * Writes a configuration into the store of a gateway that is not running, in one transaction. By
 * the Admin API a hundred thousand Routes would be published a hundred thousand times.
 */
export async function fillStore(prefix: string, all: readonly Entities[]): Promise<void> {
  const { config } = loadConfig({ env: {}, folder: prefix, overrides: { prefix } })
  const catalog = await loadPluginCatalog(['bundled'])
  const log = createKongLog(createOperatorLog('error'))
  const engine = createFunctionEngine(config, { log })
  const plugins = catalog.create({
    engine,
    consumers: { lookup: () => undefined, loadConsumer: () => undefined },
    secretNames: () => [],
  })
  const store = createSqliteStore({
    entities: catalog.entities,
    file: path.join(prefix, 'postern.db'),
  })
  await store.write(async (tx) => {
    for (const { entity, rows } of all) {
      const schema = catalog.entities.find(({ name }) => name === entity)
      if (schema === undefined) throw new Error(`no entity ${entity}`)
      for (const row of rows) {
        const checked = checkEntity(schema, row, {
          operation: 'insert',
          subschema: (name) => plugins.get(name)?.schema,
        })
        if (!checked.ok) throw new Error(describeViolations(checked.violations))
        await tx.insert(entity, checked.value as unknown as Entity)
      }
    }
  })
  await store.close()
  await engine.close()
}
