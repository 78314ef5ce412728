import { scan } from './budget.ts'
import { callAt } from './call.ts'
import { raiseAt } from './position.ts'
import { LuaTable } from './table.ts'
import { typeName, Userdata, type LuaValue } from './value.ts'
import { metamethod } from './world.ts'

/** Comparing strings longer than this costs steps. */
const LONG = 64

/** `a == b`. */
export function equals(a: LuaValue, b: LuaValue, site: number): boolean {
  if (typeof a === 'string') {
    if (typeof b !== 'string' || a.length !== b.length) return false
    if (a.length > LONG) scan(a.length)
    return a === b
  }
  if (a === b) return true
  if (typeof a !== 'object' || typeof b !== 'object') return false
  return equalsByMetatable(a, b, site)
}

/** Both need the same `__eq`. */
function equalsByMetatable(a: LuaTable | object, b: LuaTable | object, site: number): boolean {
  const bothTables = a instanceof LuaTable && b instanceof LuaTable
  const bothUserdata = a instanceof Userdata && b instanceof Userdata
  if (!bothTables && !bothUserdata) return false
  const handler = metamethod(a, '__eq')
  if (handler === undefined || handler !== metamethod(b, '__eq')) return false
  return isTrue(callAt(site, handler, a, b))
}

/** `a < b`, when they are not both numbers. */
export function less(a: LuaValue, b: LuaValue, site: number): boolean {
  if (typeof a === 'number' && typeof b === 'number') return a < b
  if (typeof a === 'string' && typeof b === 'string') {
    if (a.length > LONG && b.length > LONG) scan(Math.min(a.length, b.length))
    return a < b
  }
  const handler = sharedHandler(a, b, '__lt')
  if (handler === undefined) throw mismatch(a, b, site)
  return isTrue(callAt(site, handler, a, b))
}

/** `a <= b`, when they are not both numbers; without `__le`, not `b < a`. */
export function lessOrEqual(a: LuaValue, b: LuaValue, site: number): boolean {
  if (typeof a === 'number' && typeof b === 'number') return a <= b
  if (typeof a === 'string' && typeof b === 'string') {
    if (a.length > LONG && b.length > LONG) scan(Math.min(a.length, b.length))
    return a <= b
  }
  const handler = sharedHandler(a, b, '__le')
  if (handler !== undefined) return isTrue(callAt(site, handler, a, b))
  const reverse = sharedHandler(b, a, '__lt')
  if (reverse === undefined) throw mismatch(a, b, site)
  return !isTrue(callAt(site, reverse, b, a))
}

function sharedHandler(a: LuaValue, b: LuaValue, event: string): LuaValue {
  if (typeName(a) !== typeName(b)) return undefined
  const handler = metamethod(a, event)
  return handler === metamethod(b, event) ? handler : undefined
}

function mismatch(a: LuaValue, b: LuaValue, site: number): unknown {
  const left = typeName(a)
  const right = typeName(b)
  const what = left === right ? `two ${left} values` : `${left} with ${right}`
  return raiseAt(site, `attempt to compare ${what}`)
}

function isTrue(value: LuaValue): boolean {
  return value !== undefined && value !== false
}
