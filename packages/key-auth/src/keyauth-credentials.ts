import { defineEntity, type EntitySchema, type ForeignValue, typedefs } from '@postern/schema'

/** A key with which a Consumer proves itself. */
export interface KeyAuthCredential {
  readonly id: string
  readonly created_at: number
  readonly consumer: ForeignValue
  /** Null is stored when it was given as null: such a credential fits no request. */
  readonly key: string | null
  readonly tags: readonly string[] | null
}

/** Describes the keys of Consumers. A key is made when none is given. */
export const keyauthCredentials: EntitySchema<KeyAuthCredential> = defineEntity({
  name: 'keyauth_credentials',
  primary_key: ['id'],
  endpoint_key: 'key',
  cache_key: ['key'],
  ttl: true,
  admin_api_name: 'key-auths',
  admin_api_nested_name: 'key-auth',
  fields: {
    id: typedefs.id,
    created_at: typedefs.created_at,
    consumer: {
      type: 'foreign',
      reference: 'consumers',
      required: true,
      default: null,
      on_delete: 'cascade',
    },
    key: { type: 'string', required: false, unique: true, auto: true, encrypted: true },
    tags: typedefs.tags,
  },
})
