import type { Entity } from './store.ts'

/**
 * A frozen copy of a row with nothing in it but JSON data, so that a memory store holds what a file
 * would hold, and nobody who wrote or read a row can change it afterwards.
 */
export function freezeRow(row: Entity): Entity {
  return Object.isFrozen(row) ? row : (freezeDeep(JSON.parse(JSON.stringify(row))) as Entity)
}

function freezeDeep(value: unknown): unknown {
  if (typeof value !== 'object' || value === null) return value
  for (const item of Object.values(value)) freezeDeep(item)
  return Object.freeze(value)
}
