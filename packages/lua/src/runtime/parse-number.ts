import { spend } from './budget.ts'

/** Texts longer than this cost steps. */
const LONG = 32

const DECIMAL = /^[+-]?(?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d+)?$/
/** Whole or not, with an exponent of two: what C reads, and LuaJIT. */
const HEX = /^([+-]?)0[xX]([0-9a-fA-F]*)(?:\.([0-9a-fA-F]*))?(?:[pP]([+-]?\d{1,6}))?$/
const WORD = /^([+-]?)(?:(inf(?:inity)?)|nan)$/i

/** Reads a number as Lua 5.1 does, spaces around it allowed; nothing when it is not one. */
export function parseNumber(text: string): number | undefined {
  // A regular expression for the spaces at the end would take the square of their number.
  let start = 0
  let end = text.length
  if (end > LONG) spend(end >> 1)
  while (start < end && isSpace(text.charCodeAt(start))) start++
  while (end > start && isSpace(text.charCodeAt(end - 1))) end--
  const trimmed = text.slice(start, end)
  if (DECIMAL.test(trimmed)) return Number(trimmed)
  return parseHex(trimmed) ?? parseWord(trimmed)
}

function parseHex(text: string): number | undefined {
  const hex = HEX.exec(text)
  if (hex === null) return undefined
  const [, sign, whole = '', fraction = '', exponent = '0'] = hex
  const digits = whole + fraction
  if (digits === '') return undefined
  const size = scaled(Number(`0x${digits}`), Number(exponent) - 4 * fraction.length)
  return sign === '-' ? -size : size
}

/** In two steps, so that the power itself stays in range. */
function scaled(value: number, exponent: number): number {
  const half = Math.trunc(exponent / 2)
  return value * 2 ** half * 2 ** (exponent - half)
}

function parseWord(text: string): number | undefined {
  const word = WORD.exec(text)
  if (word === null) return undefined
  if (word[2] === undefined) return Number.NaN
  return word[1] === '-' ? -Infinity : Infinity
}

function isSpace(code: number): boolean {
  return code === 32 || (code >= 9 && code <= 13)
}
