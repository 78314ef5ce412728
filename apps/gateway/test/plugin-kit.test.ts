import path from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { type AdminClient, createAdminClient } from './admin-client.ts'
import { type RecordingUpstream, startRecordingUpstream } from './recording-upstream.ts'
import { type RunningProgram, startProgram } from './start-program.ts'

// What the gateway gives to the plugin development kit, seen by plugins in a running program.

let upstream: RecordingUpstream
let program: RunningProgram
let admin: AdminClient

const PLUGINS = ['node-facts', 'retry-elsewhere', 'slow', 'impatient'].map((name) =>
  path.join(import.meta.dirname, 'plugins', `${name}.ts`),
)
const SETTINGS = {
  plugins: ['bundled', ...PLUGINS].join(','),
  plugin_timeout_ms: '200',
  client_body_buffer_max: '10k',
  lua_max_uri_args: '3',
  lua_max_req_headers: '5',
  lua_max_post_args: '1',
}
const UUID = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/

beforeAll(async () => {
  upstream = await startRecordingUpstream()
  program = await startProgram({ settings: SETTINGS, env: { NODE_FACTS_SECRET: 's3cret' } })
  admin = createAdminClient(program.admin)
})
afterAll(async () => {
  await program?.stop('SIGKILL')
  program?.cleanUp()
  await upstream?.close()
})

/** A Route of its own with one plugin; answers its path. */
async function route(name: string, url: string, plugin: object): Promise<string> {
  const service = await admin.post('/services', { name, url, retries: 1 })
  const made = await admin.post('/routes', { paths: [`/${name}`], service })
  await admin.post(`/routes/${String(made.id)}/plugins`, plugin)
  return `${program.proxy}/${name}`
}

async function facts(): Promise<Record<string, unknown>> {
  return (await (await fetch(`${program.proxy}/facts`)).json()) as Record<string, unknown>
}

describe('what kong tells of the node', () => {
  it('is the same for every process, and after a restart', async () => {
    await route('facts', upstream.url, { name: 'node-facts' })
    const before = await facts()
    expect(before).toMatchObject({
      node: expect.stringMatching(UUID),
      cluster: expect.stringMatching(UUID),
      secret: 's3cret',
      statistics: { connections_active: 1, connections_reading: 0, connections_writing: 1 },
    })
    expect((await admin.get('/')).node_id).toBe(before.node)

    await program.stop()
    const { prefix } = program
    program = await startProgram({ settings: SETTINGS, prefix, env: { NODE_FACTS_SECRET: 'x' } })
    admin = createAdminClient(program.admin)
    const { node, cluster } = before
    expect(await facts()).toMatchObject({ node, cluster, secret: 'x' })
  })
})

describe('a retry callback', () => {
  const dead = 'http://127.0.0.1:1'

  it('sends the next try where it says', async () => {
    const port = Number(new URL(upstream.url).port)
    const url = await route('elsewhere', dead, { name: 'retry-elsewhere', config: { port } })
    expect((await fetch(url)).status).toBe(200)
  })

  it.each([
    ['says nothing', 1],
    ['throws', 0],
  ])('ends the tries where it %s', async (_, port) => {
    const name = `nowhere${port}`
    const url = await route(name, dead, { name: 'retry-elsewhere', config: { port } })
    expect((await fetch(url)).status).toBe(502)
  })
})

it('answers 500 for a plugin that waits beyond plugin_timeout_ms', async () => {
  const url = await route('slow', upstream.url, { name: 'slow' })
  expect((await fetch(url)).status).toBe(500)
  expect(await program.logged('slow')).toContain('200')
})

describe('a body that a plugin asks for and does not await', () => {
  it.each([
    ['reaches the Service whole', 9_000, 200],
    ['is refused beyond client_body_buffer_max', 11_000, 413],
  ])('%s', async (_, size, status) => {
    const url = await route(`impatient${size}`, upstream.url, { name: 'impatient' })
    const answer = await fetch(url, { method: 'POST', body: 'x'.repeat(size) })
    expect(answer.status).toBe(status)
    if (status === 200) expect(upstream.received.at(-1)?.body).toHaveLength(size)
    expect(await facts()).toHaveProperty('node')
    expect(program.log()).not.toContain('a worker ended')
    const isTold = program.log().includes('a promise failed that nobody waited for')
    expect(isTold).toBe(status === 413)
  })
})

it('lists as much of a request as the settings say', async () => {
  const source = `
    local function count(t) local n = 0 for _ in pairs(t) do n = n + 1 end return n end
    kong.response.exit(200, { query = count(kong.request.get_query()),
      headers = count(kong.request.get_headers()), body = count(kong.request.get_body()),
      all = count(kong.request.get_query(10)) })`
  const url = await route('limits', upstream.url, {
    name: 'pre-function',
    config: { access: [source] },
  })
  const answer = await fetch(`${url}?a=1&b=2&c=3&d=4`, {
    method: 'POST',
    body: new URLSearchParams({ x: '1', y: '2' }),
  })
  expect(await answer.json()).toEqual({ query: 3, headers: 5, body: 1, all: 4 })
})

describe('ordering of plugins', () => {
  it('is followed in access', async () => {
    const service = await admin.post('/services', { name: 'ordered', url: upstream.url })
    const made = await admin.post('/routes', { paths: ['/ordered'], service })
    await admin.post(`/routes/${String(made.id)}/plugins`, { name: 'key-auth' })
    const termination = await admin.post(`/routes/${String(made.id)}/plugins`, {
      name: 'request-termination',
      config: { status_code: 418 },
    })
    expect(termination).not.toHaveProperty('ordering')
    const status = async () => (await fetch(`${program.proxy}/ordered`)).status
    expect(await status()).toBe(401)
    const changed = await admin.patch(`/plugins/${String(termination.id)}`, {
      ordering: { before: { access: ['key-auth'] } },
    })
    expect(changed.ordering).toEqual({ before: { access: ['key-auth'] }, after: null })
    expect(await status()).toBe(418)
    await admin.patch(`/plugins/${String(termination.id)}`, { ordering: null })
    expect(await status()).toBe(401)
  })

  it('is refused where it goes in circles', async () => {
    await admin.post('/plugins', {
      name: 'pre-function',
      config: { log: ['return'] },
      ordering: { after: { access: ['post-function'] } },
    })
    const refused = admin.post('/plugins', {
      name: 'post-function',
      config: { log: ['return'] },
      ordering: { after: { access: ['pre-function'] } },
    })
    await expect(refused).rejects.toThrow("'post-function' before 'pre-function'")
    await expect(refused).rejects.toThrow('400')
  })
})

it('refuses a Route with an expression that no worker could run', async () => {
  const refused = admin.post('/routes', { paths: ['~/(?i)(?:a{1,100}){1,50}b'] })
  await expect(refused).rejects.toThrow('more than 4096 steps')
  await expect(refused).rejects.toThrow('400')
})
