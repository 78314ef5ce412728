import type { Field, Fields } from './field.ts'
import { isObject } from './plain-object.ts'
import type { RecordSchema } from './record-schema.ts'
import { isRequired } from './validators.ts'

/** A field or a check as Kong shows it: an object with one key. */
export type Reflected = Readonly<Record<string, unknown>>

/** What `GET /schemas/{entity}` answers. */
export interface ReflectedSchema {
  readonly fields: readonly Reflected[]
  readonly entity_checks: readonly Reflected[]
}

/**
 * Shows a schema as JSON data, the way Kong's `/schemas` do: fields as a list of objects with one
 * key, functions left out, infinities as texts.
 */
export function reflectSchema(schema: RecordSchema): ReflectedSchema {
  return {
    fields: reflectFields(schema.fields),
    entity_checks: (schema.entity_checks ?? []).map((check) => reflectValue(check) as Reflected),
  }
}

function reflectFields(fields: Fields): readonly Reflected[] {
  return Object.entries(fields).map(([name, field]) => ({ [name]: reflectField(field) }))
}

function reflectField(field: Field): Reflected {
  const shown = Object.fromEntries(
    Object.entries(field)
      .filter(([, value]) => isShown(value))
      .map(([name, value]) => [name, reflectAttribute(name, value)]),
  )
  return field.type === 'record' && isRequired(field) ? { ...shown, required: true } : shown
}

function reflectAttribute(name: string, value: unknown): unknown {
  if (name === 'fields') return reflectFields(value as Fields)
  if (name === 'elements' || name === 'keys' || name === 'values')
    return reflectField(value as Field)
  return reflectValue(value)
}

function reflectValue(value: unknown): unknown {
  if (value === Number.POSITIVE_INFINITY) return 'inf'
  if (value === Number.NEGATIVE_INFINITY) return '-inf'
  if (Array.isArray(value)) return value.map(reflectValue)
  if (!isObject(value)) return value
  const shown = Object.entries(value).filter(([, inner]) => isShown(inner))
  return Object.fromEntries(shown.map(([name, inner]) => [name, reflectValue(inner)]))
}

function isShown(value: unknown): boolean {
  return typeof value !== 'function' && value !== undefined
}
