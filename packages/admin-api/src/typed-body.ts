import { coerceForm, type EntitySchema, type SubschemaLookup } from '@postern/schema'
import type { RequestBody } from './request-body.ts'

/** What is known of an entity whose body is read. */
export interface TypedBodyOptions {
  readonly subschema: SubschemaLookup
  /** The stored row, for its plugin name when the body has none. */
  readonly current?: Readonly<Record<string, unknown>>
}

/** The fields of a body with the types of the schema, as far as they can be read. */
export function typedBody(
  schema: EntitySchema,
  body: RequestBody,
  { subschema, current }: TypedBodyOptions,
): Record<string, unknown> {
  if (Object.keys(body.texts).length === 0) return { ...body.typed }
  const key = schema.subschema_key
  const known = key === undefined ? undefined : (body.typed[key] ?? current?.[key])
  const options = typeof known === 'string' ? { subschema, subschemaKey: known } : { subschema }
  const texts = coerceForm(schema, body.texts, options) as Record<string, unknown>
  return mergeFields(body.typed, texts)
}

/** Only bodies of JSON have both, and dotted names then add to the records beside them. */
export function mergeFields(
  below: Readonly<Record<string, unknown>>,
  above: Readonly<Record<string, unknown>>,
): Record<string, unknown> {
  const merged: Record<string, unknown> = { ...below }
  for (const [name, value] of Object.entries(above)) {
    const under = Object.hasOwn(below, name) ? below[name] : undefined
    merged[name] = isRecord(under) && isRecord(value) ? mergeFields(under, value) : value
  }
  return merged
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}
