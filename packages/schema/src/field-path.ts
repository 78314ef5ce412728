import type { EntityCheck } from './entity-check.ts'
import { isObject, withOwn } from './plain-object.ts'

/** Reads a field of a record by its name, or a nested one by names joined with dots. */
export function readPath(record: unknown, path: string): unknown {
  let value: unknown = record
  for (const name of path.split('.')) {
    if (!isObject(value) || !Object.hasOwn(value, name)) return undefined
    value = value[name]
  }
  return value
}

/** Answers a copy of the record in which the field of that path has that value. */
export function writePath(
  record: Readonly<Record<string, unknown>>,
  path: string,
  value: unknown,
): Record<string, unknown> {
  const [name, ...rest] = path.split('.') as [string, ...string[]]
  if (rest.length === 0) return withOwn(record, name, value)
  const inner = Object.hasOwn(record, name) ? record[name] : undefined
  return withOwn(record, name, writePath(isObject(inner) ? inner : {}, rest.join('.'), value))
}

/** The names of all fields that a check looks at. */
export function checkedFields(check: EntityCheck): readonly string[] {
  if ('conditional' in check) return [check.conditional.if_field, check.conditional.then_field]
  if ('custom_entity_check' in check) return check.custom_entity_check.field_sources
  if ('mutually_exclusive_sets' in check) {
    return [...check.mutually_exclusive_sets.set1, ...check.mutually_exclusive_sets.set2]
  }
  if ('conditional_at_least_one_of' in check) {
    const rule = check.conditional_at_least_one_of
    return [rule.if_field, ...rule.then_at_least_one_of, ...(rule.else_then_at_least_one_of ?? [])]
  }
  return Object.values(check)[0] as readonly string[]
}
