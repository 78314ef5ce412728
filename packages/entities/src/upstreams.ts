import {
  defineEntity,
  type EntityCheck,
  type EntitySchema,
  type Field,
  type ForeignValue,
  parseHost,
  typedefs,
} from '@postern/schema'
import { type Healthchecks, healthchecks } from './healthchecks.ts'

/** What a request is hashed by. */
export type HashInput =
  | 'none'
  | 'consumer'
  | 'ip'
  | 'header'
  | 'cookie'
  | 'path'
  | 'query_arg'
  | 'uri_capture'

/** A name that stands for several Targets. */
export interface Upstream {
  readonly id: string
  readonly name: string
  readonly algorithm: 'consistent-hashing' | 'least-connections' | 'round-robin' | 'latency' | null
  readonly hash_on: HashInput | null
  /** Taken when `hash_on` finds nothing in a request. */
  readonly hash_fallback: HashInput | null
  readonly hash_on_header: string | null
  readonly hash_fallback_header: string | null
  readonly hash_on_cookie: string | null
  readonly hash_on_cookie_path: string | null
  readonly hash_on_query_arg: string | null
  readonly hash_fallback_query_arg: string | null
  readonly hash_on_uri_capture: string | null
  readonly hash_fallback_uri_capture: string | null
  /** Size of the wheel that Targets are spread over. */
  readonly slots: number | null
  readonly healthchecks: Healthchecks
  readonly tags: readonly string[] | null
  /** Sent as Host, with an optional port. */
  readonly host_header: string | null
  readonly client_certificate: ForeignValue | null
  readonly use_srv_name: boolean | null
  readonly created_at: number
  readonly updated_at: number
}

const HASH_INPUTS = [
  'none',
  'consumer',
  'ip',
  'header',
  'cookie',
  'path',
  'query_arg',
  'uri_capture',
] as const

const hashInput = { type: 'string', default: 'none', one_of: HASH_INPUTS } as const

const simpleName = { type: 'string', len_min: 1 } as const satisfies Field

/** Describes Upstreams. `hash_on` and `algorithm` set one another, as in Kong. */
export const upstreams: EntitySchema<Upstream> = defineEntity({
  name: 'upstreams',
  primary_key: ['id'],
  endpoint_key: 'name',
  fields: {
    id: typedefs.id,
    created_at: typedefs.created_at,
    updated_at: typedefs.updated_at,
    name: { type: 'string', required: true, unique: true, custom_validator: validateName },
    algorithm: {
      type: 'string',
      default: 'round-robin',
      one_of: ['consistent-hashing', 'least-connections', 'round-robin', 'latency'],
    },
    hash_on: hashInput,
    hash_fallback: hashInput,
    hash_on_header: typedefs.header_name,
    hash_fallback_header: typedefs.header_name,
    hash_on_cookie: typedefs.cookie_name,
    hash_on_cookie_path: { ...typedefs.path, default: '/' },
    hash_on_query_arg: simpleName,
    hash_fallback_query_arg: simpleName,
    hash_on_uri_capture: simpleName,
    hash_fallback_uri_capture: simpleName,
    slots: { type: 'integer', default: 10000, between: [10, 65536] },
    healthchecks: { type: 'record', ...healthchecks },
    tags: typedefs.tags,
    host_header: typedefs.host_with_optional_port,
    client_certificate: { type: 'foreign', reference: 'certificates' },
    use_srv_name: { type: 'boolean', default: false },
  },
  entity_checks: [
    ...needsCompanion('header', 'hash_on_header', 'hash_fallback_header'),
    ...needsCompanion('cookie', 'hash_on_cookie', 'hash_on_cookie'),
    fallbackIs('none', ['none']),
    fallbackIs('cookie', ['none']),
    fallbackIs('consumer', ['none', 'ip', 'header', 'cookie', 'path', 'query_arg', 'uri_capture']),
    fallbackIs('ip', ['none', 'consumer', 'header', 'cookie', 'path', 'query_arg', 'uri_capture']),
    fallbackIs('path', ['none', 'consumer', 'header', 'cookie', 'query_arg', 'ip', 'uri_capture']),
    { distinct: ['hash_on_header', 'hash_fallback_header'] },
    ...needsCompanion('query_arg', 'hash_on_query_arg', 'hash_fallback_query_arg'),
    { distinct: ['hash_on_query_arg', 'hash_fallback_query_arg'] },
    ...needsCompanion('uri_capture', 'hash_on_uri_capture', 'hash_fallback_uri_capture'),
    { distinct: ['hash_on_uri_capture', 'hash_fallback_uri_capture'] },
  ],
  shorthand_fields: {
    algorithm: { type: 'string', func: expandAlgorithm },
    hash_on: { type: 'string', func: expandHashOn },
  },
})

function validateName(name: string): string | undefined {
  const parsed = parseHost(name)
  if (typeof parsed === 'string') return `Invalid name ('${name}'); must be a valid hostname`
  if (parsed.kind !== 'name') return `Invalid name ('${name}'); no ip addresses allowed`
  return parsed.port === undefined ? undefined : `Invalid name ('${name}'); no port allowed`
}

function needsCompanion(
  input: HashInput,
  onField: string,
  fallbackField: string,
): readonly [EntityCheck, EntityCheck] {
  return [
    conditional('hash_on', input, onField, { required: true }),
    conditional('hash_fallback', input, fallbackField, { required: true }),
  ]
}

function fallbackIs(hashOn: HashInput, choices: readonly HashInput[]): EntityCheck {
  return conditional('hash_on', hashOn, 'hash_fallback', { one_of: choices })
}

function conditional(
  field: string,
  value: HashInput,
  target: string,
  match: { readonly required?: boolean; readonly one_of?: readonly HashInput[] },
): EntityCheck {
  return {
    conditional: {
      if_field: field,
      if_match: { match: `^${value}$` },
      then_field: target,
      then_match: match,
    },
  }
}

/** These two balance without hashing; `hash_on` is expanded next and turns the `null` into `none`. */
function expandAlgorithm(algorithm: string | null): Record<string, unknown> {
  const isHashing = algorithm !== 'least-connections' && algorithm !== 'latency'
  return isHashing ? { algorithm } : { algorithm, hash_on: null }
}

function expandHashOn(hashOn: string | null): Record<string, unknown> {
  if (hashOn === null) return { hash_on: 'none' }
  return { hash_on: hashOn, algorithm: hashOn === 'none' ? 'round-robin' : 'consistent-hashing' }
}
