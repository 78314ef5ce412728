import { defineErrors, type PosternErrors } from '@postern/errors'

const table = {
  FUNCTION_INVALID: (index: number, plugin: string, reason: string) =>
    `function ${index} of plugin ${JSON.stringify(plugin)} cannot be compiled: ${reason}`,
}

/** What is thrown when a configuration is published. */
export const exitTransformerErrors: PosternErrors<typeof table> = defineErrors(
  'POSTERN_EXIT_TRANSFORMER',
  table,
)
