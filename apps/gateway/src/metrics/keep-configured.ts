import type { PluginInstance } from '@postern/plugin-runtime'
import type { ExitTransformerConfig } from '@postern/exit-transformer'
import type { Configuration } from '@postern/store'
import { instanceLabel } from './instance-label.ts'
import type { MetricTotals } from './metric-totals.ts'

/**
 * Forgets the Routes and functions that a configuration does not have, whose series would be told for
 * ever. What workers tell of them later is forgotten with the next configuration.
 */
export function keepConfigured(
  totals: Pick<MetricTotals, 'keepRoutes' | 'keepFunctions'>,
  { entities }: Pick<Configuration, 'entities'>,
): void {
  const routeIds = new Set(entities.routes?.map(({ id }) => id))
  totals.keepRoutes((id) => routeIds.has(id))
  const countByInstance = functionCounts(entities.plugins ?? [])
  totals.keepFunctions((instance, index) => index <= (countByInstance.get(instance) ?? 0))
}

/** How many functions each exit-transformer has, by the label of its series. */
function functionCounts(rows: readonly object[]): ReadonlyMap<string, number> {
  const instances = rows as readonly PluginInstance<ExitTransformerConfig>[]
  return new Map(
    instances
      .filter(({ name }) => name === 'exit-transformer')
      .map((instance) => [instanceLabel(instance), instance.config.functions.length]),
  )
}
