import type { RuleSet } from './entity-rules.ts'
import { showRow } from './expiry.ts'
import type { Configuration, Entity } from './store.ts'
import type { StoredRow, Tables } from './tables.ts'

/** Reads everything in one go. The caller sees to it that nothing is written meanwhile. */
export function buildConfiguration(
  ruleSet: RuleSet,
  tables: Tables,
  revision: number,
  nowMs: number,
): Configuration {
  const entities: Record<string, readonly Entity[]> = {}
  const expiresAtMs: Record<string, Readonly<Record<string, number>>> = {}
  for (const rules of ruleSet.all) {
    const stored = tables.list(rules, { size: Number.MAX_SAFE_INTEGER }, nowMs)
    entities[rules.name] = stored.map((row) => showRow(rules, row, nowMs))
    if (rules.expires) expiresAtMs[rules.name] = expiries(stored)
  }
  return { revision, entities, expiresAtMs }
}

function expiries(stored: readonly StoredRow[]): Record<string, number> {
  const byId: Record<string, number> = {}
  for (const { row, expiresAtMs } of stored) if (expiresAtMs !== null) byId[row.id] = expiresAtMs
  return byId
}
