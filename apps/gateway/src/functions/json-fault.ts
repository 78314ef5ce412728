/** What keeps a text from being JSON. */
export interface JsonFault {
  readonly message: string
  /** Counted from 1. */
  readonly line: number
  readonly column: number
}

/** What keeps a text from being JSON, and where; undefined when nothing does. */
export function jsonFault(text: string): JsonFault | undefined {
  const told = refusal(text)
  if (told === undefined) return undefined
  const before = text.slice(0, offsetOf(text, told)).split(/\r?\n/)
  const message = told.replace(/ in JSON at position .*$/s, '').replace(/, (?:\.\.\.)?".*$/s, '')
  return { message, line: before.length, column: (before.at(-1) as string).length + 1 }
}

function refusal(text: string): string | undefined {
  try {
    JSON.parse(text)
    return undefined
  } catch (error) {
    return (error as Error).message
  }
}

/** V8 tells the position of most faults. Of others it names the token alone, and of an early end nothing. */
function offsetOf(text: string, told: string): number {
  const position = / at position (\d+)/.exec(told)?.[1]
  if (position !== undefined) return Number(position)
  if (!UNEXPECTED.test(told)) return text.length
  // It is the last character of the shortest part in which it is met.
  let without = 0
  let within = text.length
  while (within - without > 1) {
    const middle = (without + within) >>> 1
    if (UNEXPECTED.test(refusal(text.slice(0, middle)) ?? '')) within = middle
    else without = middle
  }
  return without
}

const UNEXPECTED = /^Unexpected token/
