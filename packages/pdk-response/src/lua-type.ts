/** The name Lua has for the type of a value, as Kong's messages use it. */
export function luaType(value: unknown): string {
  if (value === undefined || value === null) return 'nil'
  if (value instanceof Uint8Array) return 'string'
  return LUA_TYPES.get(typeof value) ?? 'userdata'
}

const LUA_TYPES = new Map<string, string>([
  ['string', 'string'],
  ['number', 'number'],
  ['bigint', 'number'],
  ['boolean', 'boolean'],
  ['function', 'function'],
  ['object', 'table'],
])

/** A text as Lua's `%q` prints it: in double quotes, with quotes, backslashes and line ends escaped. */
export function luaQuoted(text: string): string {
  const escaped = text
    .replace(/["\\\n]/g, '\\$&')
    .replaceAll('\r', '\\r')
    .replaceAll('\0', '\\000')
  return `"${escaped}"`
}

/** What Lua's `tostring` makes of a value, for a message. */
export function luaText(value: unknown): string {
  if (value === undefined || value === null) return 'nil'
  if (typeof value === 'string' || typeof value === 'number' || typeof value === 'boolean') {
    return String(value)
  }
  return luaType(value)
}
