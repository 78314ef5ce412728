import type { Surroundings } from './execution.ts'
import { Coroutine, Userdata, type LuaValue } from './value.ts'
import { LuaTable } from './table.ts'

/** What belongs to the call that runs. */
export const current: {
  /** Of its chunk: its metatable of all strings, so that one chunk cannot change those of another. */
  surroundings: Surroundings | undefined
  coroutine: Coroutine | undefined
} = {
  surroundings: undefined,
  coroutine: undefined,
}

export function metatableOf(value: LuaValue): LuaTable | undefined {
  if (typeof value === 'string') return current.surroundings?.stringMeta
  if (value instanceof LuaTable) return value.metatable
  return value instanceof Userdata ? value.metatable : undefined
}

export function metamethod(value: LuaValue, event: string): LuaValue {
  return metatableOf(value)?.getString(event)
}
