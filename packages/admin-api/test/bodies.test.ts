import { describe, expect, it } from 'vitest'
import { openApi } from './open-api.ts'

describe('a form', () => {
  it('takes the types of the schema', async () => {
    const { ask } = openApi()
    const form =
      'name=tea&config.functions[]=a&config.functions[]=b&config.handle_unknown=true&config.limit=7' +
      '&config.labels.x=1&config.pot.size=1.5&config.pot.name=12'
    const { status, json } = await ask('POST', '/plugins', form)
    expect(status).toBe(201)
    expect(json.config).toEqual({
      functions: ['a', 'b'],
      handle_unknown: true,
      limit: 7,
      labels: { x: '1' },
      pot: { size: 1.5, name: '12' },
    })
  })

  it('changes a plugin without naming it', async () => {
    const { ask } = openApi()
    const { json } = await ask('POST', '/plugins', { name: 'tea' })
    const patched = await ask('PATCH', `/plugins/${json.id}`, 'config.limit=5')
    expect(patched.json.config).toMatchObject({ limit: 5, functions: [] })
  })

  it('clears a field with an empty value', async () => {
    const { ask } = openApi()
    await ask('POST', '/services', { name: 'a', host: 'a.test', path: '/x' })
    expect((await ask('PATCH', '/services/a', 'path=')).json.path).toBeNull()
  })

  it.each([
    { form: 'host=a.test&port=8o', fields: { port: 'expected an integer' } },
    { form: 'host=a.test&enabled=yes', fields: { enabled: 'expected a boolean' } },
    { form: 'host', fields: { host: 'expected a string' } },
  ])('refuses $form', async ({ form, fields }) => {
    const { ask } = openApi()
    expect(await ask('POST', '/services', form)).toMatchObject({ status: 400, json: { fields } })
  })

  it.each([
    { count: 1000, status: 201 },
    { count: 1001, status: 400 },
  ])('with $count arguments is $status', async ({ count, status }) => {
    const { ask } = openApi()
    const tags = Array.from({ length: count - 1 }, (_, i) => `tags=t${i}`)
    const answer = await ask('POST', '/consumers', ['username=bob', ...tags].join('&'))
    expect(answer.status).toBe(status)
    if (status === 400) expect(answer.json).toEqual({ message: 'Too many arguments' })
  })
})

describe('dotted names in JSON', () => {
  it('are expanded and take the types of the schema', async () => {
    const { ask } = openApi()
    const { status, json } = await ask('POST', '/plugins', {
      name: 'tea',
      'config.functions': 'return function() end',
      'config.handle_unknown': 'true',
    })
    expect(status).toBe(201)
    expect(json.config).toMatchObject({
      functions: ['return function() end'],
      handle_unknown: true,
    })
  })

  it('add to the record beside them, which is not coerced', async () => {
    const { ask } = openApi()
    const body = { name: 'tea', config: { functions: ['a'] }, 'config.limit': 3 }
    expect((await ask('POST', '/plugins', body)).json.config).toMatchObject({
      functions: ['a'],
      limit: 3,
    })
    const wrong = { name: 'tea', config: { handle_unknown: 'true' }, 'config.limit': '3' }
    expect((await ask('POST', '/plugins', wrong)).json.fields).toEqual({
      config: { handle_unknown: 'expected a boolean' },
    })
  })

  it('change a plugin without naming it', async () => {
    const { ask } = openApi()
    const { json } = await ask('POST', '/plugins', { name: 'tea' })
    const patched = await ask('PATCH', `/plugins/${json.id}`, { 'config.limit': '5' })
    expect(patched.json.config).toMatchObject({ limit: 5 })
  })

  it('name a foreign entity', async () => {
    const { ask } = openApi()
    const { json } = await ask('POST', '/services', { name: 'a', host: 'a.test' })
    const route = await ask('POST', '/routes', { paths: ['/'], 'service.name': 'a' })
    expect(route.json.service).toEqual({ id: json.id })
  })

  it('that no field has are refused', async () => {
    const { ask } = openApi()
    const { json } = await ask('POST', '/consumers', { username: 'bob', 'a.b': 1 })
    expect(json.fields).toEqual({ a: 'unknown field' })
  })
})

describe('content types', () => {
  const ask = (type: string | undefined, body: string | undefined, method = 'POST') => {
    const { api } = openApi()
    const init = { method, ...(body !== undefined && { body }) }
    const request = new Request('http://127.0.0.1:8001/consumers', init)
    if (type === undefined) request.headers.delete('content-type')
    else request.headers.set('content-type', type)
    return api.fetch(request)
  }

  it.each([
    { type: 'application/json', body: '{"username":"a"}', status: 201 },
    { type: 'application/json; charset=utf-8', body: '{"username":"a"}', status: 201 },
    { type: 'Application/JSON', body: '{"username":"a"}', status: 201 },
    { type: 'application/x-www-form-urlencoded;charset=utf-8', body: 'username=a', status: 201 },
    { type: 'multipart/form-data', body: '', status: 400 },
    { type: 'text/plain', body: '{"username":"a"}', status: 415 },
    { type: 'application/xml', body: '<a/>', status: 415 },
    { type: 'text/plain', body: undefined, status: 415 },
    { type: undefined, body: '{"username":"a"}', status: 415 },
    { type: undefined, body: undefined, status: 400 },
    { type: undefined, body: '', status: 400 },
  ])('$type with the body $body is $status', async ({ type, body, status }) => {
    expect((await ask(type, body)).status).toBe(status)
  })

  it('are of no interest without POST, PUT or PATCH', async () => {
    expect((await ask('text/plain', undefined, 'GET')).status).toBe(200)
  })

  it('counts a chunked body without a byte as a body', async () => {
    const { api } = openApi()
    const request = new Request('http://127.0.0.1:8001/consumers', {
      method: 'POST',
      headers: { 'transfer-encoding': 'chunked' },
    })
    expect((await api.fetch(request)).status).toBe(415)
  })
})
