import type { EntityRules, ForeignRule, RuleSet, UniqueRule } from './entity-rules.ts'
import { isLive } from './expiry.ts'
import { freezeRow } from './freeze-row.ts'
import { matchesRow } from './matches-row.ts'
import { MemoryTable } from './memory-table.ts'
import type { PageQuery } from './store.ts'
import type { StoredRow, Tables } from './tables.ts'

/** The committed rows of a memory store. */
export class MemoryTables implements Tables {
  readonly #tables: ReadonlyMap<string, MemoryTable>

  constructor(ruleSet: RuleSet) {
    this.#tables = new Map(ruleSet.all.map((rules) => [rules.name, new MemoryTable(rules)]))
  }

  table(entity: string): MemoryTable {
    // Every name that gets here went through the rules, which were made from the same list.
    return this.#tables.get(entity) as MemoryTable
  }

  get(rules: EntityRules, id: string): StoredRow | undefined {
    return this.table(rules.name).rows.get(id)
  }

  findUnique(rules: EntityRules, rule: UniqueRule, values: readonly unknown[]): string | undefined {
    return this.table(rules.name).findUnique(rule.name, values)
  }

  findReferencing(rule: ForeignRule, id: string): readonly string[] {
    return [...this.table(rule.entity).findReferencing(rule.field, id)]
  }

  list(rules: EntityRules, query: PageQuery, nowMs: number): StoredRow[] {
    const table = this.table(rules.name)
    const found: StoredRow[] = []
    const ids = narrowIds(table, rules, query)
    for (let i = firstAfter(ids, query.after); i < ids.length && found.length < query.size; i++) {
      const stored = table.rows.get(ids[i] as string)
      if (stored === undefined || !isLive(stored, nowMs)) continue
      if (matchesRow(stored.row, query)) found.push(stored)
    }
    return found
  }

  put(rules: EntityRules, stored: StoredRow): void {
    this.table(rules.name).put({ ...stored, row: freezeRow(stored.row) })
  }

  remove(rules: EntityRules, id: string): void {
    this.table(rules.name).remove(id)
  }

  removeExpired(rules: EntityRules, nowMs: number): void {
    const table = this.table(rules.name)
    for (const [id, stored] of table.rows) if (!isLive(stored, nowMs)) table.remove(id)
  }
}

/** The ids an index leaves over, in order, where there is an index for what is asked. */
function narrowIds(table: MemoryTable, rules: EntityRules, query: PageQuery): readonly string[] {
  for (const [field, value] of Object.entries(query.where ?? {})) {
    if (value === null) continue
    const unique = rules.unique.find((rule) => rule.name === field)
    if (unique !== undefined) {
      const id = table.findUnique(field, [value])
      return id === undefined ? [] : [id]
    }
    const target = (value as { readonly id?: unknown }).id
    const isForeign = rules.foreign.some((rule) => rule.field === field)
    if (isForeign && typeof target === 'string') {
      return [...table.findReferencing(field, target)].sort()
    }
  }
  return table.sortedIds()
}

/** Index of the first id behind `after`. */
function firstAfter(ids: readonly string[], after: string | undefined): number {
  if (after === undefined) return 0
  let low = 0
  let high = ids.length
  while (low < high) {
    const middle = (low + high) >>> 1
    if ((ids[middle] as string) <= after) low = middle + 1
    else high = middle
  }
  return low
}
