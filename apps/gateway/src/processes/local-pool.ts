import type { Gateway } from '../gateway.ts'
import { MetricTotals } from '../metrics/metric-totals.ts'
import { countsOf } from './messages.ts'
import type { WorkerPool } from './worker-pool.ts'

/** `workers = 0`: the gateway runs in the process that owns the configuration. */
export function createLocalPool(gateway: Gateway): WorkerPool {
  const totals = new MetricTotals()
  return {
    async start(entities) {
      await gateway.publish(entities)
      await gateway.listen()
    },
    publish: (entities) => gateway.publish(entities),
    stop: (graceMs) => gateway.close(graceMs),
    exits: async (size) => gateway.exits.show(size),
    counts: () => [countsOf(gateway)],
    get totals() {
      const report = gateway.takeMetrics()
      if (report !== undefined) totals.add(report)
      return totals
    },
    reopenLogs: () => gateway.reopenLogs(),
    pids: [process.pid],
  }
}
