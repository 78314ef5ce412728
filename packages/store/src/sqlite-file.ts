import { chmodSync, closeSync, constants, fsyncSync, openSync } from 'node:fs'
import { dirname } from 'node:path'
import type { DatabaseSync } from 'node:sqlite'
import { storeErrors } from './errors.ts'

/** Layout of the file; grows when a table or a column changes its meaning. */
const LAYOUT = 1
/** Written into the head of the file ("Pstn"), so that somebody else's database is left alone. */
const APPLICATION_ID = 0x5073746e
/** How long to wait for another process that writes. */
const BUSY_TIMEOUT_MS = 5000

/**
 * Opens the database, makes the file where there is none, and brings its layout up to date.
 *
 * The file can be read and written by its owner only (0600): it holds credentials. SQLite gives its
 * `-wal` and `-shm` files the same mode.
 *
 * @throws POSTERN_STORE_FILE_UNUSABLE
 * @throws POSTERN_STORE_FILE_NEWER
 */
export function openDatabase(file: string): DatabaseSync {
  try {
    createPrivateFile(file)
    return prepareDatabase(connect(file), file)
  } catch (error) {
    if ((error as { readonly code?: unknown }).code === 'POSTERN_STORE_FILE_NEWER') throw error
    throw storeErrors.FILE_UNUSABLE(file, (error as Error).message).causedBy(error)
  }
}

/** A second connection, for reads that shall not see what a transaction has not committed. */
export function connect(file: string): DatabaseSync {
  // Asked for here and not imported: Node prints a warning about node:sqlite when it is loaded, and
  // whoever uses the memory store need not see it.
  const { DatabaseSync } = process.getBuiltinModule('node:sqlite')
  const database = new DatabaseSync(file)
  database.exec(`PRAGMA busy_timeout = ${BUSY_TIMEOUT_MS}`)
  return database
}

function createPrivateFile(file: string): void {
  const { O_CREAT, O_RDWR } = constants
  const handle = openSync(file, O_CREAT | O_RDWR, 0o600)
  fsyncSync(handle)
  closeSync(handle)
  chmodSync(file, 0o600)
  syncFolder(dirname(file))
}

/** A new file is only safe when its name in the folder is on disk as well. */
function syncFolder(folder: string): void {
  if (process.platform === 'win32') return
  const handle = openSync(folder, 'r')
  fsyncSync(handle)
  closeSync(handle)
}

function prepareDatabase(database: DatabaseSync, file: string): DatabaseSync {
  try {
    database.exec('PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL')
    database.exec('BEGIN IMMEDIATE')
    migrate(database, file)
    database.exec('COMMIT')
    return database
  } catch (error) {
    database.close()
    throw error
  }
}

function migrate(database: DatabaseSync, file: string): void {
  const applicationId = readPragma(database, 'application_id')
  const isEmpty = database.prepare('SELECT 1 FROM sqlite_schema LIMIT 1').get() === undefined
  if (applicationId !== APPLICATION_ID) {
    if (applicationId !== 0 || !isEmpty) throw new Error('it is not a store of Postern')
    database.exec(`PRAGMA application_id = ${APPLICATION_ID}`)
    database.exec('CREATE TABLE schema_version (version INTEGER NOT NULL) STRICT')
    database.exec(`INSERT INTO schema_version VALUES (${LAYOUT})`)
    database.exec('CREATE TABLE revision (number INTEGER NOT NULL) STRICT')
    database.exec('INSERT INTO revision VALUES (0)')
  }
  const found = Number(database.prepare('SELECT version FROM schema_version').get()?.version)
  if (found > LAYOUT) throw storeErrors.FILE_NEWER(file, found, LAYOUT)
}

function readPragma(database: DatabaseSync, name: string): number {
  return Number(database.prepare(`PRAGMA ${name}`).get()?.[name])
}
