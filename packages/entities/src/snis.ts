import { defineEntity, type EntitySchema, type ForeignValue, typedefs } from '@postern/schema'

/** A name for which a certificate is shown. */
export interface Sni {
  readonly id: string
  /** May begin or end with `*`. */
  readonly name: string
  readonly certificate: ForeignValue
  readonly tags: readonly string[] | null
  readonly created_at: number
  readonly updated_at: number
}

/** Describes SNIs. */
export const snis: EntitySchema<Sni> = defineEntity({
  name: 'snis',
  primary_key: ['id'],
  endpoint_key: 'name',
  fields: {
    id: typedefs.id,
    name: { ...typedefs.wildcard_sni, required: true, unique: true },
    created_at: typedefs.created_at,
    updated_at: typedefs.updated_at,
    tags: typedefs.tags,
    certificate: {
      type: 'foreign',
      reference: 'certificates',
      required: true,
      on_delete: 'cascade',
    },
  },
})
