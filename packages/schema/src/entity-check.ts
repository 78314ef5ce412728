import type { Field, Validators } from './field.ts'

/** Part of a field's description, laid over the field before its value is checked. */
export type FieldMatch = Validators & {
  readonly required?: boolean
  readonly elements?: Field
  readonly err?: string
}

/** Only when one field is like this, another has to be like that. */
export interface ConditionalCheck {
  readonly if_field: string
  readonly if_match: FieldMatch
  readonly then_field: string
  readonly then_match: FieldMatch
  /** Replaces the message about the entity. `%s` stands for the name of `if_field`. */
  readonly then_err?: string
}

/** Only when one field is like this, one of some others has to be set. */
export interface ConditionalAtLeastOneOfCheck {
  readonly if_field: string
  readonly if_match: FieldMatch
  readonly then_at_least_one_of: readonly string[]
  /** `%s` stands for the quoted names. */
  readonly then_err?: string
  /** Asked when `if_match` does not hold. */
  readonly else_match?: FieldMatch
  readonly else_then_at_least_one_of?: readonly string[]
  readonly else_then_err?: string
}

/** A check written as a function over some of the fields. */
export interface CustomEntityCheck {
  /** The function sees these fields, and runs only when none of them has a violation. */
  readonly field_sources: readonly string[]
  readonly run_with_invalid_fields?: boolean
  /** Answers what is wrong with the entity, or `undefined`. */
  readonly fn: (entity: Readonly<Record<string, unknown>>) => string | undefined
}

/** A rule about several fields together. Names of nested fields are joined with dots. */
export type EntityCheck =
  | { readonly at_least_one_of: readonly string[] }
  | { readonly only_one_of: readonly string[] }
  | { readonly distinct: readonly string[] }
  | { readonly mutually_required: readonly string[] }
  | { readonly mutually_exclusive: readonly string[] }
  | {
      readonly mutually_exclusive_sets: {
        readonly set1: readonly string[]
        readonly set2: readonly string[]
      }
    }
  | { readonly conditional: ConditionalCheck }
  | { readonly conditional_at_least_one_of: ConditionalAtLeastOneOfCheck }
  | { readonly custom_entity_check: CustomEntityCheck }
