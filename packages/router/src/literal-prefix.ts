/**
 * The characters that everything matched by an expression begins with, as far as they can be read
 * off its text. The expression has no alternatives at its top.
 */
export function literalPrefix(source: string): string {
  const characters = [...source]
  let prefix = ''
  for (let i = 0; i < characters.length; i++) {
    let character = characters[i] as string
    if (character === '\\') {
      character = characters[++i] as string
      if (!PUNCTUATION.has(character)) return prefix
    } else if (SYNTAX.has(character)) return prefix
    const next = characters[i + 1]
    if (next === '*' || next === '?' || next === '{') return prefix
    prefix += character
    if (next === '+') return prefix
  }
  return prefix
}

const SYNTAX: ReadonlySet<string> = new Set('.^$*+?()[]{}|')

/** Characters that stand for themselves behind a backslash. */
export const PUNCTUATION: ReadonlySet<string> = new Set('!"#$%&\'()*+,-./:;<=>?@[\\]^_`{|}~ ')
