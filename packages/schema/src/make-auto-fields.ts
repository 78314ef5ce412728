import type { CheckOptions } from './check-entity.ts'
import type { Field } from './field.ts'
import { ownValue } from './plain-object.ts'
import type { EntitySchema } from './record-schema.ts'

/**
 * Makes the values that the gateway makes itself: ids and random keys of new entities, and the
 * times at which an entity was made and changed.
 */
export function makeAutoFields(
  schema: EntitySchema,
  record: Readonly<Record<string, unknown>>,
  options: CheckOptions,
): Record<string, unknown> {
  const made = Object.entries(schema.fields)
    .filter(([, field]) => field.auto)
    .map(([name, field]) => [name, autoValue(name, field, ownValue(record, name), options)])
    .filter(([, value]) => value !== undefined)
  return { ...record, ...Object.fromEntries(made), ...keptKeys(schema, options) }
}

/** An update never changes which entity it is, whatever the body says. */
function keptKeys(schema: EntitySchema, { operation, current }: CheckOptions): object {
  if (operation !== 'update' || current === undefined) return {}
  const keys = schema.primary_key.filter((name) => Object.hasOwn(current, name))
  return Object.fromEntries(keys.map((name) => [name, current[name]]))
}

function autoValue(name: string, field: Field, given: unknown, options: CheckOptions): unknown {
  if (name === 'updated_at') return timestamp(field, options)
  if (options.operation === 'update') return given
  if (name === 'created_at')
    return given ?? options.current?.created_at ?? timestamp(field, options)
  if (field.uuid) return given ?? crypto.randomUUID()
  return given === undefined ? randomKey() : given
}

/** Seconds; with milliseconds as a fraction where the field is a number. */
function timestamp(field: Field, { nowMs = Date.now() }: CheckOptions): number {
  return field.type === 'integer' ? Math.floor(nowMs / 1000) : nowMs / 1000
}

const ALPHANUMERIC = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789'
const KEY_LENGTH = 32

/** 32 alphanumeric characters, each equally likely: bytes beyond the last full turn are drawn again. */
function randomKey(): string {
  const limit = 256 - (256 % ALPHANUMERIC.length)
  let key = ''
  while (key.length < KEY_LENGTH) {
    const [byte] = crypto.getRandomValues(new Uint8Array(1)) as unknown as [number]
    if (byte < limit) key += ALPHANUMERIC.charAt(byte % ALPHANUMERIC.length)
  }
  return key
}
