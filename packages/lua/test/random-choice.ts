/** Random choices from a seed, the same for the same seed. */
export interface Choice {
  /** From 0 up to 1. */
  next(): number
  /** A whole number, both ends included. */
  between(least: number, most: number): number
  pick<T>(items: readonly T[]): T
  /** `count` pieces, joined. */
  several(least: number, most: number, separator: string, piece: () => string): string
}

export function choiceFrom(seed: number): Choice {
  let state = seed * 2654435761 + 1
  const next = (): number => {
    state = (Math.imul(state ^ (state >>> 15), 2246822519) + 0x9e3779b9) | 0
    return ((state ^ (state >>> 13)) >>> 0) / 2 ** 32
  }
  const between = (least: number, most: number): number =>
    least + Math.floor(next() * (most - least + 1))
  return {
    next,
    between,
    pick: (items) => items[between(0, items.length - 1)] as (typeof items)[number],
    several: (least, most, separator, piece) =>
      Array.from({ length: between(least, most) }, piece).join(separator),
  }
}
