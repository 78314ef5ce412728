import { checkRecord, coerceForm, type RecordSchema } from '@postern/schema'
import { schemaViolation } from './refusal.ts'
import type { RequestBody } from './request-body.ts'
import { mergeFields } from './typed-body.ts'

/**
 * The fields of a body, complete and checked: what is absent has its default, or is null. For
 * endpoints that a host adds.
 *
 * @throws Refusal 400 that names each field with a fault
 */
export function readFields(schema: RecordSchema, body: RequestBody): Record<string, unknown> {
  const texts = coerceForm(schema, body.texts) as Record<string, unknown>
  const checked = checkRecord(schema, mergeFields(body.typed, texts))
  if (checked.ok) return checked.value
  throw schemaViolation(checked.violations)
}
