import type { EntityCheck } from './entity-check.ts'

/**
 * Tells whether a value is fine: `undefined` when it is, otherwise what is wrong with it, as a text
 * or, for values with parts, as a tree of texts.
 */
export type CustomValidator = (value: never) => Violation | undefined

/** What is wrong with a value; elements of a list that are fine are `null`. */
export type Violation =
  | string
  | readonly (Violation | null)[]
  | { readonly [field: string]: Violation }

/** A regular expression (JavaScript, flag `u`) with a text of its own. */
export interface PatternRule {
  readonly pattern: string
  /** Replaces `invalid value: V`. */
  readonly err: string
}

/** Several regular expressions of which one has to match, with one text. */
export interface PatternsRule {
  readonly patterns: readonly string[]
  readonly err: string
}

/** That a field goes away, and what to use instead. Shown by reflection, not enforced. */
export interface Deprecation {
  readonly message: string
  readonly removal_in_version?: string
  readonly old_default?: unknown
  readonly replaced_with?: unknown
}

/**
 * The validators a value can be asked to pass, under Kong's names.
 *
 * They run in the order of Kong's documentation, and the first that fails gives the message.
 * Patterns are JavaScript regular expressions, where Kong has Lua patterns.
 */
export interface Validators {
  /** The only value accepted; `null` means that the field may not be set. */
  readonly eq?: unknown
  /** The one value refused. */
  readonly ne?: unknown
  readonly one_of?: readonly unknown[]
  readonly not_one_of?: readonly unknown[]
  /** Exclusive. */
  readonly gt?: number
  /** Seconds since 1970, above 0. */
  readonly timestamp?: boolean
  readonly uuid?: boolean
  readonly is_regex?: boolean
  /** Both ends belong to the range. */
  readonly between?: readonly [least: number, greatest: number]
  /** Length in characters of a string, in elements of a list, in keys of a map. */
  readonly len_eq?: number
  /** Strings have an implicit 1, so that `""` is refused unless this is 0. */
  readonly len_min?: number
  readonly len_max?: number
  readonly starts_with?: string
  readonly not_match?: string
  readonly match?: string
  readonly match_none?: readonly PatternRule[]
  readonly match_all?: readonly PatternRule[]
  readonly match_any?: PatternsRule
  /** The element a list has to have. */
  readonly contains?: unknown
  readonly custom_validator?: CustomValidator
  /** Groups of elements of which a set may hold only one. */
  readonly mutually_exclusive_subsets?: readonly (readonly string[])[]
}

/** What every field can say about itself, under Kong's names. */
export interface FieldAttributes extends Validators {
  /** `null` is refused. Elements of lists, keys and values of maps and records are required anyway. */
  readonly required?: boolean
  /** Taken when the field is absent, and not when it is `null`. */
  readonly default?: unknown
  /** Made by the gateway: ids, random keys, `created_at`, `updated_at`. */
  readonly auto?: boolean
  /** No two entities have the same value. */
  readonly unique?: boolean
  readonly unique_across_ws?: boolean
  /** Cannot be changed once stored. */
  readonly immutable?: boolean
  /** Has to be described by the subschema. */
  readonly abstract?: boolean
  /** Replaces the message of whatever validator fails. */
  readonly err?: string
  /** A vault reference `{vault://...}` is accepted in place of a value. */
  readonly referenceable?: boolean
  /** A secret: to be kept encrypted at rest where that is set up, and never to be logged. */
  readonly encrypted?: boolean
  /** Not there at all while it has no value, where others are `null`: Kong's open source has it not. */
  readonly absent_unless_set?: boolean
  readonly description?: string
  readonly examples?: readonly unknown[]
  readonly deprecation?: Deprecation
  readonly indexed?: boolean
}

/** Text. Never empty unless `len_min` is 0. */
export interface StringField extends FieldAttributes {
  readonly type: 'string'
}

/** Any number. */
export interface NumberField extends FieldAttributes {
  readonly type: 'number'
}

/** A number without a fraction. */
export interface IntegerField extends FieldAttributes {
  readonly type: 'integer'
}

/** `true` or `false`. */
export interface BooleanField extends FieldAttributes {
  readonly type: 'boolean'
}

/** A list in which order counts and repetitions stay. */
export interface ArrayField<Element extends Field = Field> extends FieldAttributes {
  readonly type: 'array'
  readonly elements: Element
}

/** A list of which repetitions are dropped; the first positions are kept. */
export interface SetField<Element extends Field = Field> extends FieldAttributes {
  readonly type: 'set'
  readonly elements: Element
}

/** Names and values that the user chooses. */
export interface MapField<Value extends Field = Field> extends FieldAttributes {
  readonly type: 'map'
  readonly keys: StringField
  readonly values: Value
}

/**
 * Names and values that the schema gives. Required unless `required` is false.
 *
 * A record schema of its own can be spread into it: `{ type: 'record', ...healthchecks }`.
 */
export interface RecordField extends FieldAttributes {
  readonly type: 'record'
  /** May be left out of an abstract field only: the subschema has them. */
  readonly fields?: Fields
  readonly entity_checks?: readonly EntityCheck[]
}

/** Another entity, stored as `{ id }`. */
export interface ForeignField extends FieldAttributes {
  readonly type: 'foreign'
  /** Name of the other entity's table, for example `services`. */
  readonly reference: string
  /** What deleting the other entity does to this one; it is refused when absent. */
  readonly on_delete?: 'cascade' | 'restrict' | 'null'
}

/** Any JSON value; nothing but the validators is checked. */
export interface JsonField extends FieldAttributes {
  readonly type: 'json'
}

/** One field of a record: a type, and what the value has to be like. */
export type Field =
  | StringField
  | NumberField
  | IntegerField
  | BooleanField
  | ArrayField
  | SetField
  | MapField
  | RecordField
  | ForeignField
  | JsonField

/** The fields of a record, in order. */
export interface Fields {
  readonly [name: string]: Field
}
