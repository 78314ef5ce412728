import { countersOf } from '@postern/exit-transformer'
import type { PluginInstance } from '@postern/plugin-runtime'
import type { PreparedMemory } from '../prepared-memory.ts'
import type { MeteredInstance } from './function-meter.ts'
import { instanceLabel } from './instance-label.ts'

/** The configurations of exit-transformer that are in use, with the counters of their functions. */
export function meteredInstances(
  instances: readonly PluginInstance[],
  memory: PreparedMemory,
): MeteredInstance[] {
  const metered: MeteredInstance[] = []
  for (const instance of instances) {
    const isOne = instance.name === 'exit-transformer'
    const prepared = isOne ? memory.preparedFor(instance.id) : undefined
    if (prepared === undefined) continue
    metered.push({ name: instanceLabel(instance), counters: countersOf(prepared) })
  }
  return metered
}
