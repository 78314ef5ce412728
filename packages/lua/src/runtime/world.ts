import { Coroutine, Userdata, type LuaValue } from './value.ts'
import { LuaTable } from './table.ts'

/**
 * What strings answer to while a call runs: the metatable of all strings. Every chunk has its own,
 * so that one chunk cannot change the strings of another.
 */
export const current: { stringMeta: LuaTable | undefined; coroutine: Coroutine | undefined } = {
  stringMeta: undefined,
  coroutine: undefined,
}

export function metatableOf(value: LuaValue): LuaTable | undefined {
  if (typeof value === 'string') return current.stringMeta
  if (value instanceof LuaTable) return value.metatable
  return value instanceof Userdata ? value.metatable : undefined
}

export function metamethod(value: LuaValue, event: string): LuaValue {
  return metatableOf(value)?.getString(event)
}
