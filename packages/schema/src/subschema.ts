import type { EntityCheck } from './entity-check.ts'
import type { Fields } from './field.ts'
import { messages, showValue } from './messages.ts'
import { ownValue } from './plain-object.ts'
import type { EntitySchema, RecordSchema } from './record-schema.ts'
import type { Violations } from './violations.ts'

/** Finds the subschema of a key, for example of the name of a plugin. */
export type SubschemaLookup = (key: string) => RecordSchema | undefined

/** A schema with the subschema laid over it, or the reason why there is none. */
export type Resolved =
  | { readonly ok: true; readonly schema: RecordSchema }
  | { readonly ok: false; readonly violations: Violations }

/**
 * Lays the subschema that an entity asks for over the schema: its fields replace those of the same
 * name, its checks run after those of the schema. When there is none, nothing else is checked.
 */
export function resolveSubschema(
  schema: EntitySchema,
  record: Readonly<Record<string, unknown>>,
  lookup: SubschemaLookup | undefined,
): Resolved {
  const field = schema.subschema_key
  if (field === undefined) return { ok: true, schema }
  const value = ownValue(record, field) ?? defaultOf(schema, record, field)
  if (value === null || value === undefined) return refuse(field, messages.required)
  const key = showValue(Array.isArray(value) ? value[0] : value)
  const subschema = findSubschema(schema, key, lookup)
  if (subschema !== undefined) return { ok: true, schema: overlay(schema, subschema) }
  const text = schema.subschema_error ?? 'unknown type: %s'
  return refuse(
    field,
    text.replace('%s', () => key),
  )
}

/** A `null` that was given suppresses the default. */
function defaultOf(
  schema: EntitySchema,
  record: Readonly<Record<string, unknown>>,
  field: string,
): unknown {
  return ownValue(record, field) === undefined ? schema.fields[field]?.default : null
}

function refuse(field: string, message: string): Resolved {
  return { ok: false, violations: { [field]: message } }
}

function findSubschema(
  schema: EntitySchema,
  key: string,
  lookup: SubschemaLookup | undefined,
): RecordSchema | undefined {
  const known = schema.subschemas
  if (known !== undefined && Object.hasOwn(known, key)) return known[key]
  return lookup?.(key)
}

function overlay(schema: EntitySchema, subschema: RecordSchema): RecordSchema {
  const fields: Fields = { ...schema.fields, ...subschema.fields }
  const checks: readonly EntityCheck[] = [
    ...(schema.entity_checks ?? []),
    ...(subschema.entity_checks ?? []),
  ]
  return {
    fields,
    entity_checks: checks,
    ...(schema.shorthand_fields && { shorthand_fields: schema.shorthand_fields }),
    transformations: [...(schema.transformations ?? []), ...(subschema.transformations ?? [])],
  }
}
