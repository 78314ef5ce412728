import { toNumber } from '../runtime/arithmetic.ts'
import type { Callable, LuaResult, LuaValue } from '../runtime/value.ts'
import { checkNumber, wrongType } from './arguments.ts'

/** A number as 32 bits, also beyond 2^53 where JavaScript's own conversion agrees with LuaJIT's. */
function bits(args: LuaValue[], at: number, name: string): number {
  return checkNumber(args[at], at + 1, name, args.length) | 0
}

function fold(name: string, combine: (a: number, b: number) => number): Callable {
  return (...args) => {
    let value = bits(args, 0, name)
    for (let i = 1; i < args.length; i++) value = combine(value, bits(args, i, name))
    return value
  }
}

function shift(name: string, move: (value: number, by: number) => number): Callable {
  return (...args) => move(bits(args, 0, name), bits(args, 1, name) & 31) | 0
}

function unary(name: string, change: (value: number) => number): Callable {
  return (...args) => change(bits(args, 0, name)) | 0
}

function swapBytes(value: number): number {
  return (
    (value << 24) | ((value & 0xff00) << 8) | ((value >>> 8) & 0xff00) | ((value >>> 24) & 0xff)
  )
}

/** `bit.tohex(x, n)`: n digits, upper case when n is negative. */
function tohex(...args: LuaValue[]): LuaResult {
  const value = bits(args, 0, 'tohex') >>> 0
  const given = args[1] === undefined ? 8 : toNumber(args[1])
  if (given === undefined) throw wrongType(2, 'tohex', 'number', args[1], args.length)
  const count = Math.min(8, Math.abs(Math.trunc(given)))
  const digits = value
    .toString(16)
    .padStart(8, '0')
    .slice(8 - count)
  return given < 0 ? digits.toUpperCase() : digits
}

/** LuaJIT's `bit`, which Kong's functions expect. */
export const bitFunctions: Readonly<Record<string, Callable>> = {
  arshift: shift('arshift', (value, by) => value >> by),
  band: fold('band', (a, b) => a & b),
  bnot: unary('bnot', (value) => ~value),
  bor: fold('bor', (a, b) => a | b),
  bswap: unary('bswap', swapBytes),
  bxor: fold('bxor', (a, b) => a ^ b),
  lshift: shift('lshift', (value, by) => value << by),
  rol: shift('rol', (value, by) => (value << by) | (value >>> ((32 - by) & 31))),
  ror: shift('ror', (value, by) => (value >>> by) | (value << ((32 - by) & 31))),
  rshift: shift('rshift', (value, by) => value >>> by),
  tobit: unary('tobit', (value) => value),
  tohex,
}
