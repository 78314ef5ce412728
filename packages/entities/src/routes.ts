import {
  defineEntity,
  type EntitySchema,
  type ForeignValue,
  type SetField,
  typedefs,
} from '@postern/schema'
import type { Protocol } from './protocol.ts'
import { routeSubschemas } from './route-subschemas.ts'
import { checkRouteExpressions, validateRoutePath } from './validate-route-path.ts'

/** Addresses a stream comes from or goes to. */
export interface AddressRange {
  readonly ip: string | null
  readonly port: number | null
}

/** Which requests go to a Service. */
export interface Route {
  readonly id: string
  readonly name: string | null
  readonly protocols: readonly Protocol[]
  readonly methods: readonly string[] | null
  readonly hosts: readonly string[] | null
  /** Prefixes; a regular expression begins with `~`. */
  readonly paths: readonly string[] | null
  readonly headers: Readonly<Record<string, readonly string[]>> | null
  readonly snis: readonly string[] | null
  readonly sources: readonly AddressRange[] | null
  readonly destinations: readonly AddressRange[] | null
  readonly https_redirect_status_code: number
  /** Greater ones are tried first. */
  readonly regex_priority: number | null
  /** Whether the part of the path that matched is cut off. */
  readonly strip_path: boolean
  readonly path_handling: 'v0' | 'v1' | null
  /** Whether the Service sees the Host that the client sent. */
  readonly preserve_host: boolean
  readonly request_buffering: boolean
  readonly response_buffering: boolean
  readonly service: ForeignValue | null
  readonly tags: readonly string[] | null
  readonly created_at: number
  readonly updated_at: number
}

const addressRanges = {
  type: 'set',
  elements: {
    type: 'record',
    fields: { ip: typedefs.ip_or_cidr, port: typedefs.port },
    entity_checks: [{ at_least_one_of: ['ip', 'port'] }],
  },
} as const satisfies SetField

/**
 * Describes Routes of the flavor traditional_compatible. Which fields are allowed and needed
 * depends on the first of `protocols`.
 */
export const routes: EntitySchema<Route> = defineEntity({
  name: 'routes',
  primary_key: ['id'],
  endpoint_key: 'name',
  subschema_key: 'protocols',
  subschemas: routeSubschemas,
  fields: {
    id: typedefs.id,
    created_at: typedefs.created_at,
    updated_at: typedefs.updated_at,
    name: typedefs.name,
    protocols: {
      ...typedefs.protocols,
      required: true,
      len_min: 1,
      default: ['http', 'https'],
    },
    https_redirect_status_code: {
      type: 'integer',
      one_of: [426, 301, 302, 307, 308],
      default: 426,
      required: true,
    },
    strip_path: { type: 'boolean', required: true, default: true },
    preserve_host: { type: 'boolean', required: true, default: false },
    request_buffering: { type: 'boolean', required: true, default: true },
    response_buffering: { type: 'boolean', required: true, default: true },
    tags: typedefs.tags,
    service: { type: 'foreign', reference: 'services' },
    snis: { type: 'set', elements: typedefs.wildcard_sni },
    sources: addressRanges,
    destinations: addressRanges,
    methods: { type: 'set', elements: typedefs.http_method },
    hosts: { type: 'array', elements: typedefs.wildcard_host },
    paths: {
      type: 'array',
      elements: {
        type: 'string',
        match_any: {
          patterns: ['^/', '^~/'],
          err: 'should start with: / (fixed path) or ~/ (regex path)',
        },
        match_none: [{ pattern: '//', err: 'must not have empty segments' }],
        custom_validator: validateRoutePath,
      },
    },
    headers: {
      ...typedefs.headers,
      keys: {
        ...typedefs.headers.keys,
        match_none: [
          {
            pattern: '^[Hh][Oo][Ss][Tt]$',
            err: "cannot contain 'host' header, which must be specified in the 'hosts' attribute",
          },
        ],
      },
    },
    regex_priority: { type: 'integer', default: 0 },
    path_handling: { type: 'string', default: 'v0', one_of: ['v0', 'v1'] },
  },
  entity_checks: [
    {
      conditional: {
        if_field: 'protocols',
        if_match: {
          elements: {
            type: 'string',
            not_one_of: ['grpcs', 'https', 'tls', 'tls_passthrough'],
          },
        },
        then_field: 'snis',
        then_match: { len_eq: 0 },
        then_err:
          "'snis' can only be set when 'protocols' is 'grpcs', 'https', 'tls' or 'tls_passthrough'",
      },
    },
    { custom_entity_check: { field_sources: ['paths', 'headers'], fn: checkRouteExpressions } },
  ],
})
