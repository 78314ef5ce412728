import { describe, expect, it } from 'vitest'
import { openApi } from './open-api.ts'

/** An API with consumers c0, c1 … whose ids are in that order. */
async function apiWithConsumers(count: number) {
  const opened = openApi()
  for (let i = 0; i < count; i++) {
    const id = `00000000-0000-4000-8000-${String(i).padStart(12, '0')}`
    const tags = ['all', i % 2 === 0 ? 'even' : 'odd', `t ${i}`]
    await opened.ask('PUT', `/consumers/${id}`, { username: `c${i}`, tags })
  }
  return opened
}

function names(json: Readonly<Record<string, unknown>>): string[] {
  return (json.data as { username: string }[]).map(({ username }) => username)
}

describe('pages', () => {
  it('lead through all rows, and repeat what was asked for', async () => {
    const { ask } = await apiWithConsumers(5)
    const found: string[] = []
    let next: string | null = '/consumers?size=2&tags=all'
    while (next !== null) {
      const { json } = await ask('GET', next)
      found.push(...names(json))
      next = json.next as string | null
      if (next !== null) {
        expect(next).toMatch(/^\/consumers\?offset=[^&]+&tags=all&size=2$/)
        expect(json.offset).toEqual(expect.any(String))
      }
    }
    expect(found).toEqual(['c0', 'c1', 'c2', 'c3', 'c4'])
  })

  it('end without an offset, also when the last one is full', async () => {
    const { ask } = await apiWithConsumers(2)
    const { json } = await ask('GET', '/consumers?size=2')
    expect(json.next).toBeNull()
    expect('offset' in json).toBe(false)
  })

  it('hold 100 rows unless a size is given', async () => {
    const { ask } = await apiWithConsumers(101)
    const { json } = await ask('GET', '/consumers')
    expect(names(json)).toHaveLength(100)
    expect(json.next).not.toBeNull()
  })

  it.each([
    { size: '1', status: 200 },
    { size: '1000', status: 200 },
    { size: '0', status: 400, message: 'size must be an integer between 1 and 1000' },
    { size: '1001', status: 400, message: 'size must be an integer between 1 and 1000' },
    { size: '-1', status: 400, message: 'size must be an integer between 1 and 1000' },
    { size: '1.5', status: 400, message: 'size must be an integer between 1 and 1000' },
    { size: 'Infinity', status: 400, message: 'size must be an integer between 1 and 1000' },
    { size: 'abc', status: 400, message: 'size must be a number' },
    { size: '', status: 400, message: 'size must be a number' },
  ])('of the size $size are $status', async ({ size, status, message }) => {
    const { ask } = openApi()
    const answer = await ask('GET', `/services?size=${size}`)
    expect(answer.status).toBe(status)
    if (message !== undefined) {
      expect(answer.json).toEqual({ code: 9, name: 'invalid size', message })
    }
  })

  it.each(['x', '%00', 'WyJ4Il0%3D%3D%3D%3D', btoa('{}'), btoa('[1]'), btoa('[]'), ''])(
    'refuse the offset %s',
    async (offset) => {
      const { ask } = openApi()
      const { status, json } = await ask('GET', `/services?offset=${offset}`)
      expect(status).toBe(400)
      expect(json).toMatchObject({ code: 7, name: 'invalid offset' })
    },
  )

  it('below a parent name it as it was given, and not the size', async () => {
    const { ask } = openApi()
    await ask('POST', '/services', { name: 'tea', host: 'a.test' })
    for (const name of ['a', 'b']) await ask('POST', '/services/tea/routes', { name, paths: ['/'] })
    const { json } = await ask('GET', '/services/tea/routes?size=1')
    expect(json.next).toMatch(/^\/services\/tea\/routes\?offset=[^&]+$/)
    expect((await ask('GET', String(json.next))).json).toMatchObject({ next: null })
  })
})

describe('tags', () => {
  it.each([
    { tags: 'even', found: ['c0', 'c2'] },
    { tags: 'all,odd', found: ['c1'] },
    { tags: 'even,odd', found: [] },
    { tags: 'odd/t%200', found: ['c0', 'c1'] },
    { tags: 'none', found: [] },
  ])('filter a collection by $tags', async ({ tags, found }) => {
    const { ask } = await apiWithConsumers(3)
    expect(names((await ask('GET', `/consumers?tags=${tags}`)).json)).toEqual(found)
  })

  it.each([
    { tags: '', message: 'cannot be null' },
    { tags: 'a,b/c', message: 'invalid filter syntax' },
    { tags: 'a,,b', message: 'invalid filter syntax' },
    { tags: ',', message: 'invalid filter syntax' },
    { tags: '%01', message: 'invalid filter syntax' },
    { tags: 'a,b,c,d,e,f', message: 'cannot query more than 5 tags' },
  ])('refuse the filter $tags', async ({ tags, message }) => {
    const { ask } = openApi()
    const { status, json } = await ask('GET', `/consumers?tags=${tags}`)
    expect(status).toBe(400)
    expect(json).toEqual({
      code: 11,
      name: 'invalid options',
      message: `invalid option (tags: ${message})`,
      options: { tags: message },
    })
  })

  it('are listed with the entities that carry them, in pages', async () => {
    const { ask } = await apiWithConsumers(3)
    const rows: unknown[] = []
    let next: string | null = '/tags?size=4'
    while (next !== null) {
      const { json } = await ask('GET', next)
      rows.push(...(json.data as unknown[]))
      next = json.next as string | null
    }
    expect(rows).toHaveLength(9)
    expect(new Set(rows.map((row) => JSON.stringify(row))).size).toBe(9)
    expect((await ask('GET', '/tags/odd')).json).toEqual({
      data: [
        {
          tag: 'odd',
          entity_name: 'consumers',
          entity_id: '00000000-0000-4000-8000-000000000001',
        },
      ],
      next: null,
    })
  })

  it('cannot be written by themselves', async () => {
    const { ask } = openApi()
    expect(await ask('POST', '/tags', { tag: 'a' })).toMatchObject({
      status: 400,
      json: {
        code: 2,
        fields: { tags: 'does not support insert/upsert/update/delete operations' },
      },
    })
  })
})
