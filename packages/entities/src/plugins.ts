import { defineEntity, type EntitySchema, type ForeignValue, typedefs } from '@postern/schema'
import type { Protocol } from './protocol.ts'

/** A plugin set up for everything, or for a Route, a Service, a Consumer. */
export interface Plugin {
  readonly id: string
  /** Of the plugin, for example `key-auth`. */
  readonly name: string
  /** Of this instance. */
  readonly instance_name: string | null
  readonly route: ForeignValue | null
  readonly service: ForeignValue | null
  readonly consumer: ForeignValue | null
  /** As the plugin's own schema says. */
  readonly config: Readonly<Record<string, unknown>>
  readonly protocols: readonly Protocol[]
  readonly enabled: boolean
  /** Where access runs the plugin, other than by its priority. */
  readonly ordering?: PluginOrdering | null
  readonly tags: readonly string[] | null
  readonly created_at: number
  readonly updated_at: number
}

/**
 * Names of plugins by phase, as `ordering` of Kong Enterprise has them.
 *
 * @see Kong Gateway docs, "Dynamic plugin ordering"
 */
export interface PluginOrdering {
  readonly before?: { readonly access?: readonly string[] | null } | null
  readonly after?: { readonly access?: readonly string[] | null } | null
}

const NAMES_BY_PHASE = {
  type: 'record',
  required: false,
  fields: { access: { type: 'array', elements: { type: 'string' } } },
} as const

/** Describes instances of plugins. `config` comes from the plugin, found by `subschema`. */
export const plugins: EntitySchema<Plugin> = defineEntity({
  name: 'plugins',
  primary_key: ['id'],
  endpoint_key: 'instance_name',
  cache_key: ['name', 'route', 'service', 'consumer'],
  subschema_key: 'name',
  subschema_error: "plugin '%s' not enabled; add it to the 'plugins' configuration property",
  fields: {
    id: typedefs.id,
    name: { type: 'string', required: true, indexed: true },
    instance_name: { ...typedefs.utf8_name, unique: true },
    created_at: typedefs.created_at,
    updated_at: typedefs.updated_at,
    route: { type: 'foreign', reference: 'routes', default: null, on_delete: 'cascade' },
    service: { type: 'foreign', reference: 'services', default: null, on_delete: 'cascade' },
    consumer: { type: 'foreign', reference: 'consumers', default: null, on_delete: 'cascade' },
    config: { type: 'record', abstract: true },
    protocols: {
      ...typedefs.protocols,
      required: true,
      default: ['grpc', 'grpcs', 'http', 'https'],
      mutually_exclusive_subsets: [
        ['grpc', 'grpcs', 'http', 'https'],
        ['tcp', 'tls', 'tls_passthrough', 'udp'],
      ],
    },
    enabled: { type: 'boolean', required: true, default: true },
    tags: typedefs.tags,
    ordering: {
      type: 'record',
      required: false,
      absent_unless_set: true,
      fields: { before: NAMES_BY_PHASE, after: NAMES_BY_PHASE },
    },
  },
})
