import type { Field, Fields } from './field.ts'
import { isEmptyObject, isObject, ownValue } from './plain-object.ts'
import { isRequired } from './validators.ts'

/**
 * Completes a record: absent fields take their defaults or `null`, records in it are completed,
 * sets lose repetitions. A `null` that was given stays `null`.
 *
 * Fields come out in the order of the schema, unknown ones after them; one that is to be absent
 * unless it is set is left out without a value. Values of another type than
 * the schema asks for come out as they are, and are refused later.
 */
export function fillFields(fields: Fields, value: unknown): Record<string, unknown> {
  const record = isObject(value) ? value : {}
  const known = Object.entries(fields)
    .map(([name, field]) => [name, fillValue(field, ownValue(record, name))] as const)
    .filter(([name, filled]) => filled !== null || fields[name]?.absent_unless_set !== true)
  const unknown = Object.entries(record).filter(([name]) => !Object.hasOwn(fields, name))
  return Object.fromEntries([...known, ...unknown])
}

function fillValue(field: Field, value: unknown): unknown {
  if (value === undefined) return fillAbsent(field)
  if (value === null) return null
  switch (field.type) {
    case 'record':
      return isRecordLike(value) && field.fields ? fillFields(field.fields, value) : value
    case 'array':
      return fillList(field.elements, value)
    case 'set':
      return dropRepeated(fillList(field.elements, value))
    case 'map':
      return fillMap(field.values, value)
    case 'foreign':
      return isObject(value) && Object.hasOwn(value, 'id') ? { id: value.id } : value
    case 'string':
    case 'number':
    case 'integer':
    case 'boolean':
    case 'json':
      return value
  }
}

function fillAbsent(field: Field): unknown {
  if (field.default !== undefined) return fillValue(field, copyOf(field.default))
  if (field.type === 'record' && isRequired(field)) return fillFields(field.fields ?? {}, {})
  return null
}

/** Lists and records of a schema must not be shared by entities. */
function copyOf(value: unknown): unknown {
  return typeof value === 'object' ? structuredClone(value) : value
}

/** `[]` is how some clients write an empty record. */
function isRecordLike(value: unknown): boolean {
  return isObject(value) || (Array.isArray(value) && value.length === 0)
}

function fillList(elements: Field, value: unknown): unknown {
  if (isEmptyObject(value)) return []
  return Array.isArray(value) ? value.map((element) => fillElement(elements, element)) : value
}

function fillElement(elements: Field, value: unknown): unknown {
  return value === undefined ? null : fillValue(elements, value)
}

/** Repeated objects stay: Lua compares them by identity. */
function dropRepeated(value: unknown): unknown {
  return Array.isArray(value) ? [...new Set(value)] : value
}

function fillMap(values: Field, value: unknown): unknown {
  if (Array.isArray(value) && value.length === 0) return {}
  if (!isObject(value)) return value
  const entries = Object.entries(value).map(([key, inner]) => [key, fillElement(values, inner)])
  return Object.fromEntries(entries)
}
