import type { Field } from './field.ts'

/** Kong's texts for what is wrong with a value. */
export const messages = {
  required: 'required field missing',
  unknown: 'unknown field',
  noSubschema: 'error in schema definition: abstract field was not specialized',
  missingPrimaryKey: 'missing primary key',
} as const

/** What a value of another type is told, by the type of its field. */
export const messageOfType: Readonly<Partial<Record<Field['type'], string>>> = {
  string: 'expected a string',
  number: 'expected a number',
  integer: 'expected an integer',
  boolean: 'expected a boolean',
  array: 'expected an array',
  set: 'expected a set',
  map: 'expected a map',
  record: 'expected a record',
}

/** Writes names or values as Kong lists them: `'a', 'b'`. */
export function quoteList(values: readonly unknown[]): string {
  return values.map((value) => `'${showValue(value)}'`).join(', ')
}

/** Writes a value as it stands in Kong's messages. */
export function showValue(value: unknown): string {
  if (value === undefined) return 'nil'
  if (typeof value === 'string') return value
  return JSON.stringify(value)
}
