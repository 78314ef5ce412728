import type { Problem } from './problem.ts'

/** Where an item of a list was written, and the line. */
export type ItemPlace = Pick<Problem, 'origin' | 'line' | 'column' | 'sourceLine'>

/**
 * Places stay beside the lists: a configuration is plain data, and whoever finds out that what an item
 * names cannot be used has nothing else. Copies of a configuration share its lists.
 */
const placesOf = new WeakMap<readonly string[], readonly ItemPlace[]>()

/** Keeps where the items of a list stand. */
export function keepItemPlaces(list: readonly string[], places: readonly ItemPlace[]): void {
  placesOf.set(list, places)
}

/** Where an item stands; undefined for a default, and for a list that came from another process. */
export function placeOfItem(list: readonly string[], index: number): ItemPlace | undefined {
  return placesOf.get(list)?.[index]
}

/** `postern.conf:3:12`, or what else it stands in. */
export function shownPlace({ origin, line, column }: ItemPlace): string {
  return line === undefined ? origin : `${origin}:${line}:${column}`
}
