/** Something that gets turns. */
export interface Weighted<T> {
  readonly item: T
  /** Whole, not negative. 0 gets no turn. */
  readonly weight: number
}

interface Turns<T> {
  readonly item: T
  readonly weight: number
  /** How many of its turns in this lap it has had. */
  taken: number
  /** Where its next turn stands, counted in laps. */
  at: number
}

/**
 * Deals turns in proportion to weights, evenly spread, exact over each lap.
 *
 * Turn k of an item with weight w stands at (k + 1/2) / w of the lap, and the turns are dealt in
 * this order. Two items of weight 2 and one of weight 1:
 *
 *   a   |....a.........a....|
 *   b   |....b.........b....|
 *   c   |.........c.........|    a b c a b
 *
 * Unlike a wheel with a place for each unit of weight it takes no more memory for large weights.
 */
export class RoundRobin<T> {
  readonly #turns: Turns<T>[]

  /** @param start where in the lap to begin, from 0 to below 1 */
  constructor(items: readonly Weighted<T>[], start: number) {
    this.#turns = items
      .filter(({ weight }) => weight > 0)
      .map(({ item, weight }) => {
        const taken = Math.max(0, Math.ceil(start * weight - 0.5))
        return { item, weight, taken, at: (taken + 0.5) / weight }
      })
  }

  /** The item whose turn it is, undefined when none has a weight. */
  next(): T | undefined {
    let first: Turns<T> | undefined
    for (const turn of this.#turns) if (first === undefined || turn.at < first.at) first = turn
    if (first === undefined) return undefined
    first.taken++
    first.at = (first.taken + 0.5) / first.weight
    this.#rewind(first)
    return first.item
  }

  /** Keeps the numbers small once every item is past a lap. */
  #rewind(moved: Turns<T>): void {
    if (moved.taken < moved.weight) return
    if (this.#turns.some(({ taken, weight }) => taken < weight)) return
    for (const turn of this.#turns) {
      turn.taken -= turn.weight
      turn.at = (turn.taken + 0.5) / turn.weight
    }
  }
}
