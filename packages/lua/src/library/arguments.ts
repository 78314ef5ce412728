// What built-in functions say about their arguments. The words are Lua's.
import { isMethodCall } from '../runtime/budget.ts'
import { raise } from '../runtime/position.ts'
import type { LuaThrow } from '../runtime/control.ts'
import { numberText } from '../runtime/number-text.ts'
import { parseNumber } from '../runtime/parse-number.ts'
import { LuaTable } from '../runtime/table.ts'
import { typeName, type Callable, type LuaValue } from '../runtime/value.ts'

/** In a method call the object is no argument that anybody wrote, and is not counted. */
export function badArgument(position: number, name: string, message: string): LuaThrow {
  if (isMethodCall()) {
    if (position === 1) return raise(`calling '${name}' on bad self (${message})`)
    return raise(`bad argument #${position - 1} to '${name}' (${message})`)
  }
  return raise(`bad argument #${position} to '${name}' (${message})`)
}

/** `given` is how many arguments there were: a missing one is "no value", an absent one "nil". */
export function wrongType(
  position: number,
  name: string,
  expected: string,
  value: LuaValue,
  given: number,
): LuaThrow {
  const got = value === undefined && position > given ? 'no value' : typeName(value)
  return badArgument(position, name, `${expected} expected, got ${got}`)
}

export function checkTable(value: LuaValue, position: number, name: string, given = 0): LuaTable {
  if (value instanceof LuaTable) return value
  throw wrongType(position, name, 'table', value, given)
}

/** A string, or the text of a number. */
export function checkString(value: LuaValue, position: number, name: string, given = 0): string {
  if (typeof value === 'string') return value
  if (typeof value === 'number') return numberText(value)
  throw wrongType(position, name, 'string', value, given)
}

/** A number, or what a string spells. */
export function checkNumber(value: LuaValue, position: number, name: string, given = 0): number {
  if (typeof value === 'number') return value
  const number = typeof value === 'string' ? parseNumber(value) : undefined
  if (number !== undefined) return number
  throw wrongType(position, name, 'number', value, given)
}

/** A whole number as C makes it of a double: cut off; what is no number at all becomes 0. */
export function checkInteger(value: LuaValue, position: number, name: string, given = 0): number {
  const number = Math.trunc(checkNumber(value, position, name, given))
  return Number.isNaN(number) ? 0 : number + 0
}

export function optionalInteger(
  value: LuaValue,
  otherwise: number,
  position: number,
  name: string,
): number {
  return value === undefined ? otherwise : checkInteger(value, position, name)
}

export function checkFunction(
  value: LuaValue,
  position: number,
  name: string,
  given = 0,
): Callable {
  if (typeof value === 'function') return value
  throw wrongType(position, name, 'function', value, given)
}
