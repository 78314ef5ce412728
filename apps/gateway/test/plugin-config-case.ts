import { type Checked, checkEntity } from '@postern/schema'
import { loadConfig } from '../src/config/load-config.ts'
import { createFunctionEngine } from '../src/functions/function-engine.ts'
import { createKongLog } from '../src/kong-log.ts'
import { createOperatorLog } from '../src/operator-log.ts'
import { loadPluginCatalog } from '../src/plugin-catalog.ts'
import type { GatewayCase } from './pdk-gateway-case.ts'

/** Runs a case about what configurations of bundled plugins are taken. */
export async function configDifferences({ gateway, expect }: GatewayCase): Promise<string[]> {
  const { plugin } = gateway
  const differences: string[] = []
  if (plugin !== undefined) {
    const checked = await inCatalog({}, plugin.name, plugin.config)
    differences.push(...judge(checked, expect, gateway.expect_index))
  }
  const plugins = await bundled({})
  for (const [name, priority] of Object.entries(expect['priorities'] ?? {})) {
    const own = plugins.get(name)?.priority
    if (own !== priority) differences.push(`${name} has priority ${own}, want ${priority}`)
  }
  return differences
}

function judge(
  checked: Checked,
  expect: GatewayCase['expect'],
  index: number | undefined,
): readonly string[] {
  if (expect['load_error'] !== undefined || expect['refused'] === true) {
    if (checked.ok) return ['it was taken']
    const text = JSON.stringify(checked.violations)
    const wanted = String(expect['load_error'] ?? '')
    // Where the second of a list is wrong, a null stands for the first.
    const place = index === undefined ? '' : `[${'null,'.repeat(index - 1)}"`
    return text.includes(`${place}${wanted}`) ? [] : [`want ${place}${wanted}, got ${text}`]
  }
  if (!checked.ok) return [`refused: ${JSON.stringify(checked.violations)}`]
  const config = checked.value['config'] as Readonly<Record<string, unknown>>
  return Object.entries(expect['config_has'] ?? {})
    .filter(([name, value]) => config[name] !== value)
    .map(([name, value]) => `${name} is ${String(config[name])}, want ${String(value)}`)
}

/** Checks a configuration as the Admin API does when it is saved. */
export async function inCatalog(
  settings: Readonly<Record<string, string>>,
  name: string,
  config: unknown,
): Promise<Checked> {
  const { catalog, plugins } = await catalogOf(settings)
  const schema = catalog.entities.find((entity) => entity.name === 'plugins')
  if (schema === undefined) throw new Error('no entity plugins')
  const subschema = (key: string) => plugins.get(key)?.schema
  return checkEntity(schema, { name, config }, { operation: 'insert', subschema })
}

async function bundled(settings: Readonly<Record<string, string>>) {
  return (await catalogOf(settings)).plugins
}

async function catalogOf(settings: Readonly<Record<string, string>>) {
  const { config } = loadConfig({ env: {}, overrides: settings })
  const catalog = await loadPluginCatalog(config.plugins)
  const log = createKongLog(createOperatorLog('emerg'))
  const plugins = catalog.create({
    engine: createFunctionEngine(config, { log }),
    consumers: { lookup: () => undefined, loadConsumer: () => undefined },
    secretNames: () => [],
  })
  return { catalog, plugins }
}
