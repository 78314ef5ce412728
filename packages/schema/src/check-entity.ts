import { expandShorthands } from './expand-shorthands.ts'
import { fillFields } from './fill-fields.ts'
import type { Infer } from './infer.ts'
import { makeAutoFields } from './make-auto-fields.ts'
import { mergeRecord } from './merge-record.ts'
import { isObject } from './plain-object.ts'
import type { EntitySchema, RecordSchema } from './record-schema.ts'
import { resolveSubschema, type SubschemaLookup } from './subschema.ts'
import { runTransformations } from './run-transformations.ts'
import { validateFields } from './validate-value.ts'
import type { Checked } from './violations.ts'
import { withTtl } from './with-ttl.ts'

/** How an entity is written, and what is known around it. */
export interface CheckOptions {
  /** POST inserts, PATCH updates, PUT upserts. */
  readonly operation: 'insert' | 'update' | 'upsert'
  /**
   * The stored entity. An update changes it; an upsert replaces it and keeps its `created_at`.
   */
  readonly current?: Readonly<Record<string, unknown>>
  /** Finds the subschema of a key, for example of the name of a plugin. */
  readonly subschema?: SubschemaLookup
  /** The time that goes into `created_at` and `updated_at`, milliseconds since 1970; now if absent. */
  readonly nowMs?: number
  /** `false`: values are in their stored form (secrets are hashed), so nothing is transformed. */
  readonly transform?: boolean
}

/**
 * Checks an entity that somebody wants to write, and answers it complete: shorthand fields
 * expanded, defaults filled in, ids and timestamps made, sets without repetitions. An entity with
 * `ttl` has that field too, in seconds or `null`.
 *
 * An update is checked as the whole it would become. The input is not changed, and nothing outside
 * is asked: whether a name is taken or a foreign id exists is for the store to say.
 *
 * @see Kong Gateway, kong/db/schema/init.lua: process_auto_fields, validate
 */
export function checkEntity<S extends EntitySchema>(
  schema: S,
  input: unknown,
  options: CheckOptions,
): Checked<Infer<S>> {
  return checkWritten(withTtl<EntitySchema>(schema), input, options) as Checked<Infer<S>>
}

function checkWritten(schema: EntitySchema, input: unknown, options: CheckOptions): Checked {
  const given = asRecord(input)
  if (given === undefined) return NOT_A_RECORD
  const expanded = expandShorthands(schema, given)
  if (!expanded.ok) return expanded
  const stored = options.operation === 'update' ? (options.current ?? {}) : {}
  const resolved = resolveSubschema(schema, { ...stored, ...expanded.value }, options.subschema)
  if (!resolved.ok) return resolved
  const merged = mergeRecord(resolved.schema.fields, expanded.value, stored)
  const record = makeAutoFields(schema, merged, options)
  return checkFilled(resolved.schema, record, expanded.value, options)
}

function checkFilled(
  schema: RecordSchema,
  record: Readonly<Record<string, unknown>>,
  given: Readonly<Record<string, unknown>>,
  options: CheckOptions,
): Checked {
  const filled = fillFields(schema.fields, record)
  const isUpdate = options.operation === 'update'
  const rules = { fields: schema.fields, checks: schema.entity_checks ?? [], isUpdate }
  const violations = validateFields(rules, filled)
  if (Object.keys(violations).length > 0) return { ok: false, violations }
  if (options.transform === false) return { ok: true, value: filled }
  return { ok: true, value: runTransformations(schema, filled, given) }
}

/**
 * Checks a record alone, for example the configuration of a plugin, and answers it complete.
 */
export function checkRecord<S extends RecordSchema>(schema: S, input: unknown): Checked<Infer<S>> {
  const given = asRecord(input)
  const expanded = given === undefined ? NOT_A_RECORD : expandShorthands(schema, given)
  if (!expanded.ok) return expanded
  return checkFilled(schema, expanded.value, expanded.value, {
    operation: 'insert',
  }) as Checked<Infer<S>>
}

const NOT_A_RECORD: Checked<never> = {
  ok: false,
  violations: { '@entity': ['expected a record'] },
}

/** `[]` is how Lua programs write an empty object. */
function asRecord(input: unknown): Readonly<Record<string, unknown>> | undefined {
  if (Array.isArray(input) && input.length === 0) return {}
  return isObject(input) ? input : undefined
}
