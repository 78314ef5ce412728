import type { ConnectionStatistics } from '@postern/plugin-runtime'
import type { ListenerCounts } from '../listener/listener.ts'
import type { MetricTotals } from '../metrics/metric-totals.ts'
import type { WorkerCounts } from './messages.ts'

/** How sizes of memory are written: the unit, and the digits behind the point. */
export interface SizeFormat {
  readonly unit: 'b' | 'k' | 'm' | 'g'
  readonly scale: number
}

/** What `GET /status` is made of. */
export interface StatusFacts {
  /** Those that live. */
  readonly workers: readonly WorkerCounts[]
  /** Of those that have ended as well, so that no counter goes back. */
  readonly totals: Pick<MetricTotals, 'accepted' | 'requests'>
  /** What keeps the last configuration from being served; undefined where nothing does. */
  readonly problem: string | undefined
}

/**
 * `server` and `memory` of `GET /status`. Names are Kong's: where nginx counts what Node does not, the
 * nearest is told. `configuration_problem` is ours, and there only where there is one.
 *
 * @see Kong Gateway docs, Admin API, "Retrieve node status"
 */
export function nodeStatus({ workers, totals, problem }: StatusFacts, format: SizeFormat): object {
  const sum = (of: (worker: WorkerCounts) => number): number =>
    workers.reduce((total, worker) => total + of(worker), 0)
  return {
    server: connectionStatistics({
      accepted: totals.accepted,
      active: sum((worker) => worker.active),
      answering: sum((worker) => worker.answering),
      requests: totals.requests,
    }),
    memory: {
      workers_lua_vms: workers.map(({ pid, heapBytes }) => ({
        pid,
        http_allocated_gc: writeSize(heapBytes, format),
      })),
      lua_shared_dicts: {},
    },
    ...(problem !== undefined && { configuration_problem: problem }),
  }
}

/** What a listener has counted, under the names of nginx. */
export function connectionStatistics(counts: ListenerCounts): ConnectionStatistics {
  const { accepted, active, answering, requests } = counts
  return {
    connections_accepted: accepted,
    connections_active: active,
    connections_handled: accepted,
    connections_reading: 0,
    connections_waiting: Math.max(0, active - answering),
    connections_writing: answering,
    total_requests: requests,
  }
}

const UNITS = { k: [1024, 'KiB'], m: [1024 ** 2, 'MiB'], g: [1024 ** 3, 'GiB'] } as const

function writeSize(bytes: number, { unit, scale }: SizeFormat): number | string {
  if (unit === 'b') return bytes
  const [size, name] = UNITS[unit]
  return `${(bytes / size).toFixed(scale)} ${name}`
}
