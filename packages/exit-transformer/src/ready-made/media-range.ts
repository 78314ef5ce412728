/** A longer Accept is not read: what follows would be work that a client can ask for at will. */
const MAX_CHARACTERS = 4096
const MAX_RANGES = 64

interface MediaRange {
  readonly type: string
  readonly subtype: string
  readonly q: number
}

/**
 * The media type that a client likes best of those there are; undefined when it takes none of them.
 *
 * The q of a type is that of the most specific range that takes it. Among types with the same q the
 * earlier one in `available` wins. Without Accept everything is liked, and the first wins.
 * Parameters but q do not tell types apart.
 *
 * @param accept the Accept headers of a request, joined with commas
 * @param available media types in lower case, without parameters, the best first
 * @see RFC 9110, 12.5.1
 */
export function acceptedType(
  accept: string | undefined,
  available: readonly string[],
): string | undefined {
  if (accept === undefined || accept.trim() === '' || accept.length > MAX_CHARACTERS) {
    return available[0]
  }
  const ranges = parseRanges(accept)
  let best: string | undefined
  let bestQ = 0
  for (const candidate of available) {
    const q = qualityOf(candidate, ranges)
    if (q > bestQ) [best, bestQ] = [candidate, q]
  }
  return best
}

function parseRanges(accept: string): readonly MediaRange[] {
  return accept
    .split(',', MAX_RANGES)
    .map(parseRange)
    .filter((range) => range !== undefined)
}

function parseRange(text: string): MediaRange | undefined {
  const [range = '', ...parameters] = text.split(';')
  const [type = '', subtype = ''] = range.trim().toLowerCase().split('/')
  if (type === '' || subtype === '') return undefined
  return { type, subtype, q: qualityIn(parameters) }
}

/** 1 unless one is given; what is no number from 0 to 1 counts as 0. */
export function qualityIn(parameters: readonly string[]): number {
  for (const parameter of parameters) {
    const [name = '', value = ''] = parameter.split('=')
    if (name.trim().toLowerCase() !== 'q') continue
    const q = Number(value.trim())
    return q >= 0 && q <= 1 ? q : 0
  }
  return 1
}

function qualityOf(candidate: string, ranges: readonly MediaRange[]): number {
  const [type, subtype] = candidate.split('/')
  let q = 0
  let specificity = 0
  for (const range of ranges) {
    const found = specificityOf(range, type, subtype)
    if (found > specificity) [q, specificity] = [range.q, found]
  }
  return q
}

/** 3 for the type itself, 2 for `text/*`, 1 for any type, 0 for another one. */
function specificityOf(
  range: MediaRange,
  type: string | undefined,
  subtype: string | undefined,
): number {
  if (range.type === '*') return range.subtype === '*' ? 1 : 0
  if (range.type !== type) return 0
  if (range.subtype === '*') return 2
  return range.subtype === subtype ? 3 : 0
}
