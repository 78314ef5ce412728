import { defineErrors, type PosternErrors } from '@postern/errors'

const table = {
  REGEX_INVALID: (source: string, reason: string) =>
    `${JSON.stringify(source)} is not a regular expression the router takes: ${reason}`,
} as const

/** The errors of this package. */
export const routerErrors: PosternErrors<typeof table> = defineErrors('POSTERN_ROUTER', table)
