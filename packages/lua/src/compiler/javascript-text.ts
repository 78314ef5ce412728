/**
 * A JavaScript string literal. Everything but letters, digits, space and underscore is escaped:
 * Compartments refuse source in which `import(` or `<!--` appears, also inside strings.
 */
export function stringLiteral(bytes: string): string {
  const escaped = bytes.replace(/[^A-Za-z0-9 _]/g, escapeCharacter)
  return `"${escaped}"`
}

function escapeCharacter(character: string): string {
  const code = character.charCodeAt(0).toString(16)
  return code.length <= 2 ? `\\x${code.padStart(2, '0')}` : `\\u${code.padStart(4, '0')}`
}

export function numberLiteral(value: number): string {
  if (Number.isNaN(value)) return '(0/0)'
  if (value === Infinity) return '(1/0)'
  if (value === -Infinity) return '(-1/0)'
  return value < 0 || Object.is(value, -0) ? `(-${String(-value)})` : String(value)
}
