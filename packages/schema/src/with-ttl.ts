import type { Field } from './field.ts'
import type { EntitySchema, RecordSchema } from './record-schema.ts'

/** Adds the field `ttl` to the description of an entity that may be written with a time to live. */
export function withTtl<S extends RecordSchema>(schema: S & Pick<EntitySchema, 'ttl'>): S {
  return schema.ttl ? { ...schema, fields: { ...schema.fields, ttl: TTL } } : schema
}

/** Seconds; 0 stands for no end, as `null` does. */
const TTL: Field = {
  type: 'integer',
  between: [0, 100_000_000],
  err: 'must be an integer between 0 and 100000000',
}
