import type { Field, Fields } from './field.ts'
import type { RecordSchema } from './record-schema.ts'

/**
 * The type of a complete value, as it is after defaults have been filled in.
 *
 * A field is `T | null` unless it is required, made by the gateway, or a record.
 */
export type Infer<S extends RecordSchema> = '~value' extends keyof S
  ? Known<Exclude<S['~value'], undefined>>
  : InferFields<S['fields']>

type Known<T> = unknown extends T ? Record<string, unknown> : T

type InferFields<F extends Fields> = string extends keyof F
  ? Record<string, unknown>
  : { readonly [Name in keyof F]: InferField<F[Name]> }

/** The type of a complete value of one field. */
export type InferField<F extends Field> = IsNeverNull<F> extends true ? Value<F> : Value<F> | null

type IsNeverNull<F extends Field> = F extends { readonly required: true }
  ? true
  : F extends { readonly type: 'record' }
    ? F extends { readonly required: false }
      ? false
      : true
    : F extends { readonly auto: true }
      ? F extends { readonly type: 'string' }
        ? F extends { readonly uuid: true }
          ? true
          : false
        : true
      : false

type Value<F extends Field> = '~value' extends keyof F
  ? Inner<F>
  : F extends { readonly one_of: readonly (infer Choice)[] }
    ? Choice
    : F extends { readonly type: 'array' | 'set'; readonly elements: infer E extends Field }
      ? readonly Value<E>[]
      : F extends { readonly type: 'map'; readonly values: infer V extends Field }
        ? Readonly<Record<string, Value<V>>>
        : F extends { readonly type: 'record'; readonly fields: infer R extends Fields }
          ? InferFields<R>
          : ValueOfType[F['type']]

/** Lists, maps and records whose parts are not known, and everything without parts. */
interface ValueOfType {
  readonly string: string
  readonly number: number
  readonly integer: number
  readonly boolean: boolean
  readonly array: readonly unknown[]
  readonly set: readonly unknown[]
  readonly map: Readonly<Record<string, unknown>>
  readonly record: Readonly<Record<string, unknown>>
  readonly foreign: ForeignValue
  readonly json: unknown
}

type Inner<F> = F extends { readonly '~value'?: infer T }
  ? unknown extends T
    ? Readonly<Record<string, unknown>>
    : Exclude<T, undefined>
  : never

/** How an entity names another one. */
export interface ForeignValue {
  readonly id: string
}
