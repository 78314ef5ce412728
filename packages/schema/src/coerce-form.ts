import type { Field, Fields } from './field.ts'
import { isObject, ownValue } from './plain-object.ts'
import type { EntitySchema, RecordSchema } from './record-schema.ts'
import { resolveSubschema, type SubschemaLookup } from './subschema.ts'
import { withTtl } from './with-ttl.ts'

/** What is known around a form. */
export interface CoerceOptions {
  /** Finds the subschema of a key, for example of the name of a plugin. */
  readonly subschema?: SubschemaLookup
  /** The key when the form does not have it, for example the name of the stored plugin. */
  readonly subschemaKey?: string
}

/**
 * Gives the texts of a form the types that the schema asks for.
 *
 * `''` becomes `null`; numbers and booleans are read where they can be; a single value becomes a
 * list where a list is wanted. What cannot be read stays as it is, and is refused by the check.
 * Values that have a type already are left alone. Names with dots have to be expanded before.
 *
 * @see Kong Gateway, kong/api/arguments.lua: infer
 */
export function coerceForm(
  schema: RecordSchema,
  input: unknown,
  options: CoerceOptions = {},
): unknown {
  if (!isObject(input)) return input
  const fields = fieldsOf(withTtl(schema), input, options)
  return coerceFields({ ...fields, ...schema.shorthand_fields }, input)
}

function fieldsOf(
  schema: RecordSchema | EntitySchema,
  input: Readonly<Record<string, unknown>>,
  { subschema, subschemaKey }: CoerceOptions,
): Fields {
  if (!('subschema_key' in schema) || schema.subschema_key === undefined) return schema.fields
  const key = ownValue(input, schema.subschema_key) ?? subschemaKey
  const resolved = resolveSubschema(schema, { [schema.subschema_key]: key }, subschema)
  return resolved.ok ? resolved.schema.fields : schema.fields
}

function coerceFields(
  fields: Fields,
  record: Readonly<Record<string, unknown>>,
): Record<string, unknown> {
  const entries = Object.entries(record).map(([name, value]) => {
    return [name, Object.hasOwn(fields, name) ? coerceValue(fields[name] as Field, value) : value]
  })
  return Object.fromEntries(entries)
}

function coerceValue(field: Field, value: unknown): unknown {
  if (value === '') return null
  if (value === null || value === undefined) return value
  switch (field.type) {
    case 'number':
    case 'integer':
      return typeof value === 'string' ? readNumber(value) : value
    case 'boolean':
      return typeof value === 'string' ? readBoolean(value) : value
    case 'array':
    case 'set':
      return coerceList(field.elements, value)
    case 'map':
      return isObject(value) ? coerceMap(field.values, value) : value
    case 'record':
      return isObject(value) ? coerceFields(field.fields ?? {}, value) : value
    case 'foreign':
      return isObject(value) ? coerceFields(FOREIGN_FIELDS, value) : value
    case 'string':
    case 'json':
      return value
  }
}

const FOREIGN_FIELDS: Fields = { id: { type: 'string' } }

const DECIMAL = /^\s*[+-]?(?:\d+\.?\d*|\.\d+)(?:e[+-]?\d+)?\s*$/i

function readNumber(text: string): number | string {
  return DECIMAL.test(text) ? Number(text) : text
}

function readBoolean(text: string): boolean | string {
  if (text === 'true') return true
  return text === 'false' ? false : text
}

/** An object is no single value of a list of texts: it stays, and is refused. */
function coerceList(elements: Field, value: unknown): unknown {
  if (Array.isArray(value)) return value.map((element) => coerceValue(elements, element))
  if (isObject(value) && elements.type !== 'record') return value
  return isObject(value) && Object.keys(value).length === 0 ? value : [coerceValue(elements, value)]
}

function coerceMap(values: Field, map: Readonly<Record<string, unknown>>): Record<string, unknown> {
  const entries = Object.entries(map).map(([key, value]) => [key, coerceValue(values, value)])
  return Object.fromEntries(entries)
}
