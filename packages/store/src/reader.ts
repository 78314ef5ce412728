import type { RuleSet } from './entity-rules.ts'
import { isLive, showRow } from './expiry.ts'
import type { Reader } from './store.ts'
import type { Tables } from './tables.ts'

/** Reads over tables. Every method is one moment. */
export function createReader(ruleSet: RuleSet, tables: Tables, now: () => number): Reader {
  return {
    async select(entity, id) {
      const rules = ruleSet.of(entity)
      const nowMs = now()
      const stored = tables.get(rules, id)
      if (stored === undefined || !isLive(stored, nowMs)) return undefined
      return showRow(rules, stored, nowMs)
    },

    async selectBy(entity, field, value) {
      const rules = ruleSet.of(entity)
      const nowMs = now()
      const [stored] = tables.list(rules, { size: 1, where: { [field]: value } }, nowMs)
      return stored === undefined ? undefined : showRow(rules, stored, nowMs)
    },

    async page(entity, query) {
      const rules = ruleSet.of(entity)
      const nowMs = now()
      const found = tables.list(rules, { ...query, size: query.size + 1 }, nowMs)
      const rows = found.slice(0, query.size).map((stored) => showRow(rules, stored, nowMs))
      return { rows, more: found.length > query.size }
    },
  }
}

/** The same reader, for as long as its store is open. */
export function readerWhileOpen(reader: Reader, checkOpen: () => void): Reader {
  return {
    async select(entity, id) {
      checkOpen()
      return reader.select(entity, id)
    },
    async selectBy(entity, field, value) {
      checkOpen()
      return reader.selectBy(entity, field, value)
    },
    async page(entity, query) {
      checkOpen()
      return reader.page(entity, query)
    },
  }
}
