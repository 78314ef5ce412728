import { spend } from './budget.ts'

/** Texts longer than this cost steps. */
const LONG = 32

const DECIMAL = /^[+-]?(?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d+)?$/
const HEX = /^([+-]?)0[xX]([0-9a-fA-F]+)$/

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
  const hex = HEX.exec(trimmed)
  if (hex === null) return undefined
  const value = Number(`0x${hex[2]}`)
  return hex[1] === '-' ? -value : value
}

function isSpace(code: number): boolean {
  return code === 32 || (code >= 9 && code <= 13)
}
