import { defineErrors, type PosternError } from '@postern/errors'

/** Faults of a schema itself, for whoever wrote it. What is wrong with a value is no error. */
export const schemaErrors: {
  readonly CHECK_FIELD_UNKNOWN: (field: string) => PosternError
  readonly PATTERN_INVALID: (field: string, pattern: string) => PosternError
} = defineErrors('POSTERN_SCHEMA', {
  CHECK_FIELD_UNKNOWN: (field: string) =>
    `an entity check names the field ${JSON.stringify(field)}, which the schema does not have`,
  PATTERN_INVALID: (field: string, pattern: string) =>
    `the pattern ${JSON.stringify(pattern)} of field ${JSON.stringify(field)} is not a regular expression`,
})
