import { defineErrors, type PosternError } from '@postern/errors'

/** The errors of this package. */
export const http1Errors: {
  readonly HEAD_INVALID: (what: string, value: string) => PosternError
  readonly HEAD_SENT: () => PosternError
  readonly HEAD_NOT_SENT: () => PosternError
} = defineErrors('POSTERN_HTTP1', {
  HEAD_INVALID: (what: string, value: string) =>
    `${what} ${JSON.stringify(value.slice(0, MAX_QUOTED))} cannot be sent: it would break the message`,
  HEAD_SENT: () => 'the head of the answer has been sent already',
  HEAD_NOT_SENT: () => 'the head of the answer has to be sent before its body',
})

/** Characters of a value that a message repeats. */
const MAX_QUOTED = 200
