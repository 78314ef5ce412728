import { defineEntity, type EntitySchema, typedefs } from '@postern/schema'

/** Who calls, as the gateway knows them. */
export interface Consumer {
  readonly id: string
  readonly username: string | null
  /** What another system calls them. */
  readonly custom_id: string | null
  readonly tags: readonly string[] | null
  readonly created_at: number
  readonly updated_at: number
}

/** Describes Consumers: `username`, `custom_id` or both. */
export const consumers: EntitySchema<Consumer> = defineEntity({
  name: 'consumers',
  primary_key: ['id'],
  endpoint_key: 'username',
  fields: {
    id: typedefs.id,
    created_at: typedefs.created_at,
    updated_at: typedefs.updated_at,
    username: { type: 'string', unique: true },
    custom_id: { type: 'string', unique: true },
    tags: typedefs.tags,
  },
  entity_checks: [{ at_least_one_of: ['custom_id', 'username'] }],
})
