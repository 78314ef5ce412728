import { LuaTable } from '../runtime/table.ts'
import type { LuaValue } from '../runtime/value.ts'

/**
 * A copy of a table and the tables in it; functions are shared. Each chunk gets its own globals and
 * libraries this way, so that what one chunk replaces, no other sees.
 */
export function copyTables(table: LuaTable, copies: Map<LuaTable, LuaTable> = new Map()): LuaTable {
  const known = copies.get(table)
  if (known !== undefined) return known
  const copy = new LuaTable(table.slots.slice(), table.list.slice())
  copies.set(table, copy)
  copy.guard = table.guard
  copy.isList = table.isList
  copy.hasNumbers = table.hasNumbers
  copy.metatable = table.metatable
  for (let i = 1; i < copy.slots.length; i += 2) copy.slots[i] = copied(copy.slots[i], copies)
  return copy
}

function copied(value: LuaValue, copies: Map<LuaTable, LuaTable>): LuaValue {
  return value instanceof LuaTable ? copyTables(value, copies) : value
}
