import type { EntitySchema } from '@postern/schema'
import { buildConfiguration } from './build-configuration.ts'
import { compileRules } from './entity-rules.ts'
import { storeErrors } from './errors.ts'
import { LayeredTables } from './layered-tables.ts'
import { MemoryTables } from './memory-tables.ts'
import { createReader, readerWhileOpen } from './reader.ts'
import type { Store } from './store.ts'
import { openTransaction } from './transaction.ts'
import { createWriteQueue } from './write-queue.ts'

/** Options of `createMemoryStore`. */
export interface MemoryStoreOptions {
  /** The entities it holds; foreign fields may only point to entities in the list. */
  readonly entities: readonly EntitySchema[]
  /** Milliseconds since 1970, for expiry. `Date.now` unless set. */
  readonly now?: () => number
}

/** A store that lives as long as the process. Rows that it hands out are frozen. */
export function createMemoryStore({ entities, now = Date.now }: MemoryStoreOptions): Store {
  const ruleSet = compileRules(entities)
  const tables = new MemoryTables(ruleSet)
  const reader = readerWhileOpen(createReader(ruleSet, tables, now), checkOpen)
  const queue = createWriteQueue()
  let revision = 0
  let isClosed = false

  return {
    ...reader,
    async readAll() {
      checkOpen()
      return buildConfiguration(ruleSet, tables, revision, now())
    },
    async write(work) {
      checkOpen()
      return queue.run(async () => {
        const layered = new LayeredTables(ruleSet, tables)
        const tx = openTransaction(ruleSet, layered, now())
        const result = await work(tx).finally(() => tx.end())
        layered.commit()
        if (tx.hasChanged) revision += 1
        return result
      })
    },
    async close() {
      isClosed = true
      await queue.idle()
    },
  }

  function checkOpen(): void {
    if (isClosed) throw storeErrors.CLOSED()
  }
}
