import { normalizeTarget } from '@postern/entities'
import { checkRecord } from '@postern/schema'
import type { Entity, Reader } from '@postern/store'
import type { EntityModel, EntityModels } from './entity-model.ts'
import { invalidPrimaryKey, invalidUnique, refuse } from './refusal.ts'

/** How a path names an entity: by its id, or by a field that is unique. */
export interface EntityKey {
  readonly field: string
  readonly value: string
}

const UUID = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/i

/** Whether a text has the shape of a UUID, of whatever version. */
export function isUuid(text: unknown): text is string {
  return typeof text === 'string' && UUID.test(text)
}

/**
 * Reads the part of a path that names an entity. What is shaped like a UUID is an id.
 *
 * @throws Refusal code 10 for a key that the field would not take, code 1 where there is no key
 */
export function parseKey(models: EntityModels, model: EntityModel, text: string): EntityKey {
  if (isUuid(text)) return { field: 'id', value: text.toLowerCase() }
  // A certificate has no name of its own; it is known by those it is shown for.
  if (model.name === 'certificates') return sniKey(models, text)
  if (model.key === undefined) throw invalidPrimaryKey({ id: 'expected a valid UUID' })
  checkKey(model, model.key, text)
  const value = model.name === 'targets' ? (normalizeTarget(text) ?? text) : text
  return { field: model.key, value }
}

function sniKey(models: EntityModels, name: string): EntityKey {
  const snis = models.get('snis')
  if (snis !== undefined) checkKey(snis, 'name', name)
  return { field: SNI_FIELD, value: name }
}

/** Stands for the names of a certificate, which are rows of their own. */
export const SNI_FIELD = 'snis'

/** @throws Refusal code 10 */
export function checkKey(model: EntityModel, field: string, value: string): void {
  const description = model.schema.fields[field]
  if (description === undefined) return
  const checked = checkRecord({ fields: { [field]: description } }, { [field]: value })
  if (!checked.ok) throw invalidUnique(field, String(checked.violations[field]))
}

/** The row a key stands for. */
export async function findByKey(
  reader: Reader,
  model: EntityModel,
  key: EntityKey,
): Promise<Entity | undefined> {
  if (key.field === 'id') return reader.select(model.name, key.value)
  if (key.field !== SNI_FIELD) return reader.selectBy(model.name, key.field, key.value)
  const sni = await reader.selectBy('snis', 'name', key.value)
  if (sni === undefined) throw refuse(404, 'SNI not found')
  return reader.select(model.name, (sni.certificate as Entity).id)
}

/** The row a key stands for below a parent, or undefined when it belongs to another one. */
export async function findChild(
  reader: Reader,
  model: EntityModel,
  key: EntityKey,
  parent: { readonly field: string; readonly id: string },
): Promise<Entity | undefined> {
  if (key.field === 'id') {
    const row = await reader.select(model.name, key.value)
    return isChild(row, parent) ? row : undefined
  }
  if (key.field === SNI_FIELD) {
    const row = await findByKey(reader, model, key)
    return isChild(row, parent) ? row : undefined
  }
  const where = { [key.field]: key.value, [parent.field]: { id: parent.id } }
  const { rows } = await reader.page(model.name, { size: 1, where })
  return rows[0]
}

function isChild(
  row: Entity | undefined,
  parent: { readonly field: string; readonly id: string },
): boolean {
  return (row?.[parent.field] as Entity | null | undefined)?.id === parent.id
}
