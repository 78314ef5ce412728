import type { DatabaseSync } from 'node:sqlite'
import { setTimeout } from 'node:timers/promises'
import type { EntitySchema } from '@postern/schema'
import { buildConfiguration } from './build-configuration.ts'
import { compileRules, type RuleSet } from './entity-rules.ts'
import { storeErrors } from './errors.ts'
import { createReader, readerWhileOpen } from './reader.ts'
import { connect, openDatabase } from './sqlite-file.ts'
import { createTables, SqliteTables } from './sqlite-tables.ts'
import type { Configuration, Store, Transaction } from './store.ts'
import { type OpenTransaction, openTransaction } from './transaction.ts'
import { createWriteQueue } from './write-queue.ts'

/** Options of `createSqliteStore`. */
export interface SqliteStoreOptions {
  /** The entities it holds; foreign fields may only point to entities in the list. */
  readonly entities: readonly EntitySchema[]
  /** Path of the database file. It is made when missing; its folder must be there. */
  readonly file: string
  /** How long a write waits for one of another process, in milliseconds. 5000 unless set. */
  readonly lockTimeoutMs?: number
  /** Milliseconds since 1970, for expiry. `Date.now` unless set. */
  readonly now?: () => number
}

/**
 * A store in a SQLite file: write-ahead log, synchronised at each commit, so that a write that was
 * answered survives a crash of the process and of the machine.
 *
 * Several processes may open one file; their writes wait for each other. A write that has waited
 * `lockTimeoutMs` rejects with POSTERN_STORE_LOCKED and has changed nothing.
 *
 * @throws POSTERN_STORE_FILE_UNUSABLE
 * @throws POSTERN_STORE_FILE_NEWER
 */
export function createSqliteStore(options: SqliteStoreOptions): Store {
  const { entities, file, lockTimeoutMs = 5000, now = Date.now } = options
  const ruleSet = compileRules(entities)
  const writing = openDatabase(file)
  createTables(writing, ruleSet)
  const reading = connect(file)
  const writingTables = new SqliteTables(writing)
  const readingTables = new SqliteTables(reading)
  const reader = readerWhileOpen(createReader(ruleSet, readingTables, now), checkOpen)
  const queue = createWriteQueue()
  let isClosed = false

  return {
    ...reader,
    async readAll() {
      checkOpen()
      return readConfiguration(reading, ruleSet, readingTables, now())
    },
    async write(work) {
      checkOpen()
      return queue.run(async () => {
        await beginImmediate(writing, file, lockTimeoutMs)
        const open = () => openTransaction(ruleSet, writingTables, now())
        return finishTransaction(writing, open, work)
      })
    },
    async close() {
      if (isClosed) return
      isClosed = true
      await queue.idle()
      reading.close()
      writing.close()
    },
  }

  function checkOpen(): void {
    if (isClosed) throw storeErrors.CLOSED()
  }
}

/**
 * Immediate: a second process must not write between our checks and our commit. Waits by asking
 * again, because SQLite's own waiting would hold up the whole process.
 */
async function beginImmediate(
  database: DatabaseSync,
  file: string,
  timeoutMs: number,
): Promise<void> {
  const startedAtMs = performance.now()
  while (true) {
    try {
      database.exec('BEGIN IMMEDIATE')
      return
    } catch (error) {
      if ((error as { readonly errcode?: unknown }).errcode !== SQLITE_BUSY) throw error
      const isOver = performance.now() - startedAtMs >= timeoutMs
      if (isOver) throw storeErrors.LOCKED(file, timeoutMs).causedBy(error)
      await setTimeout(RETRY_MS)
    }
  }
}

const SQLITE_BUSY = 5
const RETRY_MS = 5

async function finishTransaction<T>(
  database: DatabaseSync,
  open: () => OpenTransaction,
  work: (tx: Transaction) => Promise<T>,
): Promise<T> {
  try {
    const tx = open()
    const result = await work(tx).finally(() => tx.end())
    if (tx.hasChanged) database.exec('UPDATE revision SET number = number + 1')
    database.exec('COMMIT')
    return result
  } catch (error) {
    // A full disk makes SQLite roll back by itself; a second ROLLBACK would hide the reason.
    if (database.isTransaction) database.exec('ROLLBACK')
    throw error
  }
}

/** One read transaction, so that another process cannot write between two tables. */
function readConfiguration(
  database: DatabaseSync,
  ruleSet: RuleSet,
  tables: SqliteTables,
  nowMs: number,
): Configuration {
  database.exec('BEGIN')
  try {
    const revision = Number(database.prepare('SELECT number FROM revision').get()?.number)
    return buildConfiguration(ruleSet, tables, revision, nowMs)
  } finally {
    database.exec('COMMIT')
  }
}
