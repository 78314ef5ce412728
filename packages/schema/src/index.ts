// Describing: fields, records, entities, and the types of their values.
export type {
  ConditionalAtLeastOneOfCheck,
  ConditionalCheck,
  CustomEntityCheck,
  EntityCheck,
  FieldMatch,
} from './entity-check.ts'
export type {
  ArrayField,
  BooleanField,
  CustomValidator,
  Deprecation,
  Field,
  FieldAttributes,
  Fields,
  ForeignField,
  IntegerField,
  JsonField,
  MapField,
  NumberField,
  PatternRule,
  PatternsRule,
  RecordField,
  SetField,
  StringField,
  Validators,
  Violation,
} from './field.ts'
export { defineEntity, defineRecord, type Described } from './define-schema.ts'
export type { ForeignValue, Infer, InferField } from './infer.ts'
export type {
  EntitySchema,
  RecordSchema,
  ShorthandField,
  Transformation,
} from './record-schema.ts'

// Checking: a complete value, or what is wrong with the one given.
export { checkEntity, checkRecord, type CheckOptions } from './check-entity.ts'
export type { SubschemaLookup } from './subschema.ts'
export type { Checked, Violations } from './violations.ts'

// At the edge: forms to typed values, violations to Kong's text, schemas to JSON.
export { coerceForm, type CoerceOptions } from './coerce-form.ts'
export { describeViolations } from './describe-violations.ts'
export { type Reflected, type ReflectedSchema, reflectSchema } from './reflect-schema.ts'

// Fields that many schemas have, and how hosts are read.
export * as typedefs from './typedefs.ts'
export { parseHost, type ParsedHost } from './parse-host.ts'
