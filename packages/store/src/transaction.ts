import {
  type EntityRules,
  type ForeignRule,
  foreignId,
  type RuleSet,
  uniqueFields,
  uniqueValues,
} from './entity-rules.ts'
import { storeErrors } from './errors.ts'
import { keepRow } from './expiry.ts'
import { createReader } from './reader.ts'
import { foreignInUse, foreignMissing, primaryTaken, uniqueTaken } from './store-conflict.ts'
import type { Entity, Page, PageQuery, Reader, Transaction } from './store.ts'
import type { Tables } from './tables.ts'

/** A transaction, and whether it has changed anything. */
export interface OpenTransaction extends Transaction {
  readonly hasChanged: boolean
  /** Refuses everything from here on: what comes too late would not be in the transaction. */
  end(): void
}

/**
 * Holds the constraints over tables that know none: every kind of store behaves alike because all
 * of them write through this. The moment of the transaction is fixed, so that nothing expires
 * between two of its steps.
 */
export function openTransaction(ruleSet: RuleSet, tables: Tables, nowMs: number): OpenTransaction {
  for (const rules of ruleSet.all) if (rules.expires) tables.removeExpired(rules, nowMs)
  return new ConstrainedTransaction(ruleSet, tables, nowMs)
}

class ConstrainedTransaction implements OpenTransaction {
  hasChanged = false
  #hasEnded = false
  readonly #reader: Reader
  readonly #ruleSet: RuleSet
  readonly #tables: Tables
  readonly #nowMs: number

  constructor(ruleSet: RuleSet, tables: Tables, nowMs: number) {
    this.#ruleSet = ruleSet
    this.#tables = tables
    this.#nowMs = nowMs
    this.#reader = createReader(ruleSet, tables, () => nowMs)
  }

  async select(entity: string, id: string): Promise<Entity | undefined> {
    this.#checkOpen()
    return this.#reader.select(entity, id)
  }

  async selectBy(entity: string, field: string, value: unknown): Promise<Entity | undefined> {
    this.#checkOpen()
    return this.#reader.selectBy(entity, field, value)
  }

  async page(entity: string, query: PageQuery): Promise<Page> {
    this.#checkOpen()
    return this.#reader.page(entity, query)
  }

  async insert(entity: string, row: Entity): Promise<void> {
    this.#checkOpen()
    const rules = this.#ruleSet.of(entity)
    if (this.#tables.get(rules, row.id) !== undefined) throw primaryTaken(entity, row.id)
    this.#checkUnique(rules, row)
    this.#checkForeign(rules, row)
    this.#tables.put(rules, keepRow(rules, row, undefined, this.#nowMs))
    this.hasChanged = true
  }

  async replace(entity: string, row: Entity): Promise<void> {
    this.#checkOpen()
    const rules = this.#ruleSet.of(entity)
    const current = this.#tables.get(rules, row.id)
    if (current === undefined) throw storeErrors.ROW_MISSING(entity, row.id)
    this.#checkUnique(rules, row)
    this.#checkForeign(rules, row)
    this.#tables.put(rules, keepRow(rules, row, current, this.#nowMs))
    this.hasChanged = true
  }

  async delete(entity: string, id: string): Promise<boolean> {
    this.#checkOpen()
    const rules = this.#ruleSet.of(entity)
    if (this.#tables.get(rules, id) === undefined) return false
    const doomed = this.#collectDoomed(rules, id)
    this.#checkRestricted(rules, doomed)
    for (const row of doomed) this.#clearReferences(row)
    for (const row of doomed) this.#tables.remove(row.rules, row.id)
    this.hasChanged = true
    return true
  }

  end(): void {
    this.#hasEnded = true
  }

  #checkOpen(): void {
    if (this.#hasEnded) throw storeErrors.TRANSACTION_ENDED()
  }

  #checkUnique(rules: EntityRules, row: Entity): void {
    for (const rule of rules.unique) {
      const values = uniqueValues(rule, row)
      if (values === undefined) continue
      const holder = this.#tables.findUnique(rules, rule, values)
      if (holder === undefined || holder === row.id) continue
      throw uniqueTaken(rules.name, uniqueFields(rule, row))
    }
  }

  #checkForeign(rules: EntityRules, row: Entity): void {
    for (const rule of rules.foreign) {
      const id = foreignId(row, rule.field)
      if (id === undefined) continue
      const isThere = this.#tables.get(this.#ruleSet.of(rule.reference), id) !== undefined
      if (!isThere) throw foreignMissing(rules.name, rule.field, id, rule.reference)
    }
  }

  /** The row itself, and what goes with it by `on_delete: 'cascade'`, parents first. */
  #collectDoomed(rules: EntityRules, id: string): DoomedRow[] {
    const doomed: DoomedRow[] = [{ rules, id }]
    const seen = new Set([keyOf(rules.name, id)])
    // The list grows while it is walked: children of children are found as well.
    for (const parent of doomed) {
      for (const rule of parent.rules.referencedBy) {
        if (rule.onDelete !== 'cascade') continue
        for (const child of this.#tables.findReferencing(rule, parent.id)) {
          const key = keyOf(rule.entity, child)
          if (seen.has(key)) continue
          seen.add(key)
          doomed.push({ rules: this.#ruleSet.of(rule.entity), id: child })
        }
      }
    }
    return doomed
  }

  /** A reference from a row that is deleted as well does not hold anything back. */
  #checkRestricted(rules: EntityRules, doomed: readonly DoomedRow[]): void {
    const gone = new Set(doomed.map((row) => keyOf(row.rules.name, row.id)))
    for (const row of doomed) {
      for (const rule of row.rules.referencedBy) {
        if (rule.onDelete !== 'restrict') continue
        const stays = (id: string) => !gone.has(keyOf(rule.entity, id))
        if (!this.#tables.findReferencing(rule, row.id).some(stays)) continue
        throw foreignInUse(rules.name, rule.entity)
      }
    }
  }

  #clearReferences(row: DoomedRow): void {
    for (const rule of row.rules.referencedBy) {
      if (rule.onDelete !== 'null') continue
      for (const id of this.#tables.findReferencing(rule, row.id)) this.#clear(rule, id)
    }
  }

  #clear(rule: ForeignRule, id: string): void {
    const rules = this.#ruleSet.of(rule.entity)
    const stored = this.#tables.get(rules, id)
    if (stored === undefined) return
    this.#tables.put(rules, { ...stored, row: { ...stored.row, [rule.field]: null } })
  }
}

interface DoomedRow {
  readonly rules: EntityRules
  readonly id: string
}

function keyOf(entity: string, id: string): string {
  return `${entity}\n${id}`
}
