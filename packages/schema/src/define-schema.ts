import type { EntityCheck } from './entity-check.ts'
import { schemaErrors } from './errors.ts'
import type { Field, Fields } from './field.ts'
import { checkedFields } from './field-path.ts'
import type { Infer } from './infer.ts'
import type { EntitySchema, RecordSchema } from './record-schema.ts'

/** A schema that carries the type of its values. */
export type Described<S extends RecordSchema> = S & { readonly '~value'?: Infer<S> }

/**
 * Describes a record, for example the configuration of a plugin. Answers what it was given, typed.
 *
 * Where declarations are isolated, write the type of a value out and let the compiler compare:
 * `export const teaSchema: RecordSchema<TeaConfig> = defineRecord({ ... })`.
 *
 * @throws POSTERN_SCHEMA_CHECK_FIELD_UNKNOWN when an entity check names a field that is not there
 * @throws POSTERN_SCHEMA_PATTERN_INVALID when a pattern is not a regular expression
 */
export function defineRecord<const S extends RecordSchema>(schema: S): Described<S> {
  assertChecks(schema.fields, schema.entity_checks)
  assertPatterns(schema.fields)
  return schema as Described<S>
}

/**
 * Describes an entity. Answers what it was given, typed.
 *
 * @throws POSTERN_SCHEMA_CHECK_FIELD_UNKNOWN when an entity check names a field that is not there
 * @throws POSTERN_SCHEMA_PATTERN_INVALID when a pattern is not a regular expression
 */
export function defineEntity<const S extends EntitySchema>(schema: S): Described<S> {
  return defineRecord(schema)
}

function assertChecks(fields: Fields, checks: readonly EntityCheck[] | undefined): void {
  for (const name of (checks ?? []).flatMap(checkedFields)) {
    const outer = name.split('.', 1)[0] as string
    if (!Object.hasOwn(fields, outer)) throw schemaErrors.CHECK_FIELD_UNKNOWN(name)
  }
}

function assertPatterns(fields: Fields): void {
  for (const [name, field] of Object.entries(fields)) {
    for (const pattern of patternsOf(field)) assertPattern(name, pattern)
    for (const [inner, part] of Object.entries(partsOf(field))) {
      assertPatterns({ [`${name}.${inner}`]: part })
    }
  }
}

function patternsOf(field: Field): readonly string[] {
  const rules = [...(field.match_all ?? []), ...(field.match_none ?? [])]
  const single = [field.match, field.not_match].filter((pattern) => pattern !== undefined)
  return [...single, ...rules.map((rule) => rule.pattern), ...(field.match_any?.patterns ?? [])]
}

function assertPattern(name: string, pattern: string): void {
  try {
    new RegExp(pattern, 'u')
  } catch (error) {
    throw schemaErrors.PATTERN_INVALID(name, pattern).causedBy(error)
  }
}

function partsOf(field: Field): Fields {
  if (field.type === 'record') return field.fields ?? {}
  if (field.type === 'array' || field.type === 'set') return { elements: field.elements }
  if (field.type === 'map') return { keys: field.keys, values: field.values }
  return {}
}
