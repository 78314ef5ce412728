/**
 * Writes a key the way Kong's messages do: a Lua table with its fields in alphabetical order, for
 * example `{consumer=null,name="key-auth",service={id="…"}}`.
 */
export function printKey(key: object): string {
  const fields = Object.entries(key).sort(([a], [b]) => (a < b ? -1 : 1))
  return `{${fields.map(([name, value]) => `${name}=${printValue(value)}`).join(',')}}`
}

function printValue(value: unknown): string {
  if (typeof value === 'string') return `"${value}"`
  if (typeof value === 'object' && value !== null) return printKey(value)
  return String(value)
}
