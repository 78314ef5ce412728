import type { EntityRules, ForeignRule, RuleSet, UniqueRule } from './entity-rules.ts'
import { MemoryTables } from './memory-tables.ts'
import type { PageQuery } from './store.ts'
import type { StoredRow, Tables } from './tables.ts'

/**
 * The changes of one transaction on top of committed rows. Readers of the rows below see nothing of
 * them until `commit`; dropping this object rolls back. The cost is that of the changes, not of the
 * rows below.
 */
export class LayeredTables implements Tables {
  readonly #ruleSet: RuleSet
  readonly #below: MemoryTables
  /** Rows that are new or changed. */
  readonly #above: MemoryTables
  /** By entity: ids of rows below that are removed or changed. */
  readonly #hidden: ReadonlyMap<string, Set<string>>

  constructor(ruleSet: RuleSet, below: MemoryTables) {
    this.#ruleSet = ruleSet
    this.#below = below
    this.#above = new MemoryTables(ruleSet)
    this.#hidden = new Map(ruleSet.all.map((rules) => [rules.name, new Set()]))
  }

  get(rules: EntityRules, id: string): StoredRow | undefined {
    const above = this.#above.get(rules, id)
    if (above !== undefined || this.#hiddenIn(rules.name).has(id)) return above
    return this.#below.get(rules, id)
  }

  findUnique(rules: EntityRules, rule: UniqueRule, values: readonly unknown[]): string | undefined {
    const above = this.#above.findUnique(rules, rule, values)
    if (above !== undefined) return above
    const below = this.#below.findUnique(rules, rule, values)
    return below === undefined || this.#hiddenIn(rules.name).has(below) ? undefined : below
  }

  findReferencing(rule: ForeignRule, id: string): readonly string[] {
    const hidden = this.#hiddenIn(rule.entity)
    const below = this.#below.findReferencing(rule, id).filter((child) => !hidden.has(child))
    return [...below, ...this.#above.findReferencing(rule, id)]
  }

  list(rules: EntityRules, query: PageQuery, nowMs: number): StoredRow[] {
    const hidden = this.#hiddenIn(rules.name)
    // As many more as may be hidden, so that enough is left.
    const enough = { ...query, size: query.size + hidden.size }
    const below = this.#below.list(rules, enough, nowMs).filter(({ row }) => !hidden.has(row.id))
    const above = this.#above.list(rules, query, nowMs)
    return [...below, ...above].sort(byId).slice(0, query.size)
  }

  put(rules: EntityRules, stored: StoredRow): void {
    this.#hide(rules, stored.row.id)
    this.#above.put(rules, stored)
  }

  remove(rules: EntityRules, id: string): void {
    this.#hide(rules, id)
    this.#above.remove(rules, id)
  }

  removeExpired(rules: EntityRules, nowMs: number): void {
    // Expired rows are seen by nobody, so nothing is lost when the transaction is rolled back.
    this.#below.removeExpired(rules, nowMs)
  }

  /** Puts the changes into the rows below. Synchronous: no reader sees half of it. */
  commit(): void {
    for (const rules of this.#ruleSet.all) {
      for (const id of this.#hiddenIn(rules.name)) this.#below.remove(rules, id)
      for (const stored of this.#above.table(rules.name).rows.values()) {
        this.#below.put(rules, stored)
      }
    }
  }

  #hide(rules: EntityRules, id: string): void {
    if (this.#below.get(rules, id) !== undefined) this.#hiddenIn(rules.name).add(id)
  }

  #hiddenIn(entity: string): Set<string> {
    return this.#hidden.get(entity) as Set<string>
  }
}

function byId(a: StoredRow, b: StoredRow): number {
  return a.row.id < b.row.id ? -1 : 1
}
