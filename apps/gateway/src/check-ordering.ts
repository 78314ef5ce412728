import { findOrderingCycle, type PluginInstance } from '@postern/plugin-runtime'
import type { Violations } from '@postern/schema'
import type { Entity, Reader } from '@postern/store'

/**
 * Refuses a plugin whose `ordering` would close a circle with those that are stored: a worker could
 * not put such a configuration in order.
 */
export async function checkOrdering(row: Entity, stored: Reader): Promise<Violations | undefined> {
  if (!hasOrdering(row)) return undefined
  const others = (await readPlugins(stored)).filter(({ id }) => id !== row.id)
  const ordered = [...others, row].filter(hasOrdering) as unknown as readonly PluginInstance[]
  const cycle = findOrderingCycle(ordered)
  if (cycle === undefined) return undefined
  return { ordering: `goes in circles: ${cycle.map((name) => `'${name}'`).join(' before ')}` }
}

function hasOrdering(row: Entity): boolean {
  return row.ordering !== undefined && row.ordering !== null
}

async function readPlugins(stored: Reader): Promise<readonly Entity[]> {
  const rows: Entity[] = []
  for (let more = true; more; ) {
    const after = rows.at(-1)?.id
    const page = await stored.page('plugins', { size: 1000, ...(after !== undefined && { after }) })
    rows.push(...page.rows)
    more = page.more
  }
  return rows
}
