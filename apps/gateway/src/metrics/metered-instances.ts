import { countersOf } from '@postern/exit-transformer'
import type { PluginInstance } from '@postern/plugin-runtime'
import type { PreparedMemory } from '../prepared-memory.ts'
import type { MeteredInstance } from './function-meter.ts'

/** The configurations of exit-transformer that are in use, with the counters of their functions. */
export function meteredInstances(
  instances: readonly PluginInstance[],
  memory: PreparedMemory,
): MeteredInstance[] {
  const metered: MeteredInstance[] = []
  for (const { id, name, instance_name: ownName } of instances) {
    const prepared = name === 'exit-transformer' ? memory.preparedFor(id) : undefined
    if (prepared === undefined) continue
    metered.push({ name: ownName ?? id, counters: countersOf(prepared) })
  }
  return metered
}
