import type { Variant } from './compile-route.ts'

/** Something about a Route that an operator should know. The router works all the same. */
export interface RouterWarning {
  /**
   * - `invalid-regex`: an expression does not compile; the Route is left out.
   * - `nested-quantifier`: a repetition inside a repetition, such as `(a+)+`, can take very long
   *   on a request made for it.
   * - `many-regexes`: more expressions than 100 begin with the same literal text, the Route being
   *   the first of them, and are tried one by one.
   */
  readonly kind: 'invalid-regex' | 'nested-quantifier' | 'many-regexes'
  readonly routeId: string
  /** Says what is wrong, and quotes the expression. */
  readonly message: string
}

/** The most expressions with one literal beginning before there is a warning. */
const MANY_REGEXES = 100

/** Looks for Routes that work but may be slow. */
export function warnOfRoutes(variants: readonly Variant[], warnings: RouterWarning[]): void {
  warnOfNested(variants, warnings)
  warnOfMany(variants, warnings)
}

function warnOfNested(variants: readonly Variant[], warnings: RouterWarning[]): void {
  const told = new Set<string>()
  for (const { headers, regexes, facts } of variants) {
    const inHeaders = headers?.flatMap((test) => test.regexes) ?? []
    for (const { nested, source } of [...regexes, ...inHeaders]) {
      // The variants of a Route share its headers.
      const key = `${facts.id} ${source}`
      if (!nested || told.has(key)) continue
      told.add(key)
      const message = `a repetition inside a repetition can take very long: ${JSON.stringify(source)}`
      warnings.push({ kind: 'nested-quantifier', routeId: facts.id, message })
    }
  }
}

function warnOfMany(variants: readonly Variant[], warnings: RouterWarning[]): void {
  const byPrefix = new Map<string, { count: number; routeId: string }>()
  for (const { regexes, facts } of variants) {
    for (const { prefix } of regexes) {
      const group = byPrefix.get(prefix)
      if (group === undefined) byPrefix.set(prefix, { count: 1, routeId: facts.id })
      else group.count++
    }
  }
  for (const [prefix, { count, routeId }] of byPrefix) {
    if (count <= MANY_REGEXES) continue
    const message = `${count} expressions begin with ${JSON.stringify(prefix)} and are tried one by one`
    warnings.push({ kind: 'many-regexes', routeId, message })
  }
}
