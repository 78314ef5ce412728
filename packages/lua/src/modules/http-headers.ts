import { allocateString, spend } from '../runtime/budget.ts'
import { LuaTable, newList, newTable } from '../runtime/table.ts'
import { NOTHING, type LuaValue } from '../runtime/value.ts'

/**
 * Response headers as lua-resty-http shows them: a table with the names as they came, that is also
 * read and written by names in any case, with `_` for `-`. A header that came several times is a list.
 */
export function httpHeaders(raw: readonly string[]): LuaTable {
  const table = newTable()
  const nameByKey = new Map<string, string>()
  for (let i = 0; i + 1 < raw.length; i += 2) {
    const name = raw[i] as string
    const value = raw[i + 1] as string
    allocateString(name.length + value.length)
    const known = nameByKey.get(keyOf(name))
    if (known === undefined) {
      nameByKey.set(keyOf(name), name)
      table.set(name, value)
    } else {
      add(table, known, value)
    }
  }
  table.metatable = new LuaTable(handlersOf(nameByKey), [])
  return table
}

function keyOf(name: string): string {
  return name.toLowerCase().replaceAll('_', '-')
}

function add(table: LuaTable, name: string, value: string): void {
  const before = table.get(name)
  if (before instanceof LuaTable) before.setNumber(before.length() + 1, value)
  else table.set(name, newList([before, value]))
}

const LOOKUP_STEPS = 20

function handlersOf(nameByKey: Map<string, string>): LuaValue[] {
  const keyOfName = (name: LuaValue): string => {
    const text = String(name)
    spend(LOOKUP_STEPS + (text.length >> 2))
    return keyOf(text)
  }
  return [
    '__index',
    (table, name) => {
      const known = nameByKey.get(keyOfName(name))
      return known === undefined || !(table instanceof LuaTable) ? undefined : table.get(known)
    },
    '__newindex',
    (table, name, value) => {
      if (!(table instanceof LuaTable)) return NOTHING
      const key = keyOfName(name)
      const written = nameByKey.get(key) ?? String(name).replaceAll('_', '-')
      nameByKey.set(key, written)
      table.set(written, value)
      return NOTHING
    },
  ]
}
