/** Longest expression, in UTF-16 units. */
const MAX_LENGTH = 2048

/** Deepest nesting of groups. */
const MAX_DEPTH = 100

/** Greatest product of counts of repetitions inside each other. */
const MAX_REPETITIONS = 10_000

/**
 * Says why an expression of a Route is too large to be run, if it is: V8 ends the whole process
 * when it has no memory left to compile one, and it compiles at the first match.
 *
 * Limits are 2048 characters (UTF-16 units), 100 groups inside each other, and 10,000 for the
 * product of the counts of repetitions inside each other: `(?:a{0,500}){0,500}` has 250,000. Of
 * `{3,}` the 3 counts; `*`, `+` and `?` do not. The syntax is that of Rust's regex crate, and is not
 * checked here. Takes time that grows with the length, up to the limit.
 *
 * @param source without the `~` or `~*` of a Route
 */
export function regexProblem(source: string): string | undefined {
  if (source.length > MAX_LENGTH) {
    return `regular expression is longer than ${MAX_LENGTH} characters`
  }
  const { depth, repetitions } = measure(source)
  if (depth > MAX_DEPTH) return `parentheses are nested deeper than ${MAX_DEPTH} levels`
  if (repetitions > MAX_REPETITIONS) {
    return `nested repetitions multiply to more than ${MAX_REPETITIONS}`
  }
  return undefined
}

interface Size {
  /** Groups inside each other, at most. */
  readonly depth: number
  /** Product of the counts of repetitions inside each other, at most. */
  readonly repetitions: number
}

/** Reads the expression once, with the greatest product so far of every open group on a stack. */
function measure(source: string): Size {
  const outer: number[] = []
  let greatest = 1
  let last = 1
  let depth = 0
  for (const [token, least, most] of source.matchAll(TOKEN)) {
    if (least !== undefined) {
      last *= Math.max(1, Number(most || least))
    } else if (token === ')') {
      last = greatest
      greatest = outer.pop() ?? 1
    } else if (isOpening(token)) {
      outer.push(greatest)
      greatest = 1
      last = 1
    } else if (!KEEPS_LAST.has(token)) last = 1
    greatest = Math.max(greatest, last)
    depth = Math.max(depth, outer.length)
  }
  return { depth, repetitions: greatest }
}

/** Whether a token begins a group. `(?i)` sets flags for the group it stands in. */
function isOpening(token: string): boolean {
  return token.startsWith('(') && !token.endsWith(')')
}

/** These go with the repetition before them, as in `{2,3}?`, or repeat without a limit. */
const KEEPS_LAST: ReadonlySet<string> = new Set(['*', '+', '?'])

/**
 * An escape, whose braces are no repetition; a class as a whole, in which `]` may come first; the
 * beginning of a group with its name or flags; a repetition (captured: least and most); any
 * other character.
 */
const TOKEN =
  /\\[pPuUx]\{[^}]*\}|\\.|\[\^?\]?(?:\\.|\[:[a-z^]+:\]|[^\]\\])*\]|\(\?P?<[^>=!]*>|\(\?[a-zA-Z-]*[:)]|\{(\d+)(?:,(\d*))?\}|./gs
