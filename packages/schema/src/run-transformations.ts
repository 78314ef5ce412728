import { fillFields } from './fill-fields.ts'
import { ownValue } from './plain-object.ts'
import type { RecordSchema } from './record-schema.ts'

/**
 * Computes what is stored from what was written. Only what was given is transformed, so that an
 * update of something else does not hash a hash.
 */
export function runTransformations(
  schema: RecordSchema,
  record: Record<string, unknown>,
  given: Readonly<Record<string, unknown>>,
): Record<string, unknown> {
  let current = record
  for (const { input, on_write: onWrite } of schema.transformations ?? []) {
    const isGiven = input.some((name) => ownValue(given, name) !== undefined)
    const isComplete = input.every((name) => (ownValue(current, name) ?? null) !== null)
    if (isGiven && isComplete)
      current = fillFields(schema.fields, { ...current, ...onWrite(current) })
  }
  return current
}
