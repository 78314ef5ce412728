import { describe, expect, it } from 'vitest'
import { NODE_ID, openApi } from './open-api.ts'

describe('every answer', () => {
  it.each([
    { method: 'GET', path: '/services', status: 200 },
    { method: 'GET', path: '/nope', status: 404 },
    { method: 'DELETE', path: '/services/nope', status: 204 },
    { method: 'DELETE', path: '/services', status: 405 },
    { method: 'OPTIONS', path: '/services', status: 204 },
  ])('carries its headers: $method $path', async ({ method, path, status }) => {
    const { ask } = openApi()
    const answer = await ask(method, path)
    expect(answer.status).toBe(status)
    expect(answer.headers.get('server')).toBe('postern/0.1.0')
    expect(answer.headers.get('x-kong-admin-latency')).toMatch(/^\d+$/)
    expect(answer.headers.get('access-control-allow-origin')).toBe('*')
    expect(answer.headers.get('access-control-allow-credentials')).toBe('true')
    if (answer.text !== '') {
      expect(answer.headers.get('content-type')).toBe('application/json; charset=utf-8')
      expect(answer.headers.get('content-length')).toBe(String(Buffer.byteLength(answer.text)))
    }
  })

  it('is 500 without a reason when a fault of ours is behind it, which is told', async () => {
    const told: unknown[] = []
    const { ask, store } = openApi({ onError: (error) => told.push(error) })
    await store.close()
    expect(await ask('GET', '/services')).toMatchObject({
      status: 500,
      json: { message: 'An unexpected error occurred' },
    })
    expect(told).toMatchObject([{ code: 'POSTERN_STORE_CLOSED' }])
  })

  it('is the same with a slash at the end', async () => {
    const { ask } = openApi()
    expect((await ask('GET', '/services/')).json).toEqual({ data: [], next: null })
    expect((await ask('GET', '/status/')).status).toBe(200)
  })
})

describe('methods', () => {
  it.each([
    { path: '/services', allow: 'GET, HEAD, OPTIONS, POST' },
    { path: '/services/x', allow: 'DELETE, GET, HEAD, OPTIONS, PATCH, PUT' },
    { path: '/services/x/routes', allow: 'GET, HEAD, OPTIONS, POST' },
    { path: '/services/x/routes/y', allow: 'DELETE, GET, HEAD, OPTIONS, PATCH, PUT' },
    { path: '/routes/x/service', allow: 'DELETE, GET, HEAD, OPTIONS, PATCH, PUT' },
    { path: '/', allow: 'GET, HEAD, OPTIONS' },
    { path: '/config', allow: 'GET, HEAD, OPTIONS, POST' },
    { path: '/schemas/services/validate', allow: 'OPTIONS, POST' },
  ])('of $path are $allow', async ({ path, allow }) => {
    const { ask } = openApi()
    const { status, headers } = await ask('OPTIONS', path)
    expect(status).toBe(204)
    expect(headers.get('allow')).toBe(allow)
    expect(headers.get('access-control-allow-methods')).toBe(allow)
    expect(headers.get('access-control-allow-headers')).toBe('Content-Type')
  })

  it('answer OPTIONS with the headers that are asked for', async () => {
    const { ask } = openApi()
    const asked = { 'access-control-request-headers': 'X-Tea' }
    const { headers } = await ask('OPTIONS', '/services', undefined, asked)
    expect(headers.get('access-control-allow-headers')).toBe('X-Tea')
  })

  it('do not have HEAD where there is no GET, and answer it without a body', async () => {
    const { ask } = openApi()
    expect((await ask('HEAD', '/services')).text).toBe('')
    expect((await ask('HEAD', '/schemas/services/validate')).status).toBe(405)
    expect((await ask('PURGE', '/services')).status).toBe(405)
  })
})

describe('the node', () => {
  it('tells what it is', async () => {
    const { ask } = openApi()
    await ask('POST', '/plugins', { name: 'tea' })
    expect((await ask('GET', '/')).json).toMatchObject({
      version: '0.1.0',
      hostname: 'kettle',
      node_id: NODE_ID,
      configuration: { port: 8001 },
      plugins: {
        available_on_server: { tea: { version: '1.2.3', priority: 7 } },
        enabled_in_cluster: ['tea'],
      },
      pids: { master: process.pid, workers: [] },
    })
    expect((await ask('GET', '/plugins/enabled')).json).toEqual({ enabled_plugins: ['tea'] })
  })

  it('tells its status with what the process adds', async () => {
    const node = {
      id: NODE_ID,
      hostname: 'kettle',
      version: '0.1.0',
      configuration: {},
      status: (format: object) => ({ server: { total_requests: 3 }, format }),
    }
    const { ask } = openApi({ node })
    expect((await ask('GET', '/status?unit=K&scale=0')).json).toMatchObject({
      database: { reachable: true },
      server: { total_requests: 3 },
      format: { unit: 'k', scale: 0 },
    })
    expect(await ask('GET', '/status?unit=V')).toMatchObject({
      status: 400,
      json: { message: "invalid unit 'V' (expected 'k/K', 'm/M', or 'g/G')" },
    })
  })

  it('tells that the database is gone, and answers all the same', async () => {
    const { ask, store } = openApi({ onError: () => {} })
    await store.close()
    expect(await ask('GET', '/status')).toMatchObject({
      status: 200,
      json: { database: { reachable: false } },
    })
  })

  it('lists its paths', async () => {
    const { ask } = openApi()
    const { json } = await ask('GET', '/endpoints')
    expect(json.data).toEqual(
      expect.arrayContaining([
        '/endpoints',
        '/services/{services}/routes/{routes}',
        '/consumers/{consumers}/tea-pass/{tea_passes}',
        '/upstreams/{upstreams}/targets/{targets}/{address}/healthy',
      ]),
    )
  })
})

describe('/schemas', () => {
  it('shows entities and plugins', async () => {
    const { ask } = openApi()
    expect((await ask('GET', '/schemas/tea_passes')).json.fields).toEqual(
      expect.arrayContaining([{ tags: expect.anything() }]),
    )
    expect((await ask('GET', '/schemas/plugins/tea')).text).toContain('handle_unknown')
    expect((await ask('GET', '/plugins/schema/tea')).json.fields).toEqual(
      expect.arrayContaining([{ handle_unknown: expect.anything() }]),
    )
  })

  it.each([
    { path: '/schemas/nope', message: "No entity named 'nope'" },
    { path: '/schemas/__proto__', message: "No entity named '__proto__'" },
    { path: '/schemas/plugins/nope', message: "No plugin named 'nope'" },
    { path: '/schemas/vaults/constructor', message: "No vault named 'constructor'" },
  ])('answers 404 for $path', async ({ path, message }) => {
    const { ask } = openApi()
    expect(await ask('GET', path)).toMatchObject({ status: 404, json: { message } })
  })

  it('checks a body without asking the store', async () => {
    const { ask, store } = openApi()
    await ask('POST', '/plugins', { name: 'tea' })
    const { revision } = await store.readAll()
    expect(await ask('POST', '/schemas/plugins/validate', { name: 'tea' })).toMatchObject({
      status: 200,
      json: { message: 'schema validation successful' },
    })
    expect(
      await ask('POST', '/schemas/plugins/validate', 'name=tea&config.limit=101'),
    ).toMatchObject({
      status: 400,
      json: { fields: { config: { limit: 'value should be between 0 and 100' } } },
    })
    expect((await store.readAll()).revision).toBe(revision)
  })
})

describe('what this node does not do', () => {
  const dbless = 'this endpoint is only available when Kong is configured to not use a database'

  it.each([
    { method: 'GET', path: '/config', status: 400, message: dbless },
    { method: 'POST', path: '/config', status: 400, message: dbless },
    {
      method: 'GET',
      path: '/clustering/data-planes',
      status: 400,
      message:
        'this endpoint is only available when Kong is configured to run as Control Plane for the cluster',
    },
    { method: 'GET', path: '/cache/tea', status: 404, message: 'Not found' },
    { method: 'GET', path: '/workspaces', status: 404, message: 'Not found' },
  ])('is told as Kong tells it: $method $path', async ({ method, path, status, message }) => {
    const { ask } = openApi()
    const answer = await ask(method, path)
    expect(answer.status).toBe(status)
    expect(answer.json).toEqual({ message })
  })

  it('has no cache to clear', async () => {
    const { ask } = openApi()
    expect((await ask('DELETE', '/cache')).status).toBe(204)
    expect((await ask('DELETE', '/cache/tea')).status).toBe(204)
  })
})
