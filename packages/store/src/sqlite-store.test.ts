import { chmodSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { afterAll, describe, expect, it } from 'vitest'
import { describeStore } from '../test/store-conformance.ts'
import { idOf, teaEntities } from '../test/tea-entities.ts'
import { createSqliteStore } from './sqlite-store.ts'
import type { Store } from './store.ts'

const folder = mkdtempSync(join(tmpdir(), 'postern-store-'))
afterAll(() => rmSync(folder, { recursive: true }))

let files = 0
function newFile(): string {
  return join(folder, `${files++}.sqlite`)
}

function openStore(file: string): Store {
  return createSqliteStore({ entities: teaEntities, file })
}

describeStore('createSqliteStore()', (now) =>
  createSqliteStore({ entities: teaEntities, file: newFile(), now }),
)

describe('createSqliteStore()', () => {
  it('finds everything again after it was closed', async () => {
    const file = newFile()
    const first = openStore(file)
    await first.write((tx) => tx.insert('houses', { id: idOf(1), name: 'red' }))
    await first.close()
    const second = openStore(file)
    expect(await second.readAll()).toMatchObject({ revision: 1, entities: { houses: [{}] } })
    await second.close()
  })

  it('keeps the file and its log to the owner', async () => {
    const file = newFile()
    const store = openStore(file)
    await store.write((tx) => tx.insert('houses', { id: idOf(1), name: 'red' }))
    for (const name of [file, `${file}-wal`, `${file}-shm`]) {
      expect(statSync(name).mode & 0o777).toBe(0o600)
    }
    await store.close()
  })

  it('takes the rights of others away from a file that is there', async () => {
    const file = newFile()
    await openStore(file).close()
    chmodSync(file, 0o644)
    await openStore(file).close()
    expect(statSync(file).mode & 0o777).toBe(0o600)
  })

  it('lets two processes share a file', async () => {
    const file = newFile()
    const [one, other] = [openStore(file), openStore(file)]
    await one.write((tx) => tx.insert('houses', { id: idOf(1), name: 'red' }))
    expect(await other.selectBy('houses', 'name', 'red')).toMatchObject({ id: idOf(1) })
    await other.write((tx) => tx.insert('houses', { id: idOf(2), name: 'blue' }))
    expect((await one.readAll()).revision).toBe(2)
    await one.close()
    await other.close()
  })

  it('makes a table for an entity that is added later', async () => {
    const file = newFile()
    const first = createSqliteStore({ entities: teaEntities.slice(0, 1), file })
    await first.write((tx) => tx.insert('houses', { id: idOf(1), name: 'red' }))
    await first.close()
    const second = openStore(file)
    await second.write((tx) => tx.insert('pots', { id: idOf(2), house: { id: idOf(1) } }))
    expect(await second.select('pots', idOf(2))).toMatchObject({ house: { id: idOf(1) } })
    await second.close()
  })

  it('indexes a field that becomes unique later', async () => {
    const file = newFile()
    const [houses] = teaEntities
    const { name: _, ...fields } = houses?.fields ?? {}
    const before = { ...houses, name: 'houses', primary_key: ['id'], fields }
    const first = createSqliteStore({ entities: [before], file })
    await first.write((tx) => tx.insert('houses', { id: idOf(1), name: 'red' }))
    await first.close()
    const second = openStore(file)
    await expect(
      second.write((tx) => tx.insert('houses', { id: idOf(2), name: 'red' })),
    ).rejects.toMatchObject({ kind: 'unique' })
    await second.close()
  })

  it.each([
    {
      title: 'is not a database',
      make: (file: string) => writeFileSync(file, 'tea\n'.repeat(999)),
    },
    {
      title: 'belongs to another program',
      make: (file: string) => {
        const database = new DatabaseSync(file)
        database.exec('CREATE TABLE notes (text)')
        database.close()
      },
    },
  ])('refuses a file that $title, and leaves it as it is', ({ make }) => {
    const file = newFile()
    make(file)
    const before = readFileSync(file)
    expect(() => openStore(file)).toThrow(/cannot be used/)
    expect(readFileSync(file).equals(before)).toBe(true)
  })

  it('refuses a file in a folder that is not there', () => {
    const file = join(folder, 'nowhere', 'x.sqlite')
    expect(() => openStore(file)).toThrow(
      expect.objectContaining({ code: 'POSTERN_STORE_FILE_UNUSABLE' }),
    )
  })

  it('refuses the file of a later version', async () => {
    const file = newFile()
    await openStore(file).close()
    const database = new DatabaseSync(file)
    database.exec('UPDATE schema_version SET version = 99')
    database.close()
    expect(() => openStore(file)).toThrow(
      expect.objectContaining({ code: 'POSTERN_STORE_FILE_NEWER' }),
    )
  })

  it('waits for another process that writes', async () => {
    const file = newFile()
    const store = openStore(file)
    const other = new DatabaseSync(file)
    other.exec('BEGIN IMMEDIATE')
    const written = store.write((tx) => tx.insert('houses', { id: idOf(1), name: 'red' }))
    expect(await store.select('houses', idOf(1))).toBeUndefined()
    other.exec('ROLLBACK')
    other.close()
    await written
    expect(await store.select('houses', idOf(1))).toBeDefined()
    await store.close()
  })

  it('gives up a write after the lock timeout, and takes the next one', async () => {
    const file = newFile()
    const store = createSqliteStore({ entities: teaEntities, file, lockTimeoutMs: 20 })
    const other = new DatabaseSync(file)
    other.exec('BEGIN IMMEDIATE')
    const insert = () => store.write((tx) => tx.insert('houses', { id: idOf(1), name: 'red' }))
    await expect(insert()).rejects.toMatchObject({ code: 'POSTERN_STORE_LOCKED' })
    other.exec('ROLLBACK')
    other.close()
    await insert()
    expect(await store.select('houses', idOf(1))).toBeDefined()
    await store.close()
  })
})
