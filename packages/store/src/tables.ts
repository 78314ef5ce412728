import type { EntityRules, ForeignRule, UniqueRule } from './entity-rules.ts'
import type { Entity, PageQuery } from './store.ts'

/** A row as it is kept: its `ttl` is turned into the moment of expiry. */
export interface StoredRow {
  readonly row: Entity
  /** Milliseconds since 1970; null means never. */
  readonly expiresAtMs: number | null
}

/**
 * Rows by entity, without any constraint: what a transaction checks and writes through. Each kind
 * of store has its own. All of it is synchronous, so that one step of a transaction is one moment.
 */
export interface Tables {
  get(rules: EntityRules, id: string): StoredRow | undefined
  /** The id of the row that has these values for a unique rule. */
  findUnique(rules: EntityRules, rule: UniqueRule, values: readonly unknown[]): string | undefined
  /** The ids of the rows whose foreign field points to `id`. */
  findReferencing(rule: ForeignRule, id: string): readonly string[]
  /** Up to `size` rows; expired ones (at `nowMs`) are left out. */
  list(rules: EntityRules, query: PageQuery, nowMs: number): StoredRow[]
  put(rules: EntityRules, stored: StoredRow): void
  remove(rules: EntityRules, id: string): void
  /** Removes what has expired, so that it is in nobody's way. */
  removeExpired(rules: EntityRules, nowMs: number): void
}
