import {
  defineEntity,
  type EntitySchema,
  type ForeignValue,
  parseHost,
  typedefs,
} from '@postern/schema'

/** One `host:port` of an Upstream. */
export interface Target {
  readonly id: string
  readonly upstream: ForeignValue
  /** In normal form, always with a port. */
  readonly target: string
  /** Its share of the requests; 0 takes it out of rotation. */
  readonly weight: number | null
  readonly tags: readonly string[] | null
  /** Seconds with milliseconds as a fraction. */
  readonly created_at: number
  readonly updated_at: number
}

/** Describes Targets. `target` is stored in normal form. */
export const targets: EntitySchema<Target> = defineEntity({
  name: 'targets',
  primary_key: ['id'],
  endpoint_key: 'target',
  cache_key: ['upstream', 'target'],
  fields: {
    id: typedefs.id,
    created_at: typedefs.created_at_ms,
    updated_at: typedefs.updated_at_ms,
    upstream: { type: 'foreign', reference: 'upstreams', required: true, on_delete: 'cascade' },
    target: { type: 'string', required: true, custom_validator: validateTarget },
    weight: { type: 'integer', default: 100, between: [0, 65535] },
    tags: typedefs.tags,
  },
  transformations: [
    {
      input: ['target'],
      on_write: ({ target }) => ({ target: normalizeTarget(target as string) ?? target }),
    },
  ],
})

function validateTarget(target: string): string | undefined {
  if (normalizeTarget(target) !== undefined) return undefined
  return `Invalid target ('${target}'); not a valid hostname or ip address`
}

/** The port of a Target that was written without one. */
const DEFAULT_PORT = 8000

/**
 * Writes a Target the way it is stored and compared: with a port (8000 unless one is given), and
 * IPv6 addresses in full. Answers `undefined` when it is neither a name nor an address.
 */
export function normalizeTarget(target: string): string | undefined {
  const parsed = parseHost(target)
  if (typeof parsed === 'string') return undefined
  return `${parsed.host}:${parsed.port ?? DEFAULT_PORT}`
}
