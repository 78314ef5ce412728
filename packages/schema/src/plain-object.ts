/** Tells whether a value is an object with fields, and so neither `null` nor a list. */
export function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

/** Tells whether a value is `{}`, which Lua cannot tell from an empty list. */
export function isEmptyObject(value: unknown): boolean {
  return isObject(value) && Object.keys(value).length === 0
}

/** Copies a record with one field set. A spread and a computed key never reach the prototype. */
export function withOwn(
  record: Readonly<Record<string, unknown>>,
  name: string,
  value: unknown,
): Record<string, unknown> {
  return { ...record, [name]: value }
}

/** Copies a record without one of its fields. */
export function without(
  record: Readonly<Record<string, unknown>>,
  name: string,
): Record<string, unknown> {
  return Object.fromEntries(Object.entries(record).filter(([key]) => key !== name))
}

/** Reads a field that is the record's own, so that `constructor` is not there unless it was given. */
export function ownValue(record: Readonly<Record<string, unknown>>, name: string): unknown {
  return Object.hasOwn(record, name) ? record[name] : undefined
}
