/** Longer names than this are not compared: a suggestion is a courtesy and must stay cheap. */
const MAX_LENGTH = 80

/**
 * Finds the candidate that `name` was most likely meant to be, or none when nothing is near.
 *
 * The first of equally near candidates is taken.
 *
 * @param maxEdits the most characters added, left out, changed, or swapped with the next one; one
 *   for each three characters of the name unless given
 */
export function suggest(
  name: string,
  candidates: Iterable<string>,
  maxEdits: number = Math.max(1, Math.floor(name.length / 3)),
): string | undefined {
  if (name.length > MAX_LENGTH) return undefined
  let best: string | undefined
  let fewest = maxEdits + 1
  for (const candidate of candidates) {
    if (Math.abs(candidate.length - name.length) >= fewest) continue
    const edits = countEdits(name.toLowerCase(), candidate.toLowerCase())
    if (edits < fewest) [best, fewest] = [candidate, edits]
  }
  return best
}

/** Damerau-Levenshtein distance (optimal string alignment), three rows at a time. */
function countEdits(from: string, to: string): number {
  let beforeLast: number[] = []
  let last = Array.from({ length: to.length + 1 }, (_, index) => index)
  for (let i = 1; i <= from.length; i++) {
    const row = [i]
    for (let j = 1; j <= to.length; j++) {
      const change = from[i - 1] === to[j - 1] ? 0 : 1
      let edits = Math.min(at(last, j) + 1, at(row, j - 1) + 1, at(last, j - 1) + change)
      const swapped = i > 1 && j > 1 && from[i - 1] === to[j - 2] && from[i - 2] === to[j - 1]
      if (swapped) edits = Math.min(edits, at(beforeLast, j - 2) + 1)
      row.push(edits)
    }
    beforeLast = last
    last = row
  }
  return at(last, to.length)
}

function at(row: readonly number[], index: number): number {
  return row[index] as number
}
