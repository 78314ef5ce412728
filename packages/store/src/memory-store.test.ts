import { describe, expect, it } from 'vitest'
import { describeStore } from '../test/store-conformance.ts'
import { idOf, teaEntities } from '../test/tea-entities.ts'
import { createMemoryStore } from './memory-store.ts'

describeStore('createMemoryStore()', (now) => createMemoryStore({ entities: teaEntities, now }))

describe('createMemoryStore()', () => {
  it('hands out frozen rows', async () => {
    const store = createMemoryStore({ entities: teaEntities })
    await store.write((tx) => tx.insert('houses', { id: idOf(1), name: 'red', tags: ['old'] }))
    const row = await store.select('houses', idOf(1))
    expect(Object.isFrozen(row)).toBe(true)
    expect(Object.isFrozen(row?.tags)).toBe(true)
  })
})
