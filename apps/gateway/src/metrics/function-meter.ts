import type { FunctionCounters } from '@postern/exit-transformer'
import { FUNCTION_COUNTS, type FunctionCount, type FunctionReport } from './metrics-report.ts'

/** The functions of one configuration of exit-transformer. */
export interface MeteredInstance {
  /** Its name or, where it has none, its id. */
  readonly name: string
  /** One for each function. */
  readonly counters: readonly FunctionCounters[]
}

/** What was told of a function last. */
interface Told {
  readonly counts: Readonly<Record<FunctionCount, number>>
  readonly cells: readonly number[]
  readonly seconds: number
}

/** Finds what functions have done since it was asked last; they keep their counters themselves. */
export class FunctionMeter {
  #instances: readonly MeteredInstance[] = []
  /** Of functions that have been taken out of the configuration. */
  #left: FunctionReport[] = []
  readonly #told = new WeakMap<FunctionCounters, Told>()

  /** Watches the functions of another configuration from now on. */
  publish(instances: readonly MeteredInstance[]): void {
    this.#left = this.take()
    this.#instances = instances
  }

  take(): FunctionReport[] {
    const reports = this.#left
    this.#left = []
    for (const { name, counters } of this.#instances) {
      counters.forEach((counted, place) => {
        const report = this.#takeOne(name, place + 1, counted)
        if (report !== undefined) reports.push(report)
      })
    }
    return reports
  }

  #takeOne(instance: string, index: number, counted: FunctionCounters): FunctionReport | undefined {
    const told = this.#told.get(counted)
    const { bounds, counts: cells, sum } = counted.seconds
    const counts = Object.fromEntries(
      FUNCTION_COUNTS.map((name) => [name, counted[name] - (told?.counts[name] ?? 0)]),
    ) as Record<FunctionCount, number>
    const report = {
      instance,
      index,
      counts,
      bounds,
      cells: cells.map((count, cell) => count - (told?.cells[cell] ?? 0)),
      seconds: sum - (told?.seconds ?? 0),
    }
    const hasChanged = [...Object.values(counts), ...report.cells].some((count) => count > 0)
    if (!hasChanged) return undefined
    const now = Object.fromEntries(FUNCTION_COUNTS.map((name) => [name, counted[name]]))
    this.#told.set(counted, { counts: now as Told['counts'], cells: [...cells], seconds: sum })
    return report
  }
}
