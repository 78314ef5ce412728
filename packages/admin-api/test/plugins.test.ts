import { describe, expect, it } from 'vitest'
import { openApi, UNKNOWN_ID } from './open-api.ts'

describe('/plugins', () => {
  it('takes a plugin once in each scope', async () => {
    const { ask } = openApi()
    const { json } = await ask('POST', '/services', { name: 'a', host: 'a.test' })
    expect((await ask('POST', '/plugins', { name: 'tea' })).status).toBe(201)
    expect((await ask('POST', '/services/a/plugins', { name: 'tea' })).status).toBe(201)
    const again = await ask('POST', '/services/a/plugins', { name: 'tea' })
    expect(again.status).toBe(409)
    expect(again.json).toMatchObject({
      message: `UNIQUE violation detected on '{consumer=null,name="tea",route=null,service={id="${json.id}"}}'`,
      fields: { consumer: null, name: 'tea', route: null, service: { id: json.id } },
    })
  })

  it('refuses a plugin that is not enabled', async () => {
    const { ask } = openApi()
    for (const name of ['nope', '__proto__', 'constructor']) {
      expect((await ask('POST', '/plugins', { name })).json).toMatchObject({
        code: 2,
        fields: {
          name: `plugin '${name}' not enabled; add it to the 'plugins' configuration property`,
        },
      })
    }
  })

  it.each([
    { on: '/routes/r/plugins', message: "must match the associated route's protocols" },
    {
      on: '/services/a/plugins',
      message: "must match the protocols of at least one route pointing to this Plugin's service",
    },
  ])('holds $on to its protocols', async ({ on, message }) => {
    const { ask } = openApi()
    await ask('POST', '/services', { name: 'a', host: 'a.test' })
    await ask('POST', '/services/a/routes', { name: 'r', paths: ['/'], protocols: ['https'] })
    const http = await ask('POST', on, { name: 'tea', protocols: ['http'] })
    expect(http.json).toMatchObject({ code: 2, fields: { protocols: message } })
    const both = await ask('POST', on, { name: 'tea', protocols: ['http', 'https'] })
    expect(both.status).toBe(201)
  })

  it('takes any protocols on a service without routes', async () => {
    const { ask } = openApi()
    await ask('POST', '/services', { name: 'a', host: 'a.test' })
    const { status } = await ask('POST', '/services/a/plugins', {
      name: 'tea',
      protocols: ['http'],
    })
    expect(status).toBe(201)
  })

  it('PATCH of an unknown plugin is 404 without a code', async () => {
    const { ask } = openApi()
    for (const key of [UNKNOWN_ID, 'nope']) {
      expect(await ask('PATCH', `/plugins/${key}`, { enabled: false })).toMatchObject({
        status: 404,
        json: { message: 'Not found' },
      })
    }
  })

  it('sends warnings in a header and leaves the body as it is', async () => {
    const { ask } = openApi({
      warnings: (entity, row) =>
        entity === 'plugins' && row.name === 'tea' ? ['tea: é is hot', 'second'] : [],
    })
    const { headers, json } = await ask('POST', '/plugins', { name: 'tea' })
    expect(headers.get('x-postern-warning')).toBe('tea: ? is hot; second')
    expect(Object.keys(json)).not.toContain('warnings')
    const other = await ask('POST', '/consumers', { username: 'bob' })
    expect(other.headers.has('x-postern-warning')).toBe(false)
  })
})

describe('credentials', () => {
  it('PUT makes one with the key of the path, or with the id and a random key', async () => {
    const { ask } = openApi()
    await ask('POST', '/consumers', { username: 'bob' })
    expect((await ask('PUT', '/consumers/bob/tea-pass/secret', {})).json.key).toBe('secret')
    const { json } = await ask('PUT', `/consumers/bob/tea-pass/${UNKNOWN_ID}`, {})
    expect(json).toMatchObject({ id: UNKNOWN_ID, key: expect.stringMatching(/^[\da-zA-Z]{32}$/) })
  })

  it('shows what is left of the ttl, and keeps it through a PATCH', async () => {
    const { ask } = openApi()
    await ask('POST', '/consumers', { username: 'bob' })
    const { json } = await ask('POST', '/consumers/bob/tea-pass', { key: 'k', ttl: 100 })
    expect(json.ttl).toBe(100)
    const patched = await ask('PATCH', '/tea-passes/k', { tags: ['x'] })
    expect(patched.json.ttl).toBeGreaterThan(90)
  })

  it.each([
    { ttl: 0, status: 201 },
    { ttl: 100_000_000, status: 201 },
    { ttl: null, status: 201 },
    { ttl: 100_000_001, status: 400 },
    { ttl: -1, status: 400 },
    { ttl: 1.5, status: 400 },
    { ttl: '60', status: 400 },
  ])('with a ttl of $ttl are $status', async ({ ttl, status }) => {
    const { ask } = openApi()
    await ask('POST', '/consumers', { username: 'bob' })
    const answer = await ask('POST', '/consumers/bob/tea-pass', { ttl })
    expect(answer.status).toBe(status)
    if (status === 400) {
      expect(answer.json).toEqual({
        code: 11,
        name: 'invalid options',
        message: 'invalid option (ttl: must be an integer between 0 and 100000000)',
        options: { ttl: 'must be an integer between 0 and 100000000' },
      })
    }
  })

  it('takes the ttl of a form', async () => {
    const { ask } = openApi()
    await ask('POST', '/consumers', { username: 'bob' })
    const { json } = await ask('POST', '/consumers/bob/tea-pass', 'key=k&ttl=60')
    expect(json.ttl).toBe(60)
  })
})
