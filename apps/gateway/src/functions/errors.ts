import { defineErrors, type PosternErrors } from '@postern/errors'

const table = {
  OFF: (text: string): string => text,
  PHASE: (text: string): string => text,
}

/** What is thrown when a configuration with functions is published. */
export const functionErrors: PosternErrors<typeof table> = defineErrors('POSTERN_FUNCTIONS', table)
