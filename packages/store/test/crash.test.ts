import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { setTimeout } from 'node:timers/promises'
import { fileURLToPath } from 'node:url'
import { afterAll, describe, expect, it } from 'vitest'
import { createSqliteStore } from '../src/index.ts'
import { teaEntities } from './tea-entities.ts'

const KILLS = 20
const WRITER = fileURLToPath(new URL('crash-writer.ts', import.meta.url))

const folder = mkdtempSync(join(tmpdir(), 'postern-crash-'))
afterAll(() => rmSync(folder, { recursive: true }))

describe('createSqliteStore() and kill -9', () => {
  it(`keeps what was acknowledged, whole, through ${KILLS} kills`, {
    timeout: 120_000,
  }, async () => {
    const file = join(folder, 'store.sqlite')
    for (let kill = 0; kill < KILLS; kill++) {
      const livedMs = Math.random() * 60
      const acknowledged = await writeUntilKilled(file, livedMs)
      const found = await readState(file)
      const told = `kill ${kill} after ${livedMs} ms`
      // One write may have been committed without its answer having got out.
      expect(found.revision, told).toBeGreaterThanOrEqual(acknowledged)
      expect(found.revision, told).toBeLessThanOrEqual(acknowledged + 1)
      expect(found, told).toEqual({
        revision: found.revision,
        houses: found.revision,
        pots: found.revision,
        integrity: 'ok',
      })
    }
  })
})

/** Starts the writer, lets it live for a while after its first answer, and tells its last one. */
async function writeUntilKilled(file: string, livedMs: number): Promise<number> {
  const flags = ['--conditions=@postern/source', '--no-warnings']
  const writer = spawn(process.execPath, [...flags, WRITER, file], {
    stdio: ['ignore', 'pipe', 'inherit'],
  })
  let output = ''
  writer.stdout.setEncoding('utf8').on('data', (text: string) => {
    output += text
  })
  await once(writer.stdout, 'data')
  await setTimeout(livedMs)
  writer.kill('SIGKILL')
  await once(writer, 'close')
  const answers = output.split('\n').slice(0, -1)
  return Number(answers.at(-1))
}

async function readState(file: string) {
  const store = createSqliteStore({ entities: teaEntities, file })
  const { revision, entities } = await store.readAll()
  await store.close()
  const database = new DatabaseSync(file)
  const integrity = database.prepare('PRAGMA integrity_check').get()?.integrity_check
  database.close()
  return { revision, houses: entities.houses?.length, pots: entities.pots?.length, integrity }
}
