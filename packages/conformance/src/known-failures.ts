import { conformanceErrors } from './errors.ts'
import type { CaseResult } from './run-http-cases.ts'

/**
 * Checks that the cases which do not hold are exactly those that are known not to, so that a list of
 * them can neither hide a new fault nor outlive an old one.
 *
 * @param known the id of each such case, and why it does not hold
 * @throws POSTERN_CONFORMANCE_NOT_AS_KNOWN names each case that differs, with its reasons
 */
export function expectKnownFailures(
  results: readonly CaseResult[],
  known: Readonly<Record<string, string>>,
): void {
  const resultById = new Map(results.map((result) => [result.id, result]))
  const differences = [
    ...results
      .filter(({ id, holds }) => !holds && !Object.hasOwn(known, id))
      .map(({ id, reasons }) => `${id} does not hold: ${reasons.slice(0, 3).join('; ')}`),
    ...Object.entries(known).flatMap(([id, why]) => {
      const result = resultById.get(id)
      if (result === undefined) return [`${id} is known not to hold, but there is no such case`]
      return result.holds ? [`${id} holds now; it was known not to (${why})`] : []
    }),
  ]
  if (differences.length > 0) throw conformanceErrors.NOT_AS_KNOWN(differences)
}
