import { callAt, describe } from './call.ts'
import { parseNumber } from './parse-number.ts'
import { raiseAt } from './position.ts'
import type { LuaValue } from './value.ts'
import { metamethod } from './world.ts'

/** What the compiled program calls when an operand of `+` is not plainly a number. And so on. */
export type Arithmetic = (
  a: LuaValue,
  b: LuaValue,
  site: number,
  nameOfA?: string,
  nameOfB?: string,
) => LuaValue

export const add: Arithmetic = operation('__add', (a, b) => a + b)
export const subtract: Arithmetic = operation('__sub', (a, b) => a - b)
export const multiply: Arithmetic = operation('__mul', (a, b) => a * b)
export const divide: Arithmetic = operation('__div', (a, b) => a / b)
export const modulo: Arithmetic = operation('__mod', remainder)
export const power: Arithmetic = operation('__pow', raise)

const negated = operation('__unm', (a) => -a)

export function negate(a: LuaValue, site: number, name?: string): LuaValue {
  return negated(a, a, site, name, name)
}

/** The remainder has the sign of the divisor, as Lua defines it by way of the floor. */
export function remainder(a: number, b: number): number {
  return a - Math.floor(a / b) * b
}

/** C and JavaScript differ about a base of one. */
export function raise(a: number, b: number): number {
  if (a === 1) return 1
  if (a === -1 && (b === Infinity || b === -Infinity)) return 1
  return a ** b
}

function operation(event: string, compute: (a: number, b: number) => number): Arithmetic {
  return (a, b, site, nameOfA, nameOfB) => {
    const x = toNumber(a)
    const y = toNumber(b)
    if (x !== undefined && y !== undefined) return compute(x, y)
    const handler = metamethod(a, event) ?? metamethod(b, event)
    if (handler !== undefined) return callAt(site, handler, a, b)
    const culprit = x === undefined ? describe(a, nameOfA) : describe(b, nameOfB)
    throw raiseAt(site, `attempt to perform arithmetic on ${culprit}`)
  }
}

/** A number, or the number a string spells. */
export function toNumber(value: LuaValue): number | undefined {
  if (typeof value === 'number') return value
  return typeof value === 'string' ? parseNumber(value) : undefined
}
