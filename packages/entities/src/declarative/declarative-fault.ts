/** Names and indexes that lead to a place in a document. */
export type DocumentKeys = readonly (string | number)[]

/** One thing that is wrong with a declarative configuration. */
export interface DeclarativeFault {
  /** `field`: a value. `entity`: several fields of an entity together, or all of it. `reference`: an entity that is not there. */
  readonly kind: 'field' | 'entity' | 'reference'
  /** Where: the value or, of an entity, the entity. What is missing has its own name at the end. */
  readonly keys: DocumentKeys
  /** Kong's text. Values of secret fields are not in it. */
  readonly message: string
  /** The value, where it is a text, a number, `true`, `false` or `null`, and no secret. */
  readonly value?: string | number | boolean | null
  /** Of a reference: the entity that it stands in, and what Kong calls that one by. */
  readonly from?: { readonly entity: string; readonly key: string }
}
