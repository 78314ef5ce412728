import { matchHeaders } from './compile-headers.ts'
import type { CompiledRegex } from './compile-regex.ts'
import type { Variant } from './compile-route.ts'
import { matchSni } from './compile-snis.ts'
import type { MatchRequest } from './match.ts'

/** One way into a variant: one of its paths under one of its hosts. What the index holds. */
export interface Entry {
  readonly rank: number
  readonly variant: Variant
  /** Port that the host names, -1 for any. */
  readonly port: number
  /** Text that the path begins with; for an expression as much of it as is literal. */
  readonly prefix: string
  readonly regex: CompiledRegex | undefined
  /** Host and prefix say it all. Most entries are so, and need not be looked at any closer. */
  readonly isPlain: boolean
}

/** A request with what is worked out once for all entries. */
export interface Query {
  readonly request: MatchRequest
  readonly path: string
  /** Of the Host header, else of the listener. */
  readonly port: number
  readonly maxRegexInput: number
  readonly strict: boolean
}

/** Whether an entry takes a request whose host and literal prefix are known to fit. */
export function takes(entry: Entry, query: Query): boolean {
  if (entry.isPlain) return true
  const { variant, regex } = entry
  if (entry.port !== -1 && entry.port !== query.port) return false
  if (variant.methods !== undefined && !variant.methods.has(query.request.method)) return false
  if (regex !== undefined && !matchesRegex(regex, query)) return false
  if (variant.snis !== undefined && !matchesSnis(variant, query)) return false
  return (
    variant.headers === undefined ||
    matchHeaders(variant.headers, query.request, query.maxRegexInput)
  )
}

function matchesRegex(compiled: CompiledRegex, query: Query): boolean {
  if (query.path.length > query.maxRegexInput) return false
  return compiled.test(query.path)
}

/** Over plain http there is no server name to ask for, and Kong takes the attribute as matched. */
function matchesSnis(variant: Variant, query: Query): boolean {
  const { scheme, sni } = query.request
  if (scheme === 'http') return !(query.strict && variant.tlsOnly)
  return sni !== undefined && variant.snis !== undefined && matchSni(variant.snis, sni)
}
