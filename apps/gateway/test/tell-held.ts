import type { HostileResult } from '@postern/conformance'

/** `must 199 of 201, should 12 of 12, policy 60 of 61; 18 of 19 as strict as can be`. */
export function tellHeld(results: readonly HostileResult[]): string {
  const counts = (['must', 'should', 'policy'] as const).map((grade) => {
    const graded = results.filter((result) => result.grade === grade)
    return `${grade} ${graded.filter(({ holds }) => holds).length} of ${graded.length}`
  })
  const preferred = results.filter(({ isPreferred }) => isPreferred !== undefined)
  const strict = preferred.filter(({ isPreferred }) => isPreferred === true).length
  return `${counts.join(', ')}; ${strict} of ${preferred.length} as strict as can be`
}
