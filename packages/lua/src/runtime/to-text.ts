import { spend } from './budget.ts'
import { callFirst } from './call.ts'
import { raise } from './position.ts'
import { numberText } from './number-text.ts'
import { LuaTable } from './table.ts'
import { typeName, Userdata, type LuaValue } from './value.ts'
import { metamethod } from './world.ts'

/** What `tostring` answers, by way of `__tostring`. */
export function toText(value: LuaValue): string {
  switch (typeof value) {
    case 'string':
      return value
    case 'number':
      return numberText(value)
    case 'undefined':
      return 'nil'
    case 'boolean':
      return value ? 'true' : 'false'
    default:
      return objectText(value)
  }
}

function objectText(value: LuaValue): string {
  const handler = metamethod(value, '__tostring')
  if (handler === undefined) return plainText(value)
  const text = callFirst(handler, value)
  if (typeof text === 'string') return text
  if (typeof text === 'number') return numberText(text)
  throw raise("'tostring' must return a string to 'print'")
}

/** A WeakMap costs little to write and a lot to collect. */
const NEW_ID_STEPS = 150

/** What writing an address costs. */
const ADDRESS_STEPS = 15

let lastId = 0
const ids = new WeakMap<object, number>()

/** `table: 0x002a`: a running number, so that no address of the host is told. */
export function plainText(value: LuaValue): string {
  if (value instanceof Userdata) return value.label
  if (typeof value !== 'object' && typeof value !== 'function') return toText(value)
  spend(ADDRESS_STEPS)
  return `${typeName(value)}: 0x${idOf(value).toString(16).padStart(4, '0')}`
}

function idOf(value: object): number {
  if (value instanceof LuaTable) {
    if (value.id === 0) value.id = ++lastId
    return value.id
  }
  const known = ids.get(value)
  if (known !== undefined) return known
  spend(NEW_ID_STEPS)
  ids.set(value, ++lastId)
  return lastId
}
