/**
 * Writes a path in the form in which requests are compared with Routes: triplets of characters that
 * are not reserved decoded, those of reserved ones in capitals, dot segments and repeated slashes
 * removed.
 */
export function normalizeRoutePath(path: string): string {
  const decoded = path.replaceAll(/(?:%[0-9a-f]{2})+/gi, decodeTriplets)
  return /\.|\/\//.test(decoded) ? removeDotSegments(decoded) : decoded
}

/** Bytes that are not UTF-8 stay triplets: they have no character to be written as. */
function decodeTriplets(triplets: string): string {
  const kept = triplets.replaceAll(/%../g, (triplet) =>
    RESERVED.has(Number.parseInt(triplet.slice(1), 16))
      ? `%25${triplet.slice(1).toUpperCase()}`
      : triplet,
  )
  try {
    return decodeURIComponent(kept)
  } catch {
    return triplets.toUpperCase()
  }
}

const RESERVED: ReadonlySet<number> = new Set(new TextEncoder().encode("!*'();:@&=+$,/?%#[]"))

function removeDotSegments(path: string): string {
  const kept: string[] = []
  const segments = path.split('/').slice(1)
  segments.forEach((segment, i) => {
    const isLast = i === segments.length - 1
    if (segment === '..') kept.pop()
    else if (segment !== '.' && (segment !== '' || isLast)) kept.push(segment)
    if (isLast && (segment === '.' || segment === '..')) kept.push('')
  })
  return `/${kept.join('/')}`
}
