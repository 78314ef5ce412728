import { toNumber } from '../runtime/arithmetic.ts'
import { scan } from '../runtime/budget.ts'
import type { LuaResult, LuaValue } from '../runtime/value.ts'
import { badArgument, checkInteger, checkString } from './arguments.ts'

/** `tonumber(value [, base])`. */
export function toNumberOf(...args: LuaValue[]): LuaResult {
  const [value, base] = args
  if (args.length === 0) throw badArgument(1, 'tonumber', 'value expected')
  if (typeof value === 'string') scan(value.length)
  if (base === undefined) return toNumber(value)
  const radix = checkInteger(base, 2, 'tonumber')
  if (radix === 10) return toNumber(value)
  if (radix < 2 || radix > 36) throw badArgument(2, 'tonumber', 'base out of range')
  return parseDigits(checkString(value, 1, 'tonumber', args.length), radix)
}

/** Longer than any number in base 2; more is not looked at. */
const MAX_DIGITS = 2000

/** As C's strtoul, which Lua 5.1 uses: spaces around, a sign, `0x` in base 16. */
function parseDigits(text: string, radix: number): number | undefined {
  if (text.length > MAX_DIGITS) return undefined
  const trimmed = text.replace(/^[\t-\r ]+/, '').replace(/[\t-\r ]+$/, '')
  const isNegative = trimmed[0] === '-'
  let digits = trimmed.replace(/^[+-]/, '').toLowerCase()
  if (radix === 16) digits = digits.replace(/^0x/, '')
  if (digits === '') return undefined
  let value = 0
  for (const character of digits) {
    const digit = '0123456789abcdefghijklmnopqrstuvwxyz'.indexOf(character)
    if (digit < 0 || digit >= radix) return undefined
    value = value * radix + digit
  }
  return isNegative ? -value : value
}
