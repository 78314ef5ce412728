const DECIMAL = /^[+-]?(?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d+)?$/
const HEX = /^([+-]?)0[xX]([0-9a-fA-F]+)$/

/** Reads a number as Lua 5.1 does, spaces around it allowed; nothing when it is not one. */
export function parseNumber(text: string): number | undefined {
  const trimmed = text.replace(/^[ \t-\r]+/, '').replace(/[ \t-\r]+$/, '')
  if (DECIMAL.test(trimmed)) return Number(trimmed)
  const hex = HEX.exec(trimmed)
  if (hex === null) return undefined
  const value = Number(`0x${hex[2]}`)
  return hex[1] === '-' ? -value : value
}
