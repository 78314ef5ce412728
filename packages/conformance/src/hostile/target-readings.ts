/**
 * Paths that a server may read out of a request target: decoded once and twice, with backslashes as
 * slashes, parameters cut off segments, doubled slashes merged, dot segments removed, in lower case.
 */
export function targetReadings(target: string): readonly string[] {
  const path = withoutQuery(target.replace(/^https?:\/\/[^/]*/i, ''))
  const once = decode(path)
  const twice = decode(once)
  return [...new Set([path, once, withoutQuery(once), twice, withoutQuery(twice)].map(resolve))]
}

function withoutQuery(target: string): string {
  return target.split(/[?#]/, 1)[0] ?? ''
}

/** `%41`, and `%u0041` as some servers have it. */
function decode(path: string): string {
  return path.replace(/%(?:u00)?([0-9a-f]{2})/gi, (_, hex: string) =>
    String.fromCharCode(Number.parseInt(hex, 16)),
  )
}

function resolve(path: string): string {
  const segments: string[] = []
  const plain = path.replaceAll('\\', '/').replace(/[;\0][^/]*/g, '')
  for (const segment of plain.split('/')) {
    if (segment === '..') segments.pop()
    else if (segment !== '' && segment !== '.') segments.push(segment.trim())
  }
  return `/${segments.join('/').toLowerCase()}`
}
