import type { Reader } from '@postern/store'
import { isUuid } from './entity-key.ts'
import type { EntityModel, EntityModels } from './entity-model.ts'
import { printKey } from './print-key.ts'
import { foreignKeysUnresolved } from './refusal.ts'

/**
 * Replaces foreign values given by a unique field (`{ "name": "s1" }`) by `{ id }`. All others are
 * left to the schema. Ids are written in lower case, so that one id has one spelling.
 *
 * @throws Refusal code 13
 */
export async function resolveForeign(
  reader: Reader,
  models: EntityModels,
  model: EntityModel,
  input: Readonly<Record<string, unknown>>,
): Promise<Record<string, unknown>> {
  const resolved: Record<string, unknown> = { ...input, ...lowerId(input) }
  const unresolved: Record<string, Record<string, string>> = {}
  for (const { field, reference } of model.foreign) {
    const given = Object.hasOwn(input, field) ? input[field] : undefined
    if (!isRecord(given)) continue
    const key = uniqueKeyOf(models.get(reference), given)
    if (key === undefined) {
      resolved[field] = { ...given, ...lowerId(given) }
      continue
    }
    const row = await reader.selectBy(reference, key.field, key.value)
    if (row !== undefined) resolved[field] = { id: row.id }
    else unresolved[field] = { [key.field]: reasonOf(key, reference) }
  }
  if (Object.keys(unresolved).length > 0) throw foreignKeysUnresolved(unresolved)
  return resolved
}

interface UniqueKey {
  readonly field: string
  readonly value: string
}

function uniqueKeyOf(
  model: EntityModel | undefined,
  given: Readonly<Record<string, unknown>>,
): UniqueKey | undefined {
  if (model === undefined || Object.hasOwn(given, 'id')) return undefined
  for (const [field, value] of Object.entries(given)) {
    if (typeof value !== 'string' || !Object.hasOwn(model.schema.fields, field)) continue
    if (model.schema.fields[field]?.unique === true) return { field, value }
  }
  return undefined
}

function reasonOf({ field, value }: UniqueKey, reference: string): string {
  const key = printKey({ [field]: value })
  return `the foreign key cannot be resolved with '${key}' for an existing '${reference}' entity`
}

function lowerId(given: Readonly<Record<string, unknown>>): { readonly id?: string } {
  return isUuid(given.id) ? { id: given.id.toLowerCase() } : {}
}

function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}
