import type { DeclaredRow } from '@postern/entities'
import type { EntitySchema } from '@postern/schema'
import type { Entity, Store } from '@postern/store'
import { checkRow } from '../check-row.ts'

/** How many rows of an entity are new, different, or gone. */
export interface RowChanges {
  readonly entity: string
  readonly added: number
  readonly changed: number
  readonly removed: number
}

/** What a worker could not serve, although its schema takes it. */
export interface RowFault {
  readonly row: DeclaredRow
  /** Names below the row, and the text. */
  readonly field: string | undefined
  readonly message: string
}

/** Thrown out of the transaction, so that nothing of it stays. */
export class RowFaults extends Error {
  readonly faults: readonly RowFault[]

  constructor(faults: readonly RowFault[]) {
    super(faults.map(({ message }) => message).join('; '))
    this.faults = faults
  }
}

/** Rows by entity and id, with the text by which they are compared. */
export type LoadedRows = ReadonlyMap<string, { readonly row: Entity; readonly text: string }>

/**
 * Puts rows in the place of everything that a store holds, in one transaction. A row that is as it
 * was keeps its times. Where nothing has changed, nothing is written.
 *
 * @throws RowFaults
 */
export async function replaceRows(
  store: Store,
  rows: readonly DeclaredRow[],
  context: { readonly entities: readonly EntitySchema[]; readonly before: LoadedRows },
): Promise<{ readonly loaded: LoadedRows; readonly changes: readonly RowChanges[] }> {
  const { entities, before } = context
  const loaded = keepTimes(rows, before)
  const changes = entities.map(({ name }) => compare(name, before, loaded)).filter(hasChanged)
  if (changes.length === 0 && before.size > 0) return { loaded, changes }
  const order = inDependencyOrder(entities)
  await store.write(async (tx) => {
    for (const { name } of order.toReversed()) {
      for (const { row } of rowsOf(name, before)) await tx.delete(name, row.id)
    }
    for (const { name } of order) {
      for (const { row } of rowsOf(name, loaded)) await tx.insert(name, row)
    }
    const faults: RowFault[] = []
    for (const row of rows) {
      const violations = (await checkRow(row.entity, row.row, tx)) ?? {}
      for (const [field, message] of Object.entries(violations)) {
        const isWhole = field === '@entity'
        faults.push({ row, field: isWhole ? undefined : field, message: String(message) })
      }
    }
    if (faults.length > 0) throw new RowFaults(faults)
  })
  return { loaded, changes }
}

function keepTimes(rows: readonly DeclaredRow[], before: LoadedRows): LoadedRows {
  const loaded = new Map<string, { row: Entity; text: string }>()
  for (const { entity, row } of rows) {
    const { created_at: _created, updated_at: _updated, ...content } = row
    const text = JSON.stringify(content)
    const key = `${entity}\n${row.id}`
    const old = before.get(key)
    loaded.set(key, old?.text === text ? old : { row, text })
  }
  return loaded
}

function compare(entity: string, before: LoadedRows, after: LoadedRows): RowChanges {
  const prefix = `${entity}\n`
  const isOurs = ([key]: readonly [string, unknown]) => key.startsWith(prefix)
  const old = [...before].filter(isOurs)
  const now = [...after].filter(isOurs)
  return {
    entity,
    added: now.filter(([key]) => !before.has(key)).length,
    changed: now.filter(([key, { text }]) => (before.get(key)?.text ?? text) !== text).length,
    removed: old.filter(([key]) => !after.has(key)).length,
  }
}

function hasChanged({ added, changed, removed }: RowChanges): boolean {
  return added + changed + removed > 0
}

function rowsOf(entity: string, rows: LoadedRows): readonly { readonly row: Entity }[] {
  return [...rows].filter(([key]) => key.startsWith(`${entity}\n`)).map(([, one]) => one)
}

/** Each after those that it points to. A circle, which no entity of ours has, is cut somewhere. */
function inDependencyOrder(entities: readonly EntitySchema[]): readonly EntitySchema[] {
  const byName = new Map(entities.map((schema) => [schema.name, schema]))
  const ordered = new Set<EntitySchema>()
  const entered = new Set<EntitySchema>()
  const visit = (schema: EntitySchema): void => {
    if (entered.has(schema)) return
    entered.add(schema)
    for (const field of Object.values(schema.fields)) {
      const target = field.type === 'foreign' ? byName.get(field.reference) : undefined
      if (target !== undefined) visit(target)
    }
    ordered.add(schema)
  }
  for (const schema of entities) visit(schema)
  return [...ordered]
}
