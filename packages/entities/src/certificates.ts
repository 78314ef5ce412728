import { defineEntity, type EntitySchema, typedefs } from '@postern/schema'
import {
  checkAlternative,
  checkPair,
  validateCertificate,
  validatePrivateKey,
} from './validate-certificate.ts'

/** What the gateway shows to clients, or to a Service. */
export interface Certificate {
  readonly id: string
  /** PEM, the chain after the certificate. */
  readonly cert: string
  /** PEM. */
  readonly key: string
  /** A second pair of another type: RSA beside ECDSA. */
  readonly cert_alt: string | null
  readonly key_alt: string | null
  readonly tags: readonly string[] | null
  readonly created_at: number
  readonly updated_at: number
}

/**
 * Describes certificates.
 *
 * `snis` is accepted, and left to whoever stores the certificate: names are entities of their own.
 */
export const certificates: EntitySchema<Certificate> = defineEntity({
  name: 'certificates',
  primary_key: ['id'],
  fields: {
    id: typedefs.id,
    created_at: typedefs.created_at,
    updated_at: typedefs.updated_at,
    cert: {
      type: 'string',
      required: true,
      referenceable: true,
      custom_validator: validateCertificate,
    },
    key: {
      type: 'string',
      required: true,
      referenceable: true,
      encrypted: true,
      custom_validator: validatePrivateKey,
    },
    cert_alt: { type: 'string', referenceable: true, custom_validator: validateCertificate },
    key_alt: {
      type: 'string',
      referenceable: true,
      encrypted: true,
      custom_validator: validatePrivateKey,
    },
    tags: typedefs.tags,
  },
  entity_checks: [
    { mutually_required: ['cert_alt', 'key_alt'] },
    { custom_entity_check: { field_sources: ['cert', 'key'], fn: checkPair } },
    {
      custom_entity_check: {
        field_sources: ['cert_alt', 'key_alt', 'cert', 'key'],
        fn: checkAlternative,
      },
    },
  ],
  shorthand_fields: {
    snis: { type: 'set', elements: { type: 'string' }, func: () => ({}) },
  },
})
