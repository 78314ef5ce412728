import type { Settings } from '../options.ts'
import { LuaTable, tableOf } from '../runtime/table.ts'
import { fullBase, sandboxBase } from './base.ts'

export const stringLibrary = 'string'

export function libraryTables(settings: Settings): LuaTable {
  const t = tableOf({ ...sandboxBase, _VERSION: 'Lua 5.1' })
  if (settings.isOpen) for (const [k, v] of Object.entries(fullBase)) t.setKey(k, v)
  return t
}
