import { once } from 'node:events'
import { mkdtempSync, rmSync } from 'node:fs'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, describe, expect, it } from 'vitest'
import { createSqliteStore } from '../src/index.ts'
import { idOf, teaEntities } from './tea-entities.ts'

const folder = mkdtempSync(join(tmpdir(), 'postern-standalone-'))
afterAll(() => rmSync(folder, { recursive: true }))

describe('createSqliteStore() in a bare node:http server', () => {
  it('keeps what requests write', async () => {
    const file = join(folder, 'tea.sqlite')
    const store = createSqliteStore({ entities: teaEntities, file })
    let count = 0
    const keepAndList = async (name: string) => {
      count += 1
      await store.write((tx) => tx.insert('houses', { id: idOf(count), name }))
      const { rows } = await store.page('houses', { size: 10 })
      return JSON.stringify(rows.map((row) => row.name))
    }
    const server = createServer((req, res) => {
      keepAndList(req.url ?? '').then(
        (list) => res.end(list),
        (error: unknown) => res.destroy(error as Error),
      )
    })
    server.listen(0, '127.0.0.1')
    await once(server, 'listening')
    const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`

    await (await fetch(`${url}/red`)).text()
    const answer = await (await fetch(`${url}/blue`)).json()

    expect(answer).toEqual(['/red', '/blue'])
    server.closeAllConnections()
    server.close()
    await store.close()
  })
})
