/** Where the middle half of some figures lies. */
export interface Spread {
  readonly min: number
  readonly q1: number
  readonly median: number
  readonly q3: number
}

export function spreadOf(figures: readonly number[]): Spread {
  const sorted = [...figures].sort((a, b) => a - b)
  return {
    min: sorted[0] ?? Number.NaN,
    q1: quantile(sorted, 0.25),
    median: quantile(sorted, 0.5),
    q3: quantile(sorted, 0.75),
  }
}

/** Between two figures where it falls between them. */
function quantile(sorted: readonly number[], share: number): number {
  const at = (sorted.length - 1) * share
  const low = sorted[Math.floor(at)] ?? Number.NaN
  const high = sorted[Math.ceil(at)] ?? Number.NaN
  return low + (high - low) * (at - Math.floor(at))
}

/** Each figure over the one of the same round. */
export function pairedRatios(figures: readonly number[], base: readonly number[]): number[] {
  return figures.map((figure, round) => figure / (base[round] ?? Number.NaN))
}
