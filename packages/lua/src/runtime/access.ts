import { spend } from './budget.ts'
import { callAt, describe, drop } from './call.ts'
import { raiseAt } from './position.ts'
import { LuaTable } from './table.ts'
import type { LuaValue } from './value.ts'
import { metamethod, metatableOf } from './world.ts'

/** How far `__index` and `__newindex` may lead from one table to the next. Lua's own limit. */
const MAX_CHAIN = 100

/** `object[key]`. */
export function index(object: LuaValue, key: LuaValue, site: number, name?: string): LuaValue {
  if (object instanceof LuaTable) {
    const value = object.get(key)
    if (value !== undefined || object.metatable === undefined) return value
  }
  return indexByMetatable(object, key, site, name)
}

/** `object.key`, for a key that stands in the source. */
export function field(object: LuaValue, key: string, site: number, name?: string): LuaValue {
  if (object instanceof LuaTable) {
    const value = object.getString(key)
    if (value !== undefined || object.metatable === undefined) return value
  }
  return indexByMetatable(object, key, site, name)
}

function indexByMetatable(start: LuaValue, key: LuaValue, site: number, name?: string): LuaValue {
  let object = start
  for (let i = 0; i < MAX_CHAIN; i++) {
    spend(2)
    if (object instanceof LuaTable) {
      const value = object.get(key)
      if (value !== undefined || object.metatable === undefined) return value
    }
    const handler = metamethod(object, '__index')
    if (handler === undefined) {
      if (object instanceof LuaTable) return undefined
      throw raiseAt(site, `attempt to index ${describe(object, i === 0 ? name : undefined)}`)
    }
    if (typeof handler === 'function') return callAt(site, handler, object, key)
    object = handler
  }
  throw raiseAt(site, 'loop in gettable')
}

/** `object[key] = value`. */
export function setIndex(
  object: LuaValue,
  key: LuaValue,
  value: LuaValue,
  site: number,
  name?: string,
): void {
  if (object instanceof LuaTable && object.metatable === undefined) {
    if (key === undefined || key !== key) throw badKey(key, site)
    object.set(key, value)
  } else {
    setByMetatable(object, key, value, site, name)
  }
}

/** `object.key = value`, for a key that stands in the source. */
export function setField(
  object: LuaValue,
  key: string,
  value: LuaValue,
  site: number,
  name?: string,
): void {
  if (object instanceof LuaTable && object.metatable === undefined) object.setKey(key, value)
  else setByMetatable(object, key, value, site, name)
}

function badKey(key: LuaValue, site: number): unknown {
  return raiseAt(site, key === undefined ? 'table index is nil' : 'table index is NaN')
}

function setByMetatable(
  start: LuaValue,
  key: LuaValue,
  value: LuaValue,
  site: number,
  name?: string,
): void {
  let object = start
  for (let i = 0; i < MAX_CHAIN; i++) {
    spend(1)
    const handler = metatableOf(object)?.getString('__newindex')
    if (object instanceof LuaTable && (handler === undefined || object.get(key) !== undefined)) {
      if (key === undefined || key !== key) throw badKey(key, site)
      object.set(key, value)
      return
    }
    if (handler === undefined) {
      throw raiseAt(site, `attempt to index ${describe(object, i === 0 ? name : undefined)}`)
    }
    if (typeof handler === 'function') {
      callSetter(handler, object, key, value)
      return
    }
    object = handler
  }
  throw raiseAt(site, 'loop in settable')
}

function callSetter(handler: LuaValue, object: LuaValue, key: LuaValue, value: LuaValue): void {
  if (typeof handler === 'function') drop(handler(object, key, value))
}

/** `#value`. Lua 5.1 does not ask the metatable of a table. */
export function length(value: LuaValue, site: number, name?: string): LuaValue {
  if (typeof value === 'string') return value.length
  if (value instanceof LuaTable) return value.length()
  const handler = metamethod(value, '__len')
  if (handler !== undefined) return callAt(site, handler, value, undefined)
  throw raiseAt(site, `attempt to get length of ${describe(value, name)}`)
}
