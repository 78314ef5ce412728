/**
 * What one function did since its configuration was published: plain data, safe to send as JSON.
 *
 * `calls` = unchanged + `changed` + `failures` + `kills`, and `seconds` has one observation for each
 * call. Calls that still run are in `calls` alone.
 */
export interface FunctionCounters {
  /** Exits handed to it. */
  calls: number
  /** Threw, or answered nonsense. */
  failures: number
  /** Ended by its deadline or by a limit of memory or steps. */
  kills: number
  /** Answered something else than it was given. */
  changed: number
  /** Exits not handed to it, because the functions before it had used up the time of the run. */
  skipped: number
  /** How long its calls took, until the answer was there. */
  readonly seconds: SecondsHistogram
}

/** Observations in cells, the shape that a Prometheus histogram is written from. */
export interface SecondsHistogram {
  /** Upper bounds in seconds, inclusive and ascending; the same list in all histograms. */
  readonly bounds: readonly number[]
  /**
   * One cell for each bound and a last one for what was longer. Each observation is in one cell:
   * Prometheus wants them added up from the left.
   */
  readonly counts: number[]
  /** All observations together, in seconds. Their number is the sum of `counts`. */
  sum: number
}

/**
 * From a Lua call that changes a message (a few microseconds) to the longest `timeout_ms` (10 s); the
 * default deadline of 50 ms is a bound.
 */
const BOUNDS: readonly number[] = Object.freeze([
  0.000_005, 0.000_01, 0.000_05, 0.000_1, 0.000_25, 0.000_5, 0.001, 0.002_5, 0.005, 0.01, 0.025,
  0.05, 0.1, 0.25, 1, 10,
])

/** Counters at zero. */
export function createCounters(): FunctionCounters {
  const counts = [...BOUNDS, 0].map(() => 0)
  const seconds = { bounds: BOUNDS, counts, sum: 0 }
  return { calls: 0, failures: 0, kills: 0, changed: 0, skipped: 0, seconds }
}

/** Counts one observation. A loop over 16 numbers: most calls end in the first few. */
export function observe(histogram: SecondsHistogram, seconds: number): void {
  const { bounds, counts } = histogram
  let cell = 0
  while (cell < bounds.length && seconds > (bounds[cell] as number)) cell++
  counts[cell] = (counts[cell] as number) + 1
  histogram.sum += seconds
}

/** The codes with which engines say that they ended a call. */
const KILL = /_(?:TIMEOUT|KILLED|BUDGET)$/

/** Whether an engine ended the call, as opposed to the function having failed by itself. */
export function isKill(error: unknown): boolean {
  if (typeof error !== 'object' || error === null || !('code' in error)) return false
  return typeof error.code === 'string' && KILL.test(error.code)
}
