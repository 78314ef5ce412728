import { refuseAt, SourceRefused } from './source-problem.ts'

/** What got furthest was most likely meant, so its complaint is the one worth reading. */
export function firstThatParses<Parsed>(
  source: string,
  attempts: readonly (() => Parsed)[],
): Parsed {
  let furthest: SourceRefused | undefined
  for (const attempt of attempts) {
    try {
      return attempt()
    } catch (error) {
      const refused = asRefused(source, error)
      if (refused.isTypeScript) throw refused
      if (furthest === undefined || isFurther(refused, furthest)) furthest = refused
    }
  }
  throw furthest
}

function isFurther({ problem: a }: SourceRefused, { problem: b }: SourceRefused): boolean {
  return a.line === b.line ? a.column > b.column : a.line > b.line
}

function asRefused(source: string, error: unknown): SourceRefused {
  if (error instanceof SourceRefused) return error
  // A source can be deep without brackets (`!!!!…`): the parser runs out of stack.
  const depth = error instanceof RangeError || STACK_SPENT.test(String(error))
  const message = depth ? 'the source is nested too deep' : messageOf(error)
  const offset = depth ? 0 : offsetOf(error)
  try {
    return refuseAt(source, offset, message)
  } catch (refused) {
    return refused as SourceRefused
  }
}

/** acorn tells the first kind of overflow itself. */
const STACK_SPENT = /Not enough stack space/

/** acorn ends its messages with `(line:column)`, which the problem has as numbers. */
function messageOf(error: unknown): string {
  return error instanceof Error ? error.message.replace(/ \(\d+:\d+\)$/, '') : String(error)
}

function offsetOf(error: unknown): number {
  return error instanceof SyntaxError && 'pos' in error && typeof error.pos === 'number'
    ? error.pos
    : 0
}
