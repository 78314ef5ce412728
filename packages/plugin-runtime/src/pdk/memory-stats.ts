import { pluginErrors } from '../errors.ts'
import type { MemoryFacts } from '../node-facts.ts'

/** How much memory is in use, under Kong's names. */
export interface MemoryStats {
  readonly lua_shared_dicts: Readonly<
    Record<
      string,
      { readonly capacity: number | string; readonly allocated_slabs: number | string }
    >
  >
  readonly workers_lua_vms: readonly {
    readonly pid: number
    readonly http_allocated_gc: number | string
  }[]
}

/**
 * Tells the memory of a node in a unit.
 *
 * @param unit `b` gives numbers; `k`, `m` and `g` texts such as `5.24 MiB`
 * @param scale digits after the point
 * @throws POSTERN_PLUGIN_ARGUMENT_INVALID
 */
export function memoryStats(facts: MemoryFacts, unit: unknown, scale: unknown): MemoryStats {
  const show = formatterOf(unit, scale)
  return {
    lua_shared_dicts: Object.fromEntries(
      Object.entries(facts.shared ?? {}).map(([name, { capacityBytes, usedBytes }]) => [
        name,
        { capacity: show(capacityBytes), allocated_slabs: show(usedBytes) },
      ]),
    ),
    workers_lua_vms: facts.workers.map(({ pid, heapBytes }) => ({
      pid,
      http_allocated_gc: show(heapBytes),
    })),
  }
}

/** Of a host that tells nothing: this process. */
export function ownMemory(): MemoryFacts {
  return { workers: [{ pid: process.pid, heapBytes: process.memoryUsage().heapUsed }] }
}

const UNITS: ReadonlyMap<string, readonly [name: string, bytes: number]> = new Map([
  ['k', ['KiB', 1024]],
  ['m', ['MiB', 1024 ** 2]],
  ['g', ['GiB', 1024 ** 3]],
])

/** More digits than a number has say nothing. */
const MAX_SCALE = 100

function formatterOf(unit: unknown, scale: unknown): (bytes: number) => number | string {
  const asked = String(unit ?? 'b').toLowerCase()
  if (asked === 'b') return (bytes) => bytes
  const known = UNITS.get(asked)
  if (known === undefined) {
    throw pluginErrors.ARGUMENT_INVALID(
      `invalid unit '${String(unit)}' (expected 'k/K', 'm/M', or 'g/G')`,
    )
  }
  const digits = scale ?? 2
  if (typeof digits !== 'number' || !(digits >= 0)) {
    throw pluginErrors.ARGUMENT_INVALID('scale must be equal or greater than 0')
  }
  const [name, size] = known
  return (bytes) => `${(bytes / size).toFixed(Math.min(Math.floor(digits), MAX_SCALE))} ${name}`
}
