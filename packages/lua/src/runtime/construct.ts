import { allocate, frames, spend } from './budget.ts'
import { raiseAt } from './position.ts'
import { LuaTable, MAX_UNINDEXED, TABLE_BYTES, type Shape } from './table.ts'
import { NOTHING, type Callable, type LuaValue } from './value.ts'

/** A table constructor of named values. The array becomes the table's own. */
export function newRecord(slots: LuaValue[], shape: Shape | undefined): LuaTable {
  allocate(TABLE_BYTES + 24 * slots.length)
  if (slots.length > MAX_UNINDEXED) spend(slots.length * 2)
  const table = new LuaTable(slots, [])
  table.shape = shape
  return table
}

/**
 * Any other table constructor: key and value in turns, the mark NOTHING as key for the next item
 * of the list, then the values of a last call. Items win over keys, as Lua stores them last.
 */
export function newMixed(
  pairs: (LuaValue | typeof NOTHING)[],
  tail: LuaValue[],
  site: number,
): LuaTable {
  allocate(TABLE_BYTES + 24 * (pairs.length + tail.length))
  spend((pairs.length + tail.length) >> 1)
  const items: LuaValue[] = []
  for (let i = 0; i < pairs.length; i += 2) {
    if (pairs[i] === NOTHING) items.push(pairs[i + 1] as LuaValue)
  }
  for (const value of tail) items.push(value)
  let length = items.length
  while (length > 0 && items[length - 1] === undefined) length--
  items.length = length
  const table = new LuaTable([], items)
  for (let i = 0; i < pairs.length; i += 2) {
    if (pairs[i] !== NOTHING) setPair(table, pairs[i] as LuaValue, pairs[i + 1] as LuaValue, site)
  }
  return table
}

function setPair(table: LuaTable, key: LuaValue, value: LuaValue, site: number): void {
  if (key === undefined) throw raiseAt(site, 'table index is nil')
  if (key !== key) throw raiseAt(site, 'table index is NaN')
  const isItem = typeof key === 'number' && key >= 1 && key <= table.list.length
  if (!isItem || table.getNumber(key) === undefined) table.set(key, value)
}

export function chargeClosure(): void {
  allocate(112)
}

/** Charges for the values a function takes as `...`. */
export function chargeRest(values: LuaValue[]): void {
  if (values.length > 8) {
    spend(values.length >> 2)
    allocate(values.length * 8)
  }
}

/**
 * Charges for values that are spread into a call or a list: they are copied, once by the caller and
 * once by whoever takes them as `...`.
 */
export function spread(values: LuaValue[]): LuaValue[] {
  if (values.length > 8) spend(values.length)
  return values
}

/** Marks the levels a function with many variables takes besides its own. */
export function gap(depth: number, weight: number): void {
  for (let i = 1; i < weight; i++) frames[depth - i] = -1
}

/** How a `for` can walk by itself: 1 over a whole table, 2 over its list, 0 by calling. */
export function walker(next: Callable, inext: Callable) {
  return (iterator: LuaValue, state: LuaValue, control: LuaValue): number => {
    if (!(state instanceof LuaTable)) return 0
    if (iterator === next && control === undefined) return 1
    return iterator === inext && control === 0 ? 2 : 0
  }
}
