import { defineErrors, type PosternErrors } from '@postern/errors'

const table = {
  CASE_INVALID: (where: string, problem: string) => `${where} cannot be run: ${problem}`,
  SUITE_UNKNOWN: (name: string, suites: readonly string[]) =>
    `no suite is called ${JSON.stringify(name)}, expected one of ${suites.join(', ')}`,
  URL_INVALID: (url: string) => `${JSON.stringify(url)} is not a URL, expected http://host:port`,
  NOT_AS_KNOWN: (differences: readonly string[]) =>
    `${differences.length} ${differences.length === 1 ? 'case differs' : 'cases differ'} from what is known:\n${differences.join('\n')}`,
}

/** What goes wrong with cases and with their comparison, for those who run the suites. */
export const conformanceErrors: PosternErrors<typeof table> = defineErrors(
  'POSTERN_CONFORMANCE',
  table,
)
