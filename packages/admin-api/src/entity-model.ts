import type { EntitySchema, Field } from '@postern/schema'

/** An entity as the Admin API serves it. */
export interface EntityModel {
  readonly schema: EntitySchema
  readonly name: string
  /** First part of its paths. */
  readonly path: string
  /** Its part in paths below a parent. */
  readonly nestedPath: string
  /** The field that a path may name instead of the id. */
  readonly key: string | undefined
  readonly hasTags: boolean
  readonly foreign: readonly ForeignModel[]
}

/** A field that points to a row of another entity. */
interface ForeignModel {
  readonly field: string
  readonly reference: string
}

/** The models of all entities, by name. */
export type EntityModels = ReadonlyMap<string, EntityModel>

/** Reads what the paths need out of the descriptions of entities. */
export function createModels(entities: readonly EntitySchema[]): EntityModels {
  return new Map(entities.map((schema) => [schema.name, createModel(schema)]))
}

function createModel(schema: EntitySchema): EntityModel {
  const path = schema.admin_api_name ?? schema.name
  const fields = Object.entries(schema.fields)
  return {
    schema,
    name: schema.name,
    path,
    nestedPath: schema.admin_api_nested_name ?? path,
    key: schema.endpoint_key,
    hasTags: Object.hasOwn(schema.fields, 'tags'),
    foreign: fields.flatMap(([field, description]) => foreignOf(field, description)),
  }
}

function foreignOf(field: string, description: Field): ForeignModel[] {
  return description.type === 'foreign' ? [{ field, reference: description.reference }] : []
}
