import type MagicString from 'magic-string'
import type { ParsedFunction } from './parse-function.ts'

/** Comments go: they can hold text that SES takes for code, and `sourceURL` would rename frames. */
export function blankComments(edited: MagicString, { text, comments }: ParsedFunction): void {
  for (const { start, end } of comments) {
    edited.overwrite(start, end, text.slice(start, end).replace(/[^\n\r\u2028\u2029]/g, ' '))
  }
}
