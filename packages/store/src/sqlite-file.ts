import { chmodSync, closeSync, constants, fsyncSync, openSync } from 'node:fs'
import { dirname } from 'node:path'
import type { DatabaseSync } from 'node:sqlite'
import { storeErrors } from './errors.ts'

/** Layout of the file; grows when a table or a column changes its meaning. */
const LAYOUT = 1
/** Written into the head of the file ("Pstn"), so that somebody else's database is left alone. */
const APPLICATION_ID = 0x5073746e
/** How long opening waits for another process that writes. */
const OPEN_TIMEOUT_MS = 5000

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
  // Asked for here and not imported: some versions of Node warn on stderr when node:sqlite is
  // loaded, and whoever uses the memory store need not see it.
  const { DatabaseSync } = process.getBuiltinModule('node:sqlite')
  return new DatabaseSync(file)
}

function createPrivateFile(file: string): void {
  const { O_CREAT, O_RDWR } = constants
  const handle = openSync(file, O_CREAT | O_RDWR, 0o600)
  fsyncSync(handle)
  closeSync(handle)
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
    database.exec(`PRAGMA busy_timeout = ${OPEN_TIMEOUT_MS}`)
    const isNew = checkOwner(database)
    // After the check, so that the file of another program stays as it is; before the log is made,
    // so that the log gets the same mode.
    chmodSync(file, 0o600)
    database.exec('PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL')
    migrate(database, file, isNew)
    // From here on a writer waits without blocking the process (sqlite-store.ts).
    database.exec('PRAGMA busy_timeout = 0')
    return database
  } catch (error) {
    database.close()
    throw error
  }
}

/** Answers whether the database is new and empty. */
function checkOwner(database: DatabaseSync): boolean {
  const applicationId = Number(database.prepare('PRAGMA application_id').get()?.application_id)
  if (applicationId === APPLICATION_ID) return false
  const isEmpty = database.prepare('SELECT 1 FROM sqlite_schema LIMIT 1').get() === undefined
  if (applicationId !== 0 || !isEmpty) throw new Error('it belongs to another program')
  return true
}

function migrate(database: DatabaseSync, file: string, isNew: boolean): void {
  database.exec('BEGIN IMMEDIATE')
  // Asked again under the lock: another process may have been first.
  if (isNew && checkOwner(database)) database.exec(FIRST_LAYOUT)
  database.exec('COMMIT')
  const found = Number(database.prepare('SELECT version FROM schema_version').get()?.version)
  if (found > LAYOUT) throw storeErrors.FILE_NEWER(file, found, LAYOUT)
}

const FIRST_LAYOUT = `
  PRAGMA application_id = ${APPLICATION_ID};
  CREATE TABLE schema_version (version INTEGER NOT NULL) STRICT;
  INSERT INTO schema_version VALUES (${LAYOUT});
  CREATE TABLE revision (number INTEGER NOT NULL) STRICT;
  INSERT INTO revision VALUES (0);
`
