/** A row of cells in which durations are counted, as part of a longer list of cells. */
export interface Buckets {
  /** Upper bounds in milliseconds, inclusive and ascending. */
  readonly bounds: readonly number[]
  /** Where the first cell is. A cell for each bound follows, one for what is longer, and the sum. */
  readonly at: number
}

/** Kong's bounds for what the gateway itself takes. */
const KONG_BOUNDS = [1, 2, 5, 7, 10, 15, 20, 30, 50, 75, 100, 200, 500, 750, 1000, 3000, 6000]
/** Kong's bounds for the Service and for the whole. */
const UPSTREAM_BOUNDS = [25, 50, 80, 100, 250, 400, 700, 1000, 2000, 5000, 10_000, 30_000, 60_000]

/** Cells of a histogram besides those of its bounds: what is longer, and the sum. */
const MORE_CELLS = 2

export const KONG_LATENCY: Buckets = { bounds: KONG_BOUNDS, at: 0 }
export const UPSTREAM_LATENCY: Buckets = { bounds: UPSTREAM_BOUNDS, at: endOf(KONG_LATENCY) }
export const REQUEST_LATENCY: Buckets = { bounds: UPSTREAM_BOUNDS, at: endOf(UPSTREAM_LATENCY) }

/** The first cell behind a row. */
export function endOf({ bounds, at }: Buckets): number {
  return at + bounds.length + MORE_CELLS
}

/** Counts one duration. Each is in one cell: Prometheus wants them added up from the left. */
export function observe(cells: Float64Array, { bounds, at }: Buckets, ms: number): void {
  const { length } = bounds
  let place = 0
  while (place < length && ms > (bounds[place] as number)) place += 1
  cells[at + place] = (cells[at + place] as number) + 1
  cells[at + length + 1] = (cells[at + length + 1] as number) + ms
}
