import { defineErrors, type PosternErrors } from '@postern/errors'

const table = {
  FUNCTION_INVALID: (name: string, plugin: string, reason: string): string =>
    `${name} of plugin ${JSON.stringify(plugin)} cannot be compiled: ${reason}`,
}

/** What is thrown when a configuration is published. */
export const preFunctionErrors: PosternErrors<typeof table> = defineErrors(
  'POSTERN_PRE_FUNCTION',
  table,
)
