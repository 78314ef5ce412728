import { defineErrors } from '@postern/errors'

export const accessLogErrors = defineErrors('POSTERN_ACCESS_LOG', {
  UNUSABLE: (key: string, file: string, reason: string) =>
    `${key} is ${JSON.stringify(file)}, which cannot be written: ${reason}`,
  NOT_A_FILE: (key: string, value: string) =>
    `${key} is ${JSON.stringify(value)}, expected a path without spaces, /dev/stdout, /dev/stderr or off`,
})
