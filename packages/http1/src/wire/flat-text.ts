/**
 * The same text of latin1 in one piece.
 *
 * V8 keeps joined text as a tree of its parts, which is walked again each time a longer text that
 * begins with it is written. What is sent often is worth to be made one piece.
 */
export function flatText(text: string): string {
  return Buffer.from(text, 'latin1').toString('latin1')
}
