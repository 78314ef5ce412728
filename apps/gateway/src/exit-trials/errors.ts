import { defineErrors, type PosternErrors } from '@postern/errors'

const table = {
  STATUS_MISSING: (reason: string | undefined, near: string | undefined) =>
    reason === undefined
      ? 'the exit has neither a status nor a reason'
      : `the exit has no status, and the reason ${JSON.stringify(reason)} does not tell one${near === undefined ? '' : `; did you mean ${JSON.stringify(near)}?`}`,
  INVALID: (where: string, problem: string) => (where === '' ? problem : `${where}: ${problem}`),
  SYNTAX: (problem: string) => problem,
  NOT_TEXT: (problem: string) => `this is no text file: ${problem}`,
  TOO_LARGE: (bytes: number, limit: number) =>
    `the file has ${bytes} bytes, and at most ${limit} are read`,
  MODULE_FAILED: (reason: string) => `the module cannot be loaded: ${reason}`,
  NO_TESTS: (paths: readonly string[]) =>
    `no file *.exit-test.ts or *.exit-test.yaml is at ${paths.map((path) => JSON.stringify(path)).join(', ')}`,
  OPTION: (option: string, problem: string) => `${option}: ${problem}`,
  ADMIN: (url: string, problem: string) => `the Admin API at ${url}: ${problem}`,
  NOTHING_KEPT: (url: string) =>
    `the gateway at ${url} has kept no exit yet; send it a request that it answers itself`,
  PROCESS: (problem: string) => `the process that tries functions ${problem}`,
  BUSY: (limit: number) => `${limit} trials are waiting already; try again in a while`,
}

/** What can be wrong with trials of functions and with their files. */
export const trialErrors: PosternErrors<typeof table> = defineErrors('POSTERN_TRIAL', table)
