import { readFileSync } from 'node:fs'
import { conformanceErrors } from './errors.ts'
import { type HttpCase, parseHttpCases } from './http-case.ts'

/** The suites of HTTP cases that come with this package. */
export const SUITES = ['admin-api'] as const

/**
 * Reads a suite from the folder `cases` of this package.
 *
 * @throws POSTERN_CONFORMANCE_SUITE_UNKNOWN
 */
export function loadSuite(name: string): readonly HttpCase[] {
  if (!SUITES.some((suite) => suite === name)) throw conformanceErrors.SUITE_UNKNOWN(name, SUITES)
  // `cases` is beside `src` and beside `dist`, so the same path is right in both.
  const file = new URL(`../cases/${name}.cases.json`, import.meta.url)
  return parseHttpCases(JSON.parse(readFileSync(file, 'utf8')))
}
