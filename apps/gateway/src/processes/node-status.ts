import type { WorkerCounts } from './messages.ts'

/** How sizes of memory are written: the unit, and the digits behind the point. */
export interface SizeFormat {
  readonly unit: 'b' | 'k' | 'm' | 'g'
  readonly scale: number
}

/**
 * `server` and `memory` of `GET /status`, summed up over the workers. Names are Kong's: where nginx
 * counts what Node does not, the nearest is told.
 *
 * @see Kong Gateway docs, Admin API, "Retrieve node status"
 */
export function nodeStatus(workers: readonly WorkerCounts[], format: SizeFormat): object {
  const sum = (of: (worker: WorkerCounts) => number): number =>
    workers.reduce((total, worker) => total + of(worker), 0)
  const active = sum((worker) => worker.active)
  const answering = sum((worker) => worker.answering)
  const accepted = sum((worker) => worker.accepted)
  return {
    server: {
      connections_accepted: accepted,
      connections_active: active,
      connections_handled: accepted,
      connections_reading: 0,
      connections_waiting: Math.max(0, active - answering),
      connections_writing: answering,
      total_requests: sum((worker) => worker.requests),
    },
    memory: {
      workers_lua_vms: workers.map(({ pid, heapBytes }) => ({
        pid,
        http_allocated_gc: writeSize(heapBytes, format),
      })),
      lua_shared_dicts: {},
    },
  }
}

const UNITS = { k: [1024, 'KiB'], m: [1024 ** 2, 'MiB'], g: [1024 ** 3, 'GiB'] } as const

function writeSize(bytes: number, { unit, scale }: SizeFormat): number | string {
  if (unit === 'b') return bytes
  const [size, name] = UNITS[unit]
  return `${(bytes / size).toFixed(scale)} ${name}`
}
