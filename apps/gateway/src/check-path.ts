import type { RequestProblem } from './check-request.ts'
import { coreExit } from './core-exits.ts'

/**
 * Refuses a path that this gateway and a Service may read as different ones: with a `..` that only
 * shows once the path is decoded again, or read as some servers read it.
 *
 * Plain dot segments, `%2e%2e` among them, are removed before a Route is looked for. `..%2f`, `%252e.`,
 * `..\` and `..;x` are not: a Route without authentication would take the request, and the Service
 * might serve what lies behind a Route that has it.
 */
export function checkPath(path: string): RequestProblem | undefined {
  // Most paths have neither two dots nor a percent sign.
  if (!path.includes('%') && !path.includes('..')) return undefined
  return BROKEN.test(path) || DISGUISED.test(path) || climbsOut(path) ? BAD_PATH : undefined
}

/** A percent sign that encodes nothing, or a NUL, which ends a text for some servers. nginx: 400. */
const BROKEN = /%(?![0-9a-f]{2})|%00/i

/** More `..` than there is to leave. nginx: 400. */
function climbsOut(path: string): boolean {
  let depth = 0
  for (const segment of path.replace(/%2e/gi, '.').split('/')) {
    if (segment === '..') depth -= 1
    else if (segment !== '' && segment !== '.') depth += 1
    if (depth < 0) return true
  }
  return false
}

const BAD_PATH: RequestProblem = coreExit('request.bad_path')

/** A slash, plain or not; two dots, plain or encoded; what may end a segment. At least one in disguise. */
const DISGUISED = disguised()

function disguised(): RegExp {
  // `%25` is a percent sign: each one in front is one more decoding.
  const encoded = (hex: string): string => `%(?:25)*${hex}`
  const slash = `(?:\\\\|${encoded('2f')}|${encoded('5c')})`
  const dot = `(?:\\.|${encoded('2e')})`
  const twiceEncodedDot = '%(?:25)+2e'
  const end = `(?:;|${encoded('3b')}|${encoded('00')}|${encoded('3f')}|${encoded('23')})`
  const anySlash = `(?:^|/|${slash})`
  const anyEnd = `(?:$|/|${slash}|${end})`
  return new RegExp(
    [
      `${slash}${dot}${dot}${anyEnd}`,
      `${anySlash}${dot}${dot}(?:${slash}|${end})`,
      `${anySlash}(?:${twiceEncodedDot}${dot}|${dot}${twiceEncodedDot})${anyEnd}`,
    ].join('|'),
    'i',
  )
}
