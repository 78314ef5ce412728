import type { RouteReport } from './route-cells.ts'

/**
 * What one process has counted since it told last. Plain data: workers send it to the supervisor,
 * who adds it up. Differences instead of totals, so that a worker that ends takes nothing away.
 */
export interface MetricsReport {
  readonly routes: readonly RouteReport[]
  readonly exits: readonly ExitReport[]
  readonly functions: readonly FunctionReport[]
  /** Connections that were accepted, and requests that were read. */
  readonly accepted: number
  readonly requests: number
  /** Lines of the access log. */
  readonly loggedLines: number
  readonly lostLines: number
}

/** Answers that the gateway made itself. */
export interface ExitReport {
  readonly reason: string
  readonly status: number
  readonly count: number
}

/** What one function of an exit-transformer did. A function is known by its instance and its index. */
export interface FunctionReport {
  /** Of the plugin's configuration: its name or, where it has none, its id. */
  readonly instance: string
  /** Counts from 1; 0 for functions that are not told apart. */
  readonly index: number
  /** Under the names of `FunctionCounters`. */
  readonly counts: Readonly<Record<FunctionCount, number>>
  /** Upper bounds in seconds, and observations in cells as `SecondsHistogram` has them. */
  readonly bounds: readonly number[]
  readonly cells: readonly number[]
  readonly seconds: number
}

export const FUNCTION_COUNTS = ['calls', 'failures', 'kills', 'changed', 'skipped'] as const

export type FunctionCount = (typeof FUNCTION_COUNTS)[number]
