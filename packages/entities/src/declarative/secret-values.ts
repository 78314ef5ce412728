import type { EntitySchema, Fields, SubschemaLookup } from '@postern/schema'
import { type DeclarativeItem, isRecord } from './declarative-item.ts'

/** The texts of an item that nobody is to read in a message: values of encrypted fields. */
export function secretValues(
  item: DeclarativeItem,
  subschema: SubschemaLookup | undefined,
): readonly string[] {
  return [
    ...secretsIn(item.schema.fields, item.fields),
    ...secretsIn(subschemaFields(item.schema, item.fields, subschema), item.fields),
  ]
}

function subschemaFields(
  schema: EntitySchema,
  fields: Readonly<Record<string, unknown>>,
  lookup: SubschemaLookup | undefined,
): Fields {
  const key = schema.subschema_key === undefined ? undefined : fields[schema.subschema_key]
  return (typeof key === 'string' ? lookup?.(key)?.fields : undefined) ?? {}
}

function secretsIn(fields: Fields, values: Readonly<Record<string, unknown>>): readonly string[] {
  return Object.entries(values).flatMap(([name, value]) => {
    const field = Object.hasOwn(fields, name) ? fields[name] : undefined
    if (field === undefined) return []
    if (field.encrypted === true) return textsIn(value)
    if (field.type === 'record' && isRecord(value)) return secretsIn(field.fields ?? {}, value)
    const inner = field.type === 'array' || field.type === 'set' ? field.elements : undefined
    return inner?.encrypted === true ? textsIn(value) : []
  })
}

/** What was meant to be a text may be anything. */
function textsIn(value: unknown): readonly string[] {
  if (typeof value === 'string') return [value]
  if (typeof value === 'number' || typeof value === 'boolean') return [String(value)]
  if (typeof value !== 'object' || value === null) return []
  return Object.values(value).flatMap(textsIn)
}
