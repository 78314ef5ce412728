import { normalizeRoutePath } from './normalize-route-path.ts'
import { regexProblem } from './regex-problem.ts'
import { findLookAround, toJavaScript } from './regex-syntax.ts'

/** Checks one entry of a Route's `paths` that begins with `/`, or with `~/` for an expression. */
export function validateRoutePath(path: string): string | undefined {
  return path.startsWith('~') ? validateRegex(path.slice(1)) : validatePrefix(path)
}

/** Requests are compared in normal form, so a prefix in another form would never match. */
function validatePrefix(path: string): string | undefined {
  const broken = /%(?![0-9a-f]{2}).{0,2}/isu.exec(path)
  if (broken !== null) return `invalid url-encoded value: '${broken[0]}'`
  const normal = normalizeRoutePath(path)
  return path === normal ? undefined : `non-normalized path, consider use '${normal}' instead`
}

function validateRegex(source: string): string | undefined {
  return invalidRegex(source, faultOf(source))
}

function invalidRegex(source: string, fault: string | undefined): string | undefined {
  return fault && `invalid regex: '${shorten(source)}' (PCRE returned: ${fault})`
}

/** A cut may leave half of a surrogate pair. */
function shorten(source: string): string {
  if (source.length <= MAX_QUOTED) return source
  return `${source.slice(0, MAX_QUOTED).toWellFormed()}...`
}

/** Characters of an expression that a message repeats. */
const MAX_QUOTED = 200

function faultOf(source: string): string | undefined {
  const problem = regexProblem(source)
  if (problem !== undefined) return problem
  try {
    new RegExp(toJavaScript(source))
    return undefined
  } catch (error) {
    return (error as Error).message
  }
}

/**
 * Checks the size of one value of a Route's `headers` that begins with `~*`, for an expression.
 * Whether it is one at all is for the matcher to say.
 */
export function validateRouteHeader(value: string): string | undefined {
  if (!value.startsWith('~*')) return undefined
  const source = value.slice(2)
  return invalidRegex(source, regexProblem(source))
}

/**
 * Checks what only the matcher would find: expressions in headers, and the parts of expressions
 * that it does not have because they cannot be matched in linear time.
 */
export function checkRouteExpressions(
  route: Readonly<Record<string, unknown>>,
): string | undefined {
  const paths = (route.paths ?? []) as readonly string[]
  const values = Object.values((route.headers ?? {}) as Record<string, readonly string[]>).flat()
  const inPaths = paths.filter((path) => path.startsWith('~')).map((path) => path.slice(1))
  // A header's value is an expression when it is the only one and begins with `~*`.
  const inHeaders = values.filter((value) => value.startsWith('~*')).map((value) => value.slice(2))
  const fault =
    inPaths.map(findLookAround).find(isFault) ?? inHeaders.map(faultOfHeader).find(isFault)
  return fault && `Router Expression failed validation: ${fault}`
}

function faultOfHeader(source: string): string | undefined {
  return faultOf(source) ?? findLookAround(source)
}

function isFault(fault: string | undefined): fault is string {
  return fault !== undefined
}
