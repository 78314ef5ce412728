import type { EntitySchema } from '@postern/schema'
import type { DocumentKeys } from './declarative-fault.ts'

/** A row that has passed its schema, and where it stands. */
export interface DeclaredRow {
  /** Name of the table. */
  readonly entity: string
  readonly schema: EntitySchema
  readonly row: Readonly<Record<string, unknown>> & { readonly id: string }
  readonly keys: DocumentKeys
}

/** A row that is there already, and in what. */
export interface Repetition {
  readonly row: DeclaredRow
  readonly message: string
}

/** Finds rows that share with an earlier one what no two may share. */
export function findRepeated(rows: readonly DeclaredRow[]): readonly Repetition[] {
  const seen = new Set<string>()
  return rows.flatMap((row) => {
    const uses = usesOf(row).map((use) => ({ ...use, key: `${row.entity}\n${use.key}` }))
    const taken = uses.find(({ key }) => seen.has(key))
    for (const { key } of uses) seen.add(key)
    if (taken === undefined) return []
    const message = `uniqueness violation: '${row.entity}' entity with ${taken.what} already declared`
    return [{ row, message }]
  })
}

interface Use {
  readonly key: string
  readonly what: string
}

/** In the order in which Kong looks: names, the id, and then several fields together. */
function usesOf({ row, schema }: DeclaredRow): readonly Use[] {
  const uses: Use[] = []
  for (const [name, field] of Object.entries(schema.fields)) {
    const value = row[name] ?? null
    if (field.unique !== true || value === null) continue
    const shown = field.encrypted === true ? name : `${name} set to '${String(value)}'`
    uses.push({ key: `${name}\n${JSON.stringify(value)}`, what: shown })
  }
  uses.push({ key: `id\n${row.id}`, what: `primary key set to '${row.id}'` })
  const together = schema.cache_key ?? []
  if (together.length > 1) {
    const values = together.map((name) => row[name] ?? '')
    const shown = together.map((name) => `${name} set to '${idOrText(row[name] ?? null)}'`)
    uses.push({ key: `cache_key\n${JSON.stringify(values)}`, what: shown.join(', ') })
  }
  return uses
}

function idOrText(value: unknown): string {
  if (value === null) return 'null'
  return typeof value === 'object' ? String((value as { id?: unknown }).id) : String(value)
}
