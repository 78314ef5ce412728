import type { EntityRules } from './entity-rules.ts'
import type { Entity } from './store.ts'
import type { StoredRow } from './tables.ts'

/** Whether a row is still to be seen. */
export function isLive(stored: StoredRow, nowMs: number): boolean {
  return stored.expiresAtMs === null || stored.expiresAtMs > nowMs
}

/** A row as readers see it: `ttl` is what is left of it in seconds, rounded up, or null. */
export function showRow(rules: EntityRules, stored: StoredRow, nowMs: number): Entity {
  return rules.expires ? { ...stored.row, ttl: secondsLeft(stored, nowMs) } : stored.row
}

/** A row as it is kept. `current` is the row it replaces. */
export function keepRow(
  rules: EntityRules,
  row: Entity,
  current: StoredRow | undefined,
  nowMs: number,
): StoredRow {
  if (!rules.expires) return { row, expiresAtMs: null }
  const kept = { ...row, ttl: null }
  const isUnchanged = current !== undefined && row.ttl === secondsLeft(current, nowMs)
  return { row: kept, expiresAtMs: isUnchanged ? current.expiresAtMs : expiryOf(row, nowMs) }
}

function secondsLeft(stored: StoredRow, nowMs: number): number | null {
  return stored.expiresAtMs === null ? null : Math.ceil((stored.expiresAtMs - nowMs) / 1000)
}

function expiryOf(row: Entity, nowMs: number): number | null {
  return typeof row.ttl === 'number' && row.ttl > 0 ? nowMs + row.ttl * 1000 : null
}
