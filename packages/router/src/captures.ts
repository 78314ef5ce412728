import { headerExecs } from './compile-headers.ts'
import type { Variant } from './compile-route.ts'
import type { Captures, MatchRequest } from './match.ts'

/**
 * What the groups of a Route's expressions caught, those of the path and, as in Kong, those of
 * headers. Where both have a group of one number or name, that of the path counts.
 */
export function captureGroups(
  variant: Variant,
  path: RegExpExecArray | undefined,
  request: MatchRequest,
): Captures | undefined {
  const headers = variant.headers?.some(({ regexes }) => regexes.length > 0)
    ? [...headerExecs(variant.headers, request)]
    : []
  const execs = path === undefined ? headers : [...headers, path]
  return execs.some((exec) => exec.length > 1) ? merge(execs) : undefined
}

function merge(execs: readonly RegExpExecArray[]): Captures {
  const unnamed: (string | undefined)[] = []
  const named: Record<string, string> = Object.create(null)
  for (const exec of execs) {
    for (let i = 0; i < exec.length; i++) if (exec[i] !== undefined) unnamed[i] = exec[i]
    while (unnamed.length < exec.length) unnamed.push(undefined)
    for (const [name, text] of Object.entries(exec.groups ?? {})) {
      if (text !== undefined) named[name] = text
    }
  }
  return { unnamed: Array.from(unnamed), named }
}
