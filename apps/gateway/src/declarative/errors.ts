import { defineErrors, type PosternErrors } from '@postern/errors'

const table = {
  SYNTAX: (reason: string) => `the file is not YAML or JSON: ${reason}`,
  TOO_LARGE: (what: string) => `the file is too large: ${what}`,
  INVALID: (text: string) => text,
  FUNCTION_FILE: (where: string, name: string, reason: string) =>
    `${where}: the function file ${JSON.stringify(name)} cannot be taken: ${reason}`,
  NO_EFFECT: (where: string, text: string) => `${where}: ${text}`,
}

/** What can be wrong with a kong.yml. */
export const declarativeErrors: PosternErrors<typeof table> = defineErrors(
  'POSTERN_DECLARATIVE',
  table,
)
