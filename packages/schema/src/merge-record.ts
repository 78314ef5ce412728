import type { Fields } from './field.ts'
import { isObject, ownValue } from './plain-object.ts'

/**
 * Lays what was given over what is stored: records are merged, everything else is replaced.
 * `null` replaces as well.
 */
export function mergeRecord(
  fields: Fields,
  given: Readonly<Record<string, unknown>>,
  stored: Readonly<Record<string, unknown>>,
): Record<string, unknown> {
  const changes = Object.entries(given)
    .filter(([, value]) => value !== undefined)
    .map(([name, value]) => [name, mergeValue(fields, name, value, ownValue(stored, name))])
  return { ...stored, ...Object.fromEntries(changes) }
}

function mergeValue(fields: Fields, name: string, given: unknown, stored: unknown): unknown {
  const field = Object.hasOwn(fields, name) ? fields[name] : undefined
  if (field?.type !== 'record' || !isObject(given) || !isObject(stored)) return given
  return mergeRecord(field.fields ?? {}, given, stored)
}
