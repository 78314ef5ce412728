// What every store must do alike. One file, because it is one suite: each store calls it once.
import { afterEach, describe, expect, it } from 'vitest'
import { type Entity, isStoreConflict, type Store, type StoreConflict } from '../src/index.ts'
import { idOf } from './tea-entities.ts'

/** Makes an empty store of `teaEntities` whose clock is the one given. */
export type StoreFactory = (now: () => number) => Store

/** Declares the tests of the Store interface for one kind of store. */
export function describeStore(name: string, createStore: StoreFactory): void {
  const open: Store[] = []
  afterEach(async () => {
    for (const store of open.splice(0)) await store.close()
  })

  /** A store with a clock that the test moves. */
  function storeWithClock() {
    const clock = { nowMs: 1_700_000_000_000 }
    const store = createStore(() => clock.nowMs)
    open.push(store)
    return { store, clock }
  }

  function emptyStore(): Store {
    return storeWithClock().store
  }

  async function storeWith(rows: readonly (readonly [entity: string, row: Entity])[]) {
    const store = emptyStore()
    await store.write(async (tx) => {
      for (const [entity, row] of rows) await tx.insert(entity, row)
    })
    return store
  }

  const house: Entity = { id: idOf(1), name: 'red', code: 7, tags: ['old'] }
  const pot: Entity = { id: idOf(2), name: 'iron', house: { id: house.id }, tags: null }

  describe(`${name}: rows`, () => {
    it('answers an inserted row by id', async () => {
      const store = await storeWith([['houses', house]])
      expect(await store.select('houses', house.id)).toEqual(house)
    })

    it('answers nothing for an id that is not there', async () => {
      expect(await emptyStore().select('houses', house.id)).toBeUndefined()
    })

    it('replaces a whole row', async () => {
      const store = await storeWith([['houses', house]])
      await store.write((tx) => tx.replace('houses', { id: house.id, name: 'blue' }))
      expect(await store.select('houses', house.id)).toEqual({ id: house.id, name: 'blue' })
    })

    it('refuses to replace a row that is not there', async () => {
      const store = emptyStore()
      await expect(store.write((tx) => tx.replace('houses', house))).rejects.toMatchObject({
        code: 'POSTERN_STORE_ROW_MISSING',
      })
    })

    it('deletes a row, and says whether there was one', async () => {
      const store = await storeWith([['houses', house]])
      expect(await store.write((tx) => tx.delete('houses', house.id))).toBe(true)
      expect(await store.write((tx) => tx.delete('houses', house.id))).toBe(false)
      expect(await store.select('houses', house.id)).toBeUndefined()
    })

    it('keeps nothing but JSON data', async () => {
      const row = { ...house, at: new Date(0), none: undefined, list: [undefined, Number.NaN] }
      const store = await storeWith([['houses', row]])
      const kept = { ...house, at: '1970-01-01T00:00:00.000Z', list: [null, null] }
      expect(await store.select('houses', house.id)).toEqual(kept)
    })

    it('keeps a row apart from the object it was written from', async () => {
      const row = { id: idOf(1), name: 'red', tags: ['old'] }
      const store = await storeWith([['houses', row]])
      row.tags.push('new')
      expect(await store.select('houses', row.id)).toMatchObject({ tags: ['old'] })
    })

    it('keeps a row apart from the object it was read into', async () => {
      const store = await storeWith([['houses', { ...house, tags: ['old'] }]])
      const read = await store.select('houses', house.id)
      try {
        ;(read as unknown as { tags: string[] }).tags.push('new')
      } catch {
        // A frozen row cannot be changed, which is as good.
      }
      expect(await store.select('houses', house.id)).toMatchObject({ tags: ['old'] })
    })

    it.each([
      ['quotes', `it's "red"; DROP TABLE houses --`],
      ['line ends', 'red\r\nblue'],
      ['a NUL', 'red\u0000blue'],
      ['other scripts', '茶 ☕ é é'],
      ['names of prototypes', '__proto__'],
      ['a long text', 'x'.repeat(100_000)],
    ])('finds a row by a unique value with %s', async (_, value) => {
      const store = await storeWith([['houses', { id: idOf(1), name: value }]])
      expect(await store.selectBy('houses', 'name', value)).toMatchObject({ id: idOf(1) })
      expect(await store.selectBy('houses', 'name', `${value}x`)).toBeUndefined()
    })

    it('keeps keys that are names of prototypes', async () => {
      const row = JSON.parse(`{"id":"${idOf(1)}","name":"a","map":{"__proto__":{"x":1}}}`)
      const store = await storeWith([['houses', row]])
      expect(JSON.stringify(await store.select('houses', idOf(1)))).toBe(JSON.stringify(row))
    })

    it.each(['nope', '__proto__', 'constructor', '', 'houses"; --'])(
      'rejects the unknown entity %j',
      async (entity) => {
        const store = emptyStore()
        const unknown = { code: 'POSTERN_STORE_ENTITY_UNKNOWN' }
        await expect(store.select(entity, house.id)).rejects.toMatchObject(unknown)
        await expect(store.selectBy(entity, 'name', 'x')).rejects.toMatchObject(unknown)
        await expect(store.page(entity, { size: 1 })).rejects.toMatchObject(unknown)
        await expect(store.write((tx) => tx.insert(entity, house))).rejects.toMatchObject(unknown)
      },
    )
  })

  describe(`${name}: selectBy()`, () => {
    it.each([
      { field: 'name', value: 'red', finds: true },
      { field: 'name', value: 'Red', finds: false },
      { field: 'code', value: 7, finds: true },
      { field: 'code', value: '7', finds: false },
      { field: 'name', value: null, finds: false },
    ])('compares $field with $value exactly', async ({ field, value, finds }) => {
      const store = await storeWith([['houses', house]])
      expect((await store.selectBy('houses', field, value)) !== undefined).toBe(finds)
    })

    it('compares fields that are not unique, and foreign ones by their id', async () => {
      const store = await storeWith([
        ['houses', house],
        ['pots', pot],
      ])
      expect(await store.selectBy('pots', 'name', 'iron')).toEqual(pot)
      expect(await store.selectBy('pots', 'house', { id: house.id })).toEqual(pot)
      expect(await store.selectBy('pots', 'house', null)).toBeUndefined()
    })

    it('finds a row by its new value only, once it has changed', async () => {
      const store = await storeWith([['houses', house]])
      await store.write((tx) => tx.replace('houses', { ...house, name: 'blue' }))
      expect(await store.selectBy('houses', 'name', 'red')).toBeUndefined()
      expect(await store.selectBy('houses', 'name', 'blue')).toMatchObject({ id: house.id })
    })
  })

  describe(`${name}: page()`, () => {
    const numbers = [5, 3, 1, 4, 2]
    const houses = numbers.map((number): readonly [string, Entity] => [
      'houses',
      {
        id: idOf(number),
        name: `h${number}`,
        tags: number % 2 === 0 ? ['even'] : ['odd', `n${number}`],
      },
    ])
    const namesOf = (rows: readonly Entity[]) => rows.map((row) => row.name)

    it('answers rows in the order of their ids', async () => {
      const store = await storeWith(houses)
      const { rows, more } = await store.page('houses', { size: 100 })
      expect(namesOf(rows)).toEqual(['h1', 'h2', 'h3', 'h4', 'h5'])
      expect(more).toBe(false)
    })

    it.each([
      { size: 4, more: true },
      { size: 5, more: false },
      { size: 6, more: false },
    ])('says more: $more for a page of $size of 5 rows', async ({ size, more }) => {
      const store = await storeWith(houses)
      expect((await store.page('houses', { size })).more).toBe(more)
    })

    it('goes on behind the last row seen, also when that row is gone', async () => {
      const store = await storeWith(houses)
      await store.write((tx) => tx.delete('houses', idOf(2)))
      const { rows, more } = await store.page('houses', { size: 2, after: idOf(2) })
      expect(namesOf(rows)).toEqual(['h3', 'h4'])
      expect(more).toBe(true)
    })

    it.each([
      { mode: 'and' as const, tags: ['odd'], found: ['h1', 'h3', 'h5'] },
      { mode: 'and' as const, tags: ['odd', 'n3'], found: ['h3'] },
      { mode: 'and' as const, tags: ['odd', 'even'], found: [] },
      { mode: 'or' as const, tags: ['n1', 'even'], found: ['h1', 'h2', 'h4'] },
      { mode: 'or' as const, tags: ['none'], found: [] },
      { mode: 'or' as const, tags: ["'; --"], found: [] },
    ])('filters by tags $mode $tags', async ({ mode, tags, found }) => {
      const store = await storeWith(houses)
      const { rows } = await store.page('houses', { size: 100, tags: { mode, tags } })
      expect(namesOf(rows)).toEqual(found)
    })

    it('pages through what the filters leave over', async () => {
      const store = await storeWith(houses)
      const tags = { mode: 'and' as const, tags: ['odd'] }
      const first = await store.page('houses', { size: 2, tags })
      expect([namesOf(first.rows), first.more]).toEqual([['h1', 'h3'], true])
      const second = await store.page('houses', { size: 2, tags, after: idOf(3) })
      expect([namesOf(second.rows), second.more]).toEqual([['h5'], false])
    })

    it('answers the rows of one parent', async () => {
      const store = await storeWith([
        ['houses', house],
        ['houses', { id: idOf(9), name: 'blue' }],
        ['pots', pot],
        ['pots', { id: idOf(4), name: 'a', house: { id: idOf(9) } }],
        ['pots', { id: idOf(3), name: 'b', house: { id: idOf(9) } }],
        ['pots', { id: idOf(5), name: 'c', house: null }],
      ])
      const pots = async (where: Record<string, unknown>) =>
        namesOf((await store.page('pots', { size: 100, where })).rows)
      expect(await pots({ house: { id: idOf(9) } })).toEqual(['b', 'a'])
      expect(await pots({ house: { id: idOf(9) }, name: 'a' })).toEqual(['a'])
      expect(await pots({ house: null })).toEqual(['c'])
      expect(await pots({ house: { id: idOf(8) } })).toEqual([])
    })
  })

  describe(`${name}: constraints`, () => {
    /** Runs a write that must fail and answers the facts of the conflict. */
    async function conflictOf(
      store: Store,
      entity: string,
      row: Entity,
      how: 'insert' | 'replace',
    ) {
      const failure: unknown = await store.write((tx) => tx[how](entity, row)).catch((e) => e)
      if (!isStoreConflict(failure)) throw failure
      const { kind, fields, related } = failure
      return { kind, entity: failure.entity, fields, related }
    }

    it('refuses an id that is taken', async () => {
      const store = await storeWith([['houses', house]])
      const row = { id: house.id, name: 'other' }
      expect(await conflictOf(store, 'houses', row, 'insert')).toEqual({
        kind: 'primary',
        entity: 'houses',
        fields: { id: house.id },
        related: undefined,
      })
      expect(await store.select('houses', house.id)).toEqual(house)
    })

    it('refuses a unique value that is taken, when inserting and when replacing', async () => {
      const store = await storeWith([
        ['houses', house],
        ['houses', { id: idOf(2), name: 'blue' }],
      ])
      const conflict = { kind: 'unique', entity: 'houses', fields: { name: 'red' } }
      const third = { id: idOf(3), name: 'red' }
      expect(await conflictOf(store, 'houses', third, 'insert')).toMatchObject(conflict)
      const second = { id: idOf(2), name: 'red' }
      expect(await conflictOf(store, 'houses', second, 'replace')).toMatchObject(conflict)
    })

    it('does not quote the unique value in the message', async () => {
      const store = await storeWith([['houses', house]])
      const failure = await store
        .write((tx) => tx.insert('houses', { ...house, id: idOf(3), name: 'red' }))
        .catch((error: StoreConflict) => error)
      expect((failure as Error).message).not.toContain('red')
    })

    it('lets a row keep its own unique values', async () => {
      const store = await storeWith([['houses', house]])
      await store.write((tx) => tx.replace('houses', { ...house, tags: [] }))
      expect(await store.select('houses', house.id)).toMatchObject({ name: 'red', tags: [] })
    })

    it('lets many rows be null in a unique field', async () => {
      const store = await storeWith([
        ['houses', { id: idOf(1), name: null }],
        ['houses', { id: idOf(2), name: null }],
        ['houses', { id: idOf(3) }],
      ])
      expect((await store.page('houses', { size: 100 })).rows).toHaveLength(3)
    })

    it('frees a unique value with its row', async () => {
      const store = await storeWith([['houses', house]])
      await store.write(async (tx) => {
        await tx.delete('houses', house.id)
        await tx.insert('houses', { ...house, id: idOf(2) })
      })
      expect(await store.selectBy('houses', 'name', 'red')).toMatchObject({ id: idOf(2) })
    })

    it('hands a unique value over inside one transaction', async () => {
      const store = await storeWith([['houses', house]])
      await store.write(async (tx) => {
        await tx.replace('houses', { ...house, name: 'blue', code: 8 })
        await tx.insert('houses', { ...house, id: idOf(2) })
      })
      expect(await store.selectBy('houses', 'name', 'red')).toMatchObject({ id: idOf(2) })
    })

    const label = { id: idOf(5), name: 'tea', house: { id: house.id }, pot: null }

    it.each([
      { title: 'same name and house, no pot', row: { ...label, id: idOf(6) }, isTaken: true },
      { title: 'another name', row: { ...label, id: idOf(6), name: 'mate' }, isTaken: false },
      { title: 'no house', row: { ...label, id: idOf(6), house: null }, isTaken: false },
      {
        title: 'a pot as well',
        row: { ...label, id: idOf(6), pot: { id: pot.id } },
        isTaken: false,
      },
    ])('compares the whole cache key with its nulls: $title', async ({ row, isTaken }) => {
      const store = await storeWith([
        ['houses', house],
        ['pots', pot],
        ['labels', label],
      ])
      const insert = store.write((tx) => tx.insert('labels', row))
      if (isTaken) {
        await expect(insert).rejects.toMatchObject({
          kind: 'unique',
          fields: { name: 'tea', house: { id: house.id }, pot: null },
        })
      } else {
        await expect(insert).resolves.toBeUndefined()
      }
    })

    it('refuses a second row without any scope in its cache key', async () => {
      const bare = { id: idOf(5), name: 'tea', house: null, pot: null }
      const store = await storeWith([['labels', bare]])
      const again = { ...bare, id: idOf(6) }
      expect(await conflictOf(store, 'labels', again, 'insert')).toMatchObject({ kind: 'unique' })
    })

    it('refuses a foreign row that is not there', async () => {
      const store = emptyStore()
      expect(await conflictOf(store, 'pots', pot, 'insert')).toEqual({
        kind: 'foreign-missing',
        entity: 'pots',
        fields: { house: { id: house.id } },
        related: 'houses',
      })
    })

    it('takes a foreign row of the same transaction', async () => {
      const store = await storeWith([
        ['houses', house],
        ['pots', pot],
      ])
      expect(await store.select('pots', pot.id)).toEqual(pot)
    })

    it('refuses to delete a row that others need', async () => {
      const store = await storeWith([
        ['houses', house],
        ['pots', pot],
      ])
      await expect(store.write((tx) => tx.delete('houses', house.id))).rejects.toMatchObject({
        kind: 'foreign-in-use',
        entity: 'houses',
        fields: { '@referenced_by': 'pots' },
        related: 'pots',
      })
      expect(await store.select('houses', house.id)).toEqual(house)
    })

    it('deletes children with their parent, and their children', async () => {
      const { store } = storeWithClock()
      await store.write(async (tx) => {
        await tx.insert('guests', { id: idOf(7), favourite: null })
        await tx.insert('passes', { id: idOf(8), key: 'k', guest: { id: idOf(7) } })
        await tx.delete('guests', idOf(7))
      })
      expect(await store.select('passes', idOf(8))).toBeUndefined()
    })

    it('clears a reference with on_delete null', async () => {
      const store = await storeWith([
        ['houses', house],
        ['pots', pot],
        ['guests', { id: idOf(7), favourite: { id: pot.id } }],
        ['labels', { ...label, pot: { id: pot.id } }],
      ])
      await store.write((tx) => tx.delete('pots', pot.id))
      expect(await store.select('guests', idOf(7))).toEqual({ id: idOf(7), favourite: null })
      expect(await store.select('labels', label.id)).toBeUndefined()
    })
  })

  describe(`${name}: write()`, () => {
    it('keeps nothing of a transaction that fails', async () => {
      const store = await storeWith([['houses', house]])
      const work = store.write(async (tx) => {
        await tx.replace('houses', { ...house, name: 'blue' })
        await tx.insert('houses', { id: idOf(2), name: 'green' })
        await tx.delete('houses', house.id)
        throw new Error('changed my mind')
      })
      await expect(work).rejects.toThrow('changed my mind')
      expect(await store.readAll()).toMatchObject({
        revision: 1,
        entities: { houses: [house] },
      })
    })

    it('takes writes again after one has failed', async () => {
      const store = emptyStore()
      await store.write(() => Promise.reject(new Error('no'))).catch(() => {})
      await store.write((tx) => tx.insert('houses', house))
      expect(await store.select('houses', house.id)).toEqual(house)
    })

    it('answers what the work answers', async () => {
      expect(await emptyStore().write(async () => 42)).toBe(42)
    })

    it('shows a transaction its own changes, and nobody else before it ends', async () => {
      const store = await storeWith([['houses', house]])
      await store.write(async (tx) => {
        await tx.insert('houses', { id: idOf(2), name: 'blue' })
        await tx.replace('houses', { ...house, name: 'green' })
        expect(await tx.selectBy('houses', 'name', 'blue')).toMatchObject({ id: idOf(2) })
        expect((await tx.page('houses', { size: 9 })).rows.map((row) => row.name)).toEqual([
          'green',
          'blue',
        ])
        expect(await store.selectBy('houses', 'name', 'red')).toEqual(house)
        expect((await store.readAll()).entities.houses).toEqual([house])
      })
      expect(await store.select('houses', idOf(2))).toMatchObject({ name: 'blue' })
    })

    it('runs one transaction at a time, in the order of asking', async () => {
      const store = await storeWith([['houses', { ...house, code: 0 }]])
      const increments = Array.from({ length: 20 }, () =>
        store.write(async (tx) => {
          const row = (await tx.select('houses', house.id)) as Entity
          await new Promise((resolve) => setImmediate(resolve))
          await tx.replace('houses', { ...row, code: (row.code as number) + 1 })
        }),
      )
      await Promise.all(increments)
      expect(await store.select('houses', house.id)).toMatchObject({ code: 20 })
    })

    it('refuses what comes after the transaction has ended', async () => {
      const store = emptyStore()
      const late = await store.write(async (tx) => () => tx.insert('houses', house))
      await expect(late()).rejects.toMatchObject({ code: 'POSTERN_STORE_TRANSACTION_ENDED' })
      expect(await store.select('houses', house.id)).toBeUndefined()
    })

    it('raises the revision by one for each transaction that changes something', async () => {
      const store = emptyStore()
      const revision = async () => (await store.readAll()).revision
      expect(await revision()).toBe(0)
      await store.write(async (tx) => {
        await tx.insert('houses', house)
        await tx.insert('pots', pot)
      })
      expect(await revision()).toBe(1)
      await store.write((tx) => tx.select('houses', house.id))
      await store.write((tx) => tx.delete('houses', idOf(9)))
      expect(await revision()).toBe(1)
      await store.write((tx) => tx.delete('pots', pot.id))
      expect(await revision()).toBe(2)
    })
  })

  describe(`${name}: readAll()`, () => {
    it('answers every entity, rows in the order of their ids', async () => {
      const store = await storeWith([
        ['houses', { id: idOf(2), name: 'b' }],
        ['houses', { id: idOf(1), name: 'a' }],
      ])
      expect(await store.readAll()).toEqual({
        revision: 1,
        entities: {
          houses: [
            { id: idOf(1), name: 'a' },
            { id: idOf(2), name: 'b' },
          ],
          pots: [],
          labels: [],
          guests: [],
          passes: [],
        },
        expiresAtMs: { passes: {} },
      })
    })

    it('answers data that can be sent to another process', async () => {
      const store = await storeWith([['houses', house]])
      const all = await store.readAll()
      expect(JSON.parse(JSON.stringify(all))).toEqual(all)
      expect(structuredClone(all)).toEqual(all)
    })
  })

  describe(`${name}: ttl`, () => {
    const guest = { id: idOf(1), favourite: null }
    const pass = { id: idOf(2), key: 'k', guest: { id: guest.id }, ttl: 60 }

    async function storeWithPass() {
      const { store, clock } = storeWithClock()
      await store.write(async (tx) => {
        await tx.insert('guests', guest)
        await tx.insert('passes', pass)
      })
      return { store, clock }
    }

    it.each([
      { afterMs: 0, left: 60 },
      { afterMs: 1, left: 60 },
      { afterMs: 1000, left: 59 },
      { afterMs: 59_999, left: 1 },
    ])('shows $left seconds left after $afterMs ms', async ({ afterMs, left }) => {
      const { store, clock } = await storeWithPass()
      clock.nowMs += afterMs
      expect(await store.select('passes', pass.id)).toMatchObject({ ttl: left })
    })

    it('shows an expired row to nobody', async () => {
      const { store, clock } = await storeWithPass()
      clock.nowMs += 60_000
      expect(await store.select('passes', pass.id)).toBeUndefined()
      expect(await store.selectBy('passes', 'key', 'k')).toBeUndefined()
      expect((await store.page('passes', { size: 9 })).rows).toEqual([])
      expect(await store.readAll()).toMatchObject({ entities: { passes: [] } })
      await store.write(async (tx) => {
        expect(await tx.select('passes', pass.id)).toBeUndefined()
      })
    })

    it('lets a new row take the key and the id of an expired one', async () => {
      const { store, clock } = await storeWithPass()
      clock.nowMs += 60_000
      await store.write((tx) => tx.insert('passes', pass))
      expect(await store.selectBy('passes', 'key', 'k')).toMatchObject({ ttl: 60 })
    })

    it.each([0, null, undefined])('takes a ttl of %s as never', async (ttl) => {
      const { store, clock } = await storeWithPass()
      await store.write((tx) => tx.replace('passes', { ...pass, ttl }))
      clock.nowMs += 1e12
      expect(await store.select('passes', pass.id)).toMatchObject({ key: 'k', ttl: null })
    })

    it('leaves the moment of expiry alone when a row is put back as it was read', async () => {
      const { store, clock } = await storeWithPass()
      clock.nowMs += 30_500
      await store.write(async (tx) => {
        const row = (await tx.select('passes', pass.id)) as Entity
        await tx.replace('passes', { ...row, tags: ['x'] })
      })
      clock.nowMs += 29_499
      expect(await store.select('passes', pass.id)).toMatchObject({ tags: ['x'] })
      clock.nowMs += 1
      expect(await store.select('passes', pass.id)).toBeUndefined()
    })

    it('starts anew with another ttl', async () => {
      const { store, clock } = await storeWithPass()
      clock.nowMs += 30_000
      await store.write((tx) => tx.replace('passes', { ...pass, ttl: 100 }))
      clock.nowMs += 99_999
      expect(await store.select('passes', pass.id)).toMatchObject({ ttl: 1 })
    })

    it('tells with everything when rows expire', async () => {
      const { store, clock } = await storeWithPass()
      expect((await store.readAll()).expiresAtMs).toEqual({
        passes: { [pass.id]: clock.nowMs + 60_000 },
      })
    })
  })

  describe(`${name}: close()`, () => {
    it('waits for the write that is running, and refuses everything afterwards', async () => {
      const store = emptyStore()
      const steps: string[] = []
      const running = store.write(async (tx) => {
        await new Promise((resolve) => setImmediate(resolve))
        await tx.insert('houses', house)
        steps.push('written')
      })
      await store.close().then(() => steps.push('closed'))
      await running
      expect(steps).toEqual(['written', 'closed'])
      const closed = { code: 'POSTERN_STORE_CLOSED' }
      await expect(store.select('houses', house.id)).rejects.toMatchObject(closed)
      await expect(store.readAll()).rejects.toMatchObject(closed)
      await expect(store.write(async () => 1)).rejects.toMatchObject(closed)
    })

    it('may be called twice', async () => {
      const store = emptyStore()
      await store.close()
      await expect(store.close()).resolves.toBeUndefined()
    })
  })
}
