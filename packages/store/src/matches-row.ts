import type { Entity, PageQuery } from './store.ts'

/** Whether a row has the values and tags a query asks for. */
export function matchesRow(row: Entity, query: PageQuery): boolean {
  for (const [field, value] of Object.entries(query.where ?? {})) {
    if (!isSame(row[field], value)) return false
  }
  return query.tags === undefined || hasTags(row, query.tags)
}

function isSame(found: unknown, wanted: unknown): boolean {
  return comparable(found) === comparable(wanted)
}

/** A foreign value counts by its id; a field that is not there counts as null. */
function comparable(value: unknown): unknown {
  if (typeof value !== 'object' || value === null) return value ?? null
  return (value as { readonly id?: unknown }).id
}

function hasTags(row: Entity, { mode, tags }: NonNullable<PageQuery['tags']>): boolean {
  const own: readonly unknown[] = Array.isArray(row.tags) ? row.tags : []
  const has = (tag: string) => own.includes(tag)
  return mode === 'and' ? tags.every(has) : tags.some(has)
}
