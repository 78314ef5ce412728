import { createPrivateKey, createPublicKey } from 'node:crypto'
import { defineEntity, type EntitySchema, type ForeignValue, typedefs } from '@postern/schema'

/** A key for signing or checking, as JWK or in PEM. */
export interface Key {
  readonly id: string
  readonly set: ForeignValue | null
  readonly name: string | null
  /** Unique in its set. */
  readonly kid: string
  readonly jwk: string | null
  readonly pem: { readonly private_key: string | null; readonly public_key: string | null } | null
  readonly tags: readonly string[] | null
  readonly created_at: number
  readonly updated_at: number
}

/** Describes keys: `jwk`, `pem` or both. */
export const keys: EntitySchema<Key> = defineEntity({
  name: 'keys',
  primary_key: ['id'],
  endpoint_key: 'name',
  cache_key: ['kid', 'set'],
  fields: {
    id: typedefs.id,
    set: { type: 'foreign', reference: 'key_sets', on_delete: 'cascade' },
    name: typedefs.name,
    kid: { type: 'string', required: true },
    jwk: { type: 'string', referenceable: true, encrypted: true, custom_validator: validateJwk },
    pem: {
      type: 'record',
      required: false,
      fields: {
        private_key: {
          type: 'string',
          referenceable: true,
          encrypted: true,
          custom_validator: (pem: string) => faultOf(() => createPrivateKey(pem)),
        },
        public_key: {
          type: 'string',
          referenceable: true,
          custom_validator: (pem: string) => faultOf(() => createPublicKey(pem)),
        },
      },
    },
    tags: typedefs.tags,
    created_at: typedefs.created_at,
    updated_at: typedefs.updated_at,
  },
  entity_checks: [
    { at_least_one_of: ['jwk', 'pem'] },
    { custom_entity_check: { field_sources: ['kid', 'jwk'], fn: checkKid } },
  ],
})

function validateJwk(jwk: string): string | undefined {
  return readJwk(jwk) === undefined ? 'could not json decode jwk string' : undefined
}

function readJwk(jwk: string): Readonly<Record<string, unknown>> | undefined {
  try {
    const value: unknown = JSON.parse(jwk)
    return typeof value === 'object' && value !== null ? { ...value } : undefined
  } catch {
    return undefined
  }
}

function checkKid({ kid, jwk }: Readonly<Record<string, unknown>>): string | undefined {
  if (typeof jwk !== 'string') return undefined
  return readJwk(jwk)?.kid === kid ? undefined : 'kid in jwk.kid must be equal to keys.kid'
}

function faultOf(read: () => unknown): string | undefined {
  try {
    read()
    return undefined
  } catch {
    return 'could not load the key, it is not in PEM format'
  }
}
