/** Other than printable ASCII without quotation marks and backslashes. */
const NOT_PLAIN = /[^ !#-[\]-~]/

/**
 * A text as it stands between the quotation marks of JSON, in printable ASCII: whatever else it holds
 * is escaped, so that neither a line feed nor a sequence for terminals gets into a log. `JSON.parse`
 * gives the same text back.
 *
 * `JSON.stringify` leaves DEL, C1 controls and marks that turn the direction of writing as they are.
 */
export function escapeText(text: string): string {
  if (!NOT_PLAIN.test(text)) return text
  let escaped = ''
  for (let i = 0; i < text.length; i++) {
    const unit = text.charCodeAt(i)
    if (unit === 0x22 || unit === 0x5c) escaped += `\\${text[i]}`
    else if (unit >= 0x20 && unit < 0x7f) escaped += text[i]
    else escaped += `\\u${unit.toString(16).padStart(4, '0')}`
  }
  return escaped
}
