import { defineErrors, type PosternError } from '@postern/errors'

/** The errors of this package. */
export const http1Errors: {
  readonly HEAD_INVALID: (what: string, value: string) => PosternError
} = defineErrors('POSTERN_HTTP1', {
  HEAD_INVALID: (what: string, value: string) =>
    `${what} ${JSON.stringify(value.slice(0, MAX_QUOTED))} cannot be sent: it would break the message`,
})

/** Characters of a value that a message repeats. */
const MAX_QUOTED = 200
