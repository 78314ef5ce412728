import { qualityIn } from './media-range.ts'

/** A longer Accept-Language is not read. */
const MAX_CHARACTERS = 1024
const MAX_RANGES = 32

/**
 * The language that a client understands of those there are, by the lookup of RFC 4647, 3.4: for each
 * range, the best liked first, the range itself and then what is left of it when subtags are taken
 * off its end. Undefined when there is none, or the client says `*` before any that is there.
 *
 * A language with q=0 is not chosen, not even for a longer range.
 *
 * @param acceptLanguage the Accept-Language headers of a request, joined with commas
 * @param available language tags in lower case
 */
export function lookUpLanguage(
  acceptLanguage: string | undefined,
  available: ReadonlySet<string>,
): string | undefined {
  if (acceptLanguage === undefined || acceptLanguage.length > MAX_CHARACTERS) return undefined
  const ranges = parseRanges(acceptLanguage)
  const refused = new Set(ranges.filter(({ q }) => q === 0).map(({ tag }) => tag))
  for (const { tag, q } of ranges) {
    if (q === 0 || tag === '*') return undefined
    for (let rest = tag; rest !== ''; rest = shortened(rest)) {
      if (available.has(rest) && !refused.has(rest)) return rest
    }
  }
  return undefined
}

interface LanguageRange {
  readonly tag: string
  readonly q: number
}

/** Highest q first; the earlier one of equals. */
function parseRanges(acceptLanguage: string): readonly LanguageRange[] {
  return acceptLanguage
    .split(',', MAX_RANGES)
    .map((text) => {
      const [tag = '', ...parameters] = text.split(';')
      return { tag: tag.trim().toLowerCase(), q: qualityIn(parameters) }
    })
    .filter(({ tag }) => tag !== '')
    .toSorted((left, right) => right.q - left.q)
}

/** `zh-hant-cn-x-private` → `zh-hant-cn`: a single letter goes with the subtag that it introduces. */
function shortened(tag: string): string {
  const end = tag.lastIndexOf('-')
  if (end < 0) return ''
  const rest = tag.slice(0, end)
  return /(?:^|-)[a-z0-9]$/.test(rest) ? rest.slice(0, Math.max(0, rest.length - 2)) : rest
}
