import {
  defineEntity,
  type EntityCheck,
  type EntitySchema,
  type ForeignValue,
  typedefs,
} from '@postern/schema'
import { parseServiceUrl } from './parse-service-url.ts'
import type { Protocol } from './protocol.ts'

/** The API behind the gateway. */
export interface Service {
  readonly id: string
  readonly name: string | null
  /** How often a failed connection is tried again; `null` means never. */
  readonly retries: number | null
  readonly protocol: Protocol
  readonly host: string
  readonly port: number
  /** Goes before the path of each request. */
  readonly path: string | null
  /** Milliseconds. */
  readonly connect_timeout: number | null
  readonly write_timeout: number | null
  readonly read_timeout: number | null
  readonly tags: readonly string[] | null
  /** Shown to the Service when it asks for a certificate. */
  readonly client_certificate: ForeignValue | null
  /** `null` leaves it to the configuration of the gateway. */
  readonly tls_verify: boolean | null
  readonly tls_verify_depth: number | null
  /** Ids of CA certificates. */
  readonly ca_certificates: readonly string[] | null
  /** `false` takes its Routes out of routing. */
  readonly enabled: boolean
  readonly created_at: number
  readonly updated_at: number
}

/** Describes Services. `url` is a shorthand for protocol, host, port and path. */
export const services: EntitySchema<Service> = defineEntity({
  name: 'services',
  primary_key: ['id'],
  endpoint_key: 'name',
  fields: {
    id: typedefs.id,
    created_at: typedefs.created_at,
    updated_at: typedefs.updated_at,
    name: typedefs.name,
    retries: { type: 'integer', default: 5, between: [0, 32767] },
    protocol: { ...typedefs.protocol, required: true, default: 'http' },
    host: { ...typedefs.host, required: true },
    port: { ...typedefs.port, required: true, default: 80 },
    path: typedefs.path,
    connect_timeout: { ...typedefs.timeout, default: 60000 },
    write_timeout: { ...typedefs.timeout, default: 60000 },
    read_timeout: { ...typedefs.timeout, default: 60000 },
    tags: typedefs.tags,
    client_certificate: { type: 'foreign', reference: 'certificates' },
    tls_verify: { type: 'boolean' },
    tls_verify_depth: { type: 'integer', default: null, between: [0, 64] },
    ca_certificates: { type: 'array', elements: { type: 'string', uuid: true } },
    enabled: { type: 'boolean', required: true, default: true },
  },
  entity_checks: [
    nullUnless('path', ['http', 'https', 'tls_passthrough']),
    nullUnless('client_certificate', ['https', 'tls']),
    nullUnless('tls_verify', ['https', 'tls']),
    nullUnless('tls_verify_depth', ['https', 'tls']),
    nullUnless('ca_certificates', ['https', 'tls']),
  ],
  shorthand_fields: {
    url: { type: 'string', func: parseServiceUrl },
  },
})

function nullUnless(field: string, protocols: readonly Protocol[]): EntityCheck {
  return {
    conditional: {
      if_field: 'protocol',
      if_match: { not_one_of: protocols },
      then_field: field,
      then_match: { eq: null },
    },
  }
}
