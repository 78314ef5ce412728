import type { EntityCheck } from './entity-check.ts'
import type { Field, Fields } from './field.ts'

/** A field that is written but never stored: it stands for others. */
export type ShorthandField = Field & {
  /**
   * The fields that the value stands for. They take the place of those given beside it; `undefined`
   * leaves a field to its default.
   */
  readonly func: (value: never) => Readonly<Record<string, unknown>>
}

/** What is computed from some fields when they are written, once they have been found fine. */
export interface Transformation {
  /** Runs only when all of these are set, and one of them was given. */
  readonly input: readonly string[]
  /** Answers the fields to change. */
  readonly on_write: (
    entity: Readonly<Record<string, unknown>>,
  ) => Readonly<Record<string, unknown>>
}

/**
 * What a record looks like, as plain data in Kong's schema language.
 *
 * `Value` is the type of a complete value. It is inferred by `defineRecord`, and can be written out
 * (`RecordSchema<KeyAuthConfig>`) where an exported constant needs a type.
 */
export interface RecordSchema<Value = unknown> {
  /** In the order in which they are shown. Kong has a list of objects with one key each. */
  readonly fields: Fields
  readonly entity_checks?: readonly EntityCheck[]
  /** In the order in which they are expanded. */
  readonly shorthand_fields?: Readonly<Record<string, ShorthandField>>
  readonly transformations?: readonly Transformation[]
  /** Never there; carries the type of a value. */
  readonly '~value'?: Value
}

/** What an entity looks like: a record with an identity, stored and served by the Admin API. */
export interface EntitySchema<Value = unknown> extends RecordSchema<Value> {
  /** Name of the table, for example `services` or `keyauth_credentials`. */
  readonly name: string
  readonly primary_key: readonly string[]
  /** The field that can be used in a path instead of the id. */
  readonly endpoint_key?: string
  /** Fields that are unique together, for example `upstream` and `target`. */
  readonly cache_key?: readonly string[]
  /** Entities may be written with a time to live in seconds. */
  readonly ttl?: boolean
  /** Name in the paths of the Admin API, for example `key-auths`; otherwise `name`. */
  readonly admin_api_name?: string
  /** Name below a parent, for example `key-auth`. */
  readonly admin_api_nested_name?: string
  /** `false`: the Admin API has no endpoints for it. */
  readonly generate_admin_api?: boolean
  /** The field that tells which subschema applies; of a list, the first element tells. */
  readonly subschema_key?: string
  /** Says that there is no such subschema. `%s` stands for the value of the key. */
  readonly subschema_error?: string
  /** Subschemas that are known in advance; others are looked up by `CheckOptions.subschema`. */
  readonly subschemas?: Readonly<Record<string, RecordSchema>>
}
