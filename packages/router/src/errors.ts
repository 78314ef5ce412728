import { defineErrors, type PosternError } from '@postern/errors'

/** The errors of this package. */
export const routerErrors: {
  readonly REGEX_INVALID: (source: string, reason: string) => PosternError
} = defineErrors('POSTERN_ROUTER', {
  REGEX_INVALID: (source: string, reason: string) =>
    `${JSON.stringify(source)} is not a regular expression the router takes: ${reason}`,
})
