import { defineErrors, type PosternErrors } from '@postern/errors'

const table = {
  FUNCTION_INVALID: (index: number, plugin: string, reason: string) =>
    `function ${index} of plugin ${JSON.stringify(plugin)} cannot be compiled: ${reason}`,
  READY_MADE_INVALID: (reason: string) => `a ready-made function cannot be made: ${reason}`,
  ENGINE_MISSING: (index: number) =>
    `function ${index} is a source, and createExitTransformer has no engine that could compile it`,
}

/** What is thrown when a configuration is published, or a library is set up. */
export const exitTransformerErrors: PosternErrors<typeof table> = defineErrors(
  'POSTERN_EXIT_TRANSFORMER',
  table,
)
