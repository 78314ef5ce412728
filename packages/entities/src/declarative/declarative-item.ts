import type { EntitySchema } from '@postern/schema'
import type { DocumentKeys } from './declarative-fault.ts'

/** An entity as it stands in a document, before it is checked. */
export interface DeclarativeItem {
  readonly schema: EntitySchema
  readonly keys: DocumentKeys
  /** Its own fields: without entities that are nested in it, without comments. */
  readonly fields: Readonly<Record<string, unknown>>
  /** The entity that it is nested in, and the field that stands for it. */
  readonly parent?: { readonly item: DeclarativeItem; readonly field: string }
}

/** What the endpoint key of an item is, `name` for most; undefined where it has none. */
export function endpointKeyOf({ schema, fields }: DeclarativeItem): string | undefined {
  const field = schema.endpoint_key
  if (field === undefined || !Object.hasOwn(fields, field)) return undefined
  const value = fields[field]
  return typeof value === 'string' && value !== '' ? value : undefined
}

/** The foreign fields of an entity, with the entities that they point to. */
export function foreignFieldsOf(schema: EntitySchema): readonly (readonly [string, string])[] {
  return Object.entries(schema.fields).flatMap(([name, field]) =>
    field.type === 'foreign' ? [[name, field.reference] as const] : [],
  )
}

/** Whether a value is an object with fields. */
export function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}
