import { defineErrors, type PosternError } from '@postern/errors'

/** The errors of this package. */
export const routerErrors: {
  readonly REGEX_INVALID: (source: string, reason: string) => PosternError
} = defineErrors('POSTERN_ROUTER', {
  REGEX_INVALID: (source: string, reason: string) =>
    `${quote(source)} is not a regular expression the router takes: ${reason}`,
})

/** A warning is for a line of a log, and an expression may be a mebibyte. */
function quote(source: string): string {
  if (source.length <= MAX_QUOTED) return JSON.stringify(source)
  return `${JSON.stringify(source.slice(0, MAX_QUOTED).toWellFormed())}...`
}

/** Characters of an expression that a message repeats. */
const MAX_QUOTED = 200
