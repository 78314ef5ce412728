import { describe, expect, it } from 'vitest'
import { openApi, UNKNOWN_ID } from './open-api.ts'

describe('/E', () => {
  it('makes an entity with its defaults', async () => {
    const { ask } = openApi()
    const { status, json } = await ask('POST', '/services', { host: 'a.test' })
    expect(status).toBe(201)
    expect(json).toMatchObject({ host: 'a.test', port: 80, retries: 5, name: null, enabled: true })
  })

  it('refuses a Route with an expression that would end a worker', async () => {
    const { ask, store } = openApi()
    const path = `~/${'(a|'.repeat(20_000)}b${')'.repeat(20_000)}`
    const { status, json } = await ask('POST', '/routes', { paths: [path] })
    expect(status).toBe(400)
    const reason = 'PCRE returned: regular expression is longer than 2048 characters'
    const message = `invalid regex: '${path.slice(1, 201)}...' (${reason})`
    expect(json).toMatchObject({ code: 2, fields: { paths: [message] } })
    expect((await store.readAll()).entities.routes).toEqual([])
  })

  it('refuses an id that is taken', async () => {
    const { ask } = openApi()
    const { json } = await ask('POST', '/consumers', { username: 'bob' })
    const again = await ask('POST', '/consumers', { id: json.id, username: 'al' })
    expect(again.status).toBe(400)
    expect(again.json).toEqual({
      code: 3,
      name: 'primary key violation',
      message: `primary key violation on key '{id="${json.id}"}'`,
      fields: { id: json.id },
    })
  })

  it('takes an id in capital letters as the same id', async () => {
    const { ask } = openApi()
    const id = 'ABCDEF00-0000-4000-8000-000000000000'
    await ask('POST', '/consumers', { id, username: 'bob' })
    const { json } = await ask('GET', `/consumers/${id}`)
    expect(json).toMatchObject({ id: id.toLowerCase(), username: 'bob' })
    expect((await ask('POST', '/consumers', { id: id.toLowerCase(), username: 'al' })).status).toBe(
      400,
    )
  })

  it('answers a consumer by custom_id as a page', async () => {
    const { ask } = openApi()
    await ask('POST', '/consumers', { username: 'bob', custom_id: 'x' })
    await ask('POST', '/consumers', { username: 'al' })
    expect((await ask('GET', '/consumers?custom_id=x')).json).toMatchObject({
      data: [{ username: 'bob' }],
      next: null,
    })
    expect((await ask('GET', '/consumers?custom_id=y')).json).toEqual({ data: [], next: null })
    expect((await ask('GET', '/consumers?custom_id=')).status).toBe(400)
  })
})

describe('/E/{id or key}', () => {
  it.each([
    { name: 'bob smith', path: 'bob%20smith' },
    { name: 'a/b', path: 'a%2Fb' },
    { name: '100%', path: '100%25' },
    { name: '%41', path: '%2541' },
    { name: 'é☕', path: '%C3%A9%E2%98%95' },
    { name: '?#', path: '%3F%23' },
  ])('reaches $name as $path', async ({ name, path }) => {
    const { ask } = openApi()
    await ask('POST', '/consumers', { username: name })
    expect((await ask('GET', `/consumers/${path}`)).json).toMatchObject({ username: name })
  })

  it.each([
    { method: 'GET', status: 404, body: { message: 'Not found' } },
    {
      method: 'PATCH',
      status: 404,
      body: {
        code: 6,
        name: 'not found',
        message: `could not find the entity with primary key '{id="${UNKNOWN_ID}"}'`,
        fields: { id: UNKNOWN_ID },
      },
    },
    { method: 'DELETE', status: 204, body: {} },
  ])('$method of an unknown id is $status', async ({ method, status, body }) => {
    const { ask } = openApi()
    const answer = await ask(method, `/services/${UNKNOWN_ID}`)
    expect(answer.status).toBe(status)
    expect(answer.json).toEqual(body)
  })

  it('PUT makes an entity with the id or the name of the path, and answers 200', async () => {
    const { ask } = openApi()
    const byId = await ask('PUT', `/services/${UNKNOWN_ID}`, { host: 'a.test', id: 'ignored' })
    expect(byId).toMatchObject({ status: 200, json: { id: UNKNOWN_ID, name: null } })
    const byName = await ask('PUT', '/services/tea', { host: 'a.test', name: 'ignored' })
    expect(byName).toMatchObject({ status: 200, json: { name: 'tea' } })
  })

  it('PUT returns what is not given to its default, and keeps id and created_at', async () => {
    const { ask } = openApi()
    const before = await ask('POST', '/services', {
      name: 'tea',
      host: 'a.test',
      retries: 9,
      created_at: 1000,
    })
    const after = await ask('PUT', '/services/tea', { host: 'b.test' })
    expect(after.json).toMatchObject({ id: before.json.id, retries: 5, created_at: 1000 })
  })

  it('PUT needs every required field also when the entity is there', async () => {
    const { ask } = openApi()
    await ask('POST', '/services', { name: 'tea', host: 'a.test' })
    expect(await ask('PUT', '/services/tea', {})).toMatchObject({
      status: 400,
      json: { code: 2, fields: { host: 'required field missing' } },
    })
  })

  it('PATCH changes what is given and nothing else', async () => {
    const { ask } = openApi()
    await ask('POST', '/services', { name: 'tea', host: 'a.test', path: '/x', tags: ['a'] })
    const { json } = await ask('PATCH', '/services/tea', { path: null, tags: [] })
    expect(json).toMatchObject({ name: 'tea', host: 'a.test', path: null, tags: [] })
  })

  it('PATCH never changes the id', async () => {
    const { ask } = openApi()
    const { json } = await ask('POST', '/services', { name: 'tea', host: 'a.test' })
    const patched = await ask('PATCH', '/services/tea', { id: UNKNOWN_ID })
    expect(patched.json.id).toBe(json.id)
  })

  it('tells a unique value that is taken', async () => {
    const { ask } = openApi()
    await ask('POST', '/services', { name: 'a', host: 'a.test' })
    await ask('POST', '/services', { name: 'b', host: 'a.test' })
    for (const answer of [
      await ask('POST', '/services', { name: 'a', host: 'a.test' }),
      await ask('PATCH', '/services/b', { name: 'a' }),
      await ask('PUT', `/services/${UNKNOWN_ID}`, { name: 'a', host: 'a.test' }),
    ]) {
      expect(answer.status).toBe(409)
      expect(answer.json).toEqual({
        code: 5,
        name: 'unique constraint violation',
        message: `UNIQUE violation detected on '{name="a"}'`,
        fields: { name: 'a' },
      })
    }
  })

  it.each([
    { path: '/services/a%20b', code: 10, name: 'invalid unique name' },
    { path: '/ca_certificates/nope', code: 1, name: 'invalid primary key' },
  ])('refuses the key in $path with code $code', async ({ path, code, name }) => {
    const { ask } = openApi()
    expect(await ask('GET', path)).toMatchObject({ status: 400, json: { code, name } })
  })
})

describe('foreign values in bodies', () => {
  it('takes a unique field instead of the id', async () => {
    const { ask } = openApi()
    const { json } = await ask('POST', '/services', { name: 'tea', host: 'a.test' })
    const route = await ask('POST', '/routes', { paths: ['/'], service: { name: 'tea' } })
    expect(route.json.service).toEqual({ id: json.id })
  })

  it.each([
    {
      service: { name: 'nope' },
      code: 13,
      fields: {
        service: {
          name: `the foreign key cannot be resolved with '{name="nope"}' for an existing 'services' entity`,
        },
      },
    },
    { service: { id: UNKNOWN_ID }, code: 4, fields: { service: { id: UNKNOWN_ID } } },
    { service: { id: 'x' }, code: 2, fields: { service: { id: 'expected a valid UUID' } } },
    { service: {}, code: 2, fields: { service: { id: 'missing primary key' } } },
  ])('refuses $service with code $code', async ({ service, code, fields }) => {
    const { ask } = openApi()
    const { status, json } = await ask('POST', '/routes', { paths: ['/'], service })
    expect(status).toBe(400)
    expect(json).toMatchObject({ code, fields })
  })
})

describe('/P/{p}/E', () => {
  it('sets the parent from the path, over the body', async () => {
    const { ask } = openApi()
    const a = await ask('POST', '/services', { name: 'a', host: 'a.test' })
    const b = await ask('POST', '/services', { name: 'b', host: 'a.test' })
    const route = await ask('POST', '/services/a/routes', {
      paths: ['/'],
      service: { id: b.json.id },
    })
    expect(route).toMatchObject({ status: 201, json: { service: { id: a.json.id } } })
  })

  it.each(['GET', 'PATCH', 'PUT', 'DELETE'])(
    '%s of a child of another parent is 404, and changes nothing',
    async (method) => {
      const { ask, store } = openApi()
      await ask('POST', '/services', { name: 'a', host: 'a.test' })
      await ask('POST', '/services', { name: 'b', host: 'a.test' })
      await ask('POST', '/services/a/routes', { name: 'r', paths: ['/'] })
      const { revision } = await store.readAll()
      const body = method === 'GET' || method === 'DELETE' ? undefined : { paths: ['/x'] }
      const answer = await ask(method, '/services/b/routes/r', body)
      expect(answer).toMatchObject({ status: 404, json: { message: 'Not found' } })
      expect((await store.readAll()).revision).toBe(revision)
    },
  )

  it.each([
    { method: 'GET', path: '/services/nope/routes' },
    { method: 'POST', path: '/services/nope/routes' },
    { method: 'DELETE', path: '/services/a/routes/nope' },
    { method: 'PATCH', path: '/services/a/routes/nope' },
  ])('$method $path is 404', async ({ method, path }) => {
    const { ask } = openApi()
    await ask('POST', '/services', { name: 'a', host: 'a.test' })
    const body = method === 'GET' || method === 'DELETE' ? undefined : { paths: ['/'] }
    expect(await ask(method, path, body)).toMatchObject({
      status: 404,
      json: { message: 'Not found' },
    })
  })

  it('PUT makes a child with the name of the path', async () => {
    const { ask } = openApi()
    const { json } = await ask('POST', '/services', { name: 'a', host: 'a.test' })
    const route = await ask('PUT', '/services/a/routes/r', { paths: ['/'] })
    expect(route).toMatchObject({ status: 200, json: { name: 'r', service: { id: json.id } } })
  })
})

describe('/E/{e}/field', () => {
  it('answers and changes what the field points to', async () => {
    const { ask } = openApi()
    await ask('POST', '/services', { name: 'a', host: 'a.test' })
    await ask('POST', '/services/a/routes', { name: 'r', paths: ['/'] })
    expect((await ask('GET', '/routes/r/service')).json).toMatchObject({ name: 'a' })
    expect((await ask('PATCH', '/routes/r/service', { retries: 1 })).json).toMatchObject({
      name: 'a',
      retries: 1,
    })
    expect((await ask('DELETE', '/routes/r/service')).status).toBe(405)
  })

  it('PUT makes the parent and points to it', async () => {
    const { ask } = openApi()
    await ask('POST', '/routes', { name: 'r', paths: ['/'] })
    for (const method of ['GET', 'DELETE']) {
      expect((await ask(method, '/routes/r/service')).status).toBe(404)
    }
    const { json } = await ask('PUT', '/routes/r/service', { name: 'a', host: 'a.test' })
    expect((await ask('GET', '/routes/r')).json.service).toEqual({ id: json.id })
  })

  it('PUT that is refused leaves no half of it', async () => {
    const { ask, store } = openApi()
    await ask('POST', '/routes', { name: 'r', protocols: ['tcp'], sources: [{ port: 1 }] })
    const { revision } = await store.readAll()
    expect((await ask('PUT', '/routes/r/service', { name: 'a' })).status).toBe(400)
    expect((await store.readAll()).revision).toBe(revision)
  })
})

describe('DELETE', () => {
  it('refuses a service that routes need', async () => {
    const { ask } = openApi()
    await ask('POST', '/services', { name: 'a', host: 'a.test' })
    await ask('POST', '/services/a/routes', { paths: ['/'] })
    const { status, json } = await ask('DELETE', '/services/a')
    expect(status).toBe(400)
    expect(json).toEqual({
      code: 4,
      name: 'foreign key violation',
      message: "an existing 'routes' entity references this 'services' entity",
      fields: { '@referenced_by': 'routes' },
    })
  })

  it('takes credentials with their consumer', async () => {
    const { ask } = openApi()
    await ask('POST', '/consumers', { username: 'bob' })
    await ask('POST', '/consumers/bob/tea-pass', { key: 'k' })
    await ask('DELETE', '/consumers/bob')
    expect((await ask('GET', '/tea-passes')).json.data).toEqual([])
  })
})
