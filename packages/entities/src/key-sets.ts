import { defineEntity, type EntitySchema, typedefs } from '@postern/schema'

/** Keys that are used together. */
export interface KeySet {
  readonly id: string
  readonly name: string | null
  readonly tags: readonly string[] | null
  readonly created_at: number
  readonly updated_at: number
}

/** Describes sets of keys. */
export const key_sets: EntitySchema<KeySet> = defineEntity({
  name: 'key_sets',
  primary_key: ['id'],
  endpoint_key: 'name',
  admin_api_name: 'key-sets',
  fields: {
    id: typedefs.id,
    name: typedefs.name,
    tags: typedefs.tags,
    created_at: typedefs.created_at,
    updated_at: typedefs.updated_at,
  },
})
