import { defineEntity, type EntitySchema, typedefs } from '@postern/schema'
import { checkAuthority, digestOf, validateCertificate } from './validate-certificate.ts'

/** An authority whose certificates are trusted. */
export interface CaCertificate {
  readonly id: string
  /** PEM. */
  readonly cert: string
  /** SHA-256 of the certificate in hexadecimal digits. */
  readonly cert_digest: string | null
  readonly tags: readonly string[] | null
  readonly created_at: number
  readonly updated_at: number
}

/** Describes CA certificates. `cert_digest` is computed whenever `cert` is written. */
export const ca_certificates: EntitySchema<CaCertificate> = defineEntity({
  name: 'ca_certificates',
  primary_key: ['id'],
  fields: {
    id: typedefs.id,
    created_at: typedefs.created_at,
    updated_at: typedefs.updated_at,
    cert: { type: 'string', required: true, custom_validator: validateCertificate },
    cert_digest: { type: 'string', unique: true },
    tags: typedefs.tags,
  },
  entity_checks: [{ custom_entity_check: { field_sources: ['cert'], fn: checkAuthority } }],
  transformations: [
    { input: ['cert'], on_write: ({ cert }) => ({ cert_digest: digestOf(cert as string) }) },
  ],
})
