import { checkEntity, describeViolations } from '@postern/schema'
import { createMemoryStore } from '@postern/store'
import { loadConfig } from '../src/config/load-config.ts'
import { createFunctionEngine } from '../src/functions/function-engine.ts'
import { createGateway, type Gateway } from '../src/gateway.ts'
import { createKongLog } from '../src/kong-log.ts'
import { createOperatorLog } from '../src/operator-log.ts'
import { loadPluginCatalog } from '../src/plugin-catalog.ts'
import { readIdentity } from '../src/node-identity.ts'
import { claimPorts } from '../src/processes/claim-ports.ts'
import { CHOSEN_ENGINE } from './engine-open.ts'

/** A gateway in this process, whose configuration a test writes without an Admin API. */
export interface DataPlane {
  readonly url: string
  readonly port: number
  readonly gateway: Gateway
  /** Checks an entity as the Admin API does, saves it and publishes. Answers the whole entity. */
  add(entity: string, input: Record<string, unknown>): Promise<{ readonly id: string }>
  /** The processes of its JavaScript functions, where there are any. */
  functionHost: Gateway['functionHost']
  close(): Promise<void>
}

const QUIET = { log_level: 'emerg', proxy_access_log: 'off' }

/** Starts a gateway on a port of the system's choice. */
export async function startDataPlane(
  settings: Readonly<Record<string, string>> = {},
): Promise<DataPlane> {
  const overrides = {
    proxy_listen: '127.0.0.1:0',
    workers: '0',
    // Whoever runs the tests may choose the engine: all of them hold for both.
    http_engine: CHOSEN_ENGINE,
    ...QUIET,
    ...settings,
  }
  const loaded = loadConfig({ env: {}, overrides })
  const config = await claimPorts(loaded.config)
  const log = createOperatorLog(config.log_level)
  const catalog = await loadPluginCatalog(config.plugins)
  const store = createMemoryStore({ entities: catalog.entities })
  const plugins = catalog.create({
    engine: createFunctionEngine(config, { log: createKongLog(log) }),
    consumers: { lookup: () => undefined, loadConsumer: () => undefined },
    secretNames: () => [],
  })
  const gateway = createGateway({
    config,
    identity: readIdentity({ ...config, database: 'off' }),
    log,
    catalog,
  })
  await gateway.publish(await store.readAll())
  await gateway.listen()
  const port = config.proxy_listen[0]?.port as number
  return {
    url: `http://127.0.0.1:${port}`,
    port,
    gateway,
    async add(entity, input) {
      const schema = catalog.entities.find(({ name }) => name === entity)
      if (schema === undefined) throw new Error(`no entity ${entity}`)
      const checked = checkEntity(schema, input, {
        operation: 'insert',
        subschema: (name) => plugins.get(name)?.schema,
      })
      if (!checked.ok) throw new Error(describeViolations(checked.violations))
      const row = checked.value as { readonly id: string }
      await store.write((tx) => tx.insert(entity, row))
      await gateway.publish(await store.readAll())
      return row
    },
    functionHost: () => gateway.functionHost(),
    async close() {
      await gateway.close(0)
      await store.close()
    },
  }
}
