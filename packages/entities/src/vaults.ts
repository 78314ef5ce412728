import { defineEntity, type EntitySchema, type RecordSchema, typedefs } from '@postern/schema'

/** Where values of the form `{vault://prefix/name}` come from. */
export interface Vault {
  readonly id: string
  /** What references to it begin with. */
  readonly prefix: string
  /** Of the kind of vault, for example `env`. */
  readonly name: string
  readonly description: string | null
  readonly config: Readonly<Record<string, unknown>>
  readonly tags: readonly string[] | null
  readonly created_at: number
  readonly updated_at: number
}

const env: RecordSchema = {
  fields: {
    config: { type: 'record', fields: { prefix: { type: 'string', match: '^[A-Za-z_]\\w*$' } } },
  },
}

/** Describes vaults. The kind that is known here, `env`, reads environment variables. */
export const vaults: EntitySchema<Vault> = defineEntity({
  name: 'vaults',
  primary_key: ['id'],
  endpoint_key: 'prefix',
  subschema_key: 'name',
  subschema_error: "vault '%s' is not installed",
  subschemas: { env },
  fields: {
    id: typedefs.id,
    prefix: {
      type: 'string',
      required: true,
      unique: true,
      match: '^[a-z][a-z\\d-]*[a-z\\d]+$',
      not_one_of: ['env'],
    },
    name: { type: 'string', required: true },
    description: { type: 'string' },
    config: { type: 'record', abstract: true },
    created_at: typedefs.created_at,
    updated_at: typedefs.updated_at,
    tags: typedefs.tags,
  },
})
