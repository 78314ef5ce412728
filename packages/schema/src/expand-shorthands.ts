import { ownValue, without } from './plain-object.ts'
import type { RecordSchema } from './record-schema.ts'
import { validateValue } from './validate-value.ts'
import type { Checked, Violations } from './violations.ts'

/**
 * Replaces shorthand fields by the fields they stand for, which win over those given beside them.
 *
 * A shorthand with a violation ends the check: nothing is known about the fields it stands for.
 */
export function expandShorthands(
  schema: RecordSchema,
  input: Readonly<Record<string, unknown>>,
): Checked {
  let record: Record<string, unknown> = { ...input }
  for (const [name, shorthand] of Object.entries(schema.shorthand_fields ?? {})) {
    const value = ownValue(record, name)
    if (value === undefined) continue
    const violation = validateValue(shorthand, value)
    if (violation !== undefined) {
      const violations: Violations = { [name]: violation }
      return { ok: false, violations }
    }
    record = { ...without(record, name), ...(shorthand.func as Expand)(value) }
  }
  return { ok: true, value: record }
}

type Expand = (value: unknown) => Readonly<Record<string, unknown>>
