/**
 * Writes an expression in the syntax of Kong's matcher as a JavaScript one, so far as it is needed
 * to tell whether it is one at all: `(?P<name>` becomes `(?<name>`, flags for the rest of the
 * expression, as in `(?i)`, are taken out.
 */
export function toJavaScript(source: string): string {
  return source.replaceAll(TOKEN, (token, special: string | undefined) => {
    if (special === undefined) return token
    return special.startsWith('(?P<') ? '(?<' : ''
  })
}

/** An escape, a class as a whole, or (captured) one of the two forms that JavaScript lacks. */
const TOKEN = /\\.|\[(?:\\.|[^\]\\])*\]|(\(\?P<|\(\?[imsxU-]+\))/gs

/** Says which part of an expression needs look-around or a back-reference, if one does. */
export function findLookAround(source: string): string | undefined {
  for (const [, group, reference] of source.matchAll(NOT_LINEAR)) {
    if (group !== undefined)
      return 'look-around, including look-ahead and look-behind, is not supported'
    if (reference !== undefined) return 'backreferences are not supported'
  }
  return undefined
}

const NOT_LINEAR = /(\(\?<?[=!])|(\\[1-9]|\\k[<{'])|\\.|\[(?:\\.|[^\]\\])*\]/gs
