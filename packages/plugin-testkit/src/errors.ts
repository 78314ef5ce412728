import { defineErrors, type PosternError } from '@postern/errors'

type MakeError = (...facts: readonly string[]) => PosternError

/** What is wrong with a test before its plugin has run. */
export const testkitErrors: Readonly<
  Record<'ENTITY_INVALID' | 'SERVICE_NOT_HTTP' | 'CASE_TWICE', MakeError>
> = defineErrors('POSTERN_TESTKIT', {
  ENTITY_INVALID: (kind: string, violations: string) =>
    `the ${kind} of the test is not valid: ${violations}`,
  SERVICE_NOT_HTTP: (status: string) =>
    `the Service of the test answers status ${status}, expected 200 to 599`,
  CASE_TWICE: (name: string) => `two cases are called ${JSON.stringify(name)}`,
})
