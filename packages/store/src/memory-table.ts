import { type EntityRules, foreignId, uniqueValues } from './entity-rules.ts'
import type { StoredRow } from './tables.ts'

/** The rows of one entity with their indexes. */
export class MemoryTable {
  readonly rows: Map<string, StoredRow> = new Map()
  readonly #rules: EntityRules
  /** Rule name to values to id. */
  readonly #unique: ReadonlyMap<string, Map<string, string>>
  /** Foreign field to id pointed to, to the ids that point there. */
  readonly #foreign: ReadonlyMap<string, Map<string, Set<string>>>
  #sortedIds: string[] = []
  #addedIds: string[] = []
  #isSorted = true

  constructor(rules: EntityRules) {
    this.#rules = rules
    this.#unique = new Map(rules.unique.map((rule) => [rule.name, new Map()]))
    this.#foreign = new Map(rules.foreign.map((rule) => [rule.field, new Map()]))
  }

  put(stored: StoredRow): void {
    const { id } = stored.row
    if (this.rows.has(id)) this.#unindex(id)
    else this.#addedIds.push(id)
    this.#isSorted &&= this.rows.has(id)
    this.rows.set(id, stored)
    this.#index(stored)
  }

  remove(id: string): void {
    if (!this.rows.has(id)) return
    this.#unindex(id)
    this.rows.delete(id)
    this.#isSorted = false
  }

  findUnique(rule: string, values: readonly unknown[]): string | undefined {
    return this.#unique.get(rule)?.get(JSON.stringify(values))
  }

  findReferencing(field: string, id: string): ReadonlySet<string> {
    return this.#foreign.get(field)?.get(id) ?? NO_IDS
  }

  /** Sorted when asked for: a load of many rows sorts once. */
  sortedIds(): readonly string[] {
    if (!this.#isSorted) {
      // A row that was removed and put again stands in both lists.
      const ids = new Set([...this.#sortedIds, ...this.#addedIds])
      this.#sortedIds = [...ids].filter((id) => this.rows.has(id)).sort()
      this.#addedIds = []
      this.#isSorted = true
    }
    return this.#sortedIds
  }

  #index({ row }: StoredRow): void {
    for (const rule of this.#rules.unique) {
      const values = uniqueValues(rule, row)
      if (values !== undefined) this.#unique.get(rule.name)?.set(JSON.stringify(values), row.id)
    }
    for (const { field } of this.#rules.foreign) {
      const target = foreignId(row, field)
      if (target !== undefined) addTo(this.#foreign.get(field), target, row.id)
    }
  }

  #unindex(id: string): void {
    const row = this.rows.get(id)?.row
    if (row === undefined) return
    for (const rule of this.#rules.unique) {
      const values = uniqueValues(rule, row)
      if (values !== undefined) this.#unique.get(rule.name)?.delete(JSON.stringify(values))
    }
    for (const { field } of this.#rules.foreign) {
      const target = foreignId(row, field)
      if (target !== undefined) removeFrom(this.#foreign.get(field), target, id)
    }
  }
}

const NO_IDS: ReadonlySet<string> = new Set()

function addTo(index: Map<string, Set<string>> | undefined, target: string, id: string): void {
  const ids = index?.get(target)
  if (ids === undefined) index?.set(target, new Set([id]))
  else ids.add(id)
}

function removeFrom(index: Map<string, Set<string>> | undefined, target: string, id: string): void {
  const ids = index?.get(target)
  ids?.delete(id)
  if (ids?.size === 0) index?.delete(target)
}
