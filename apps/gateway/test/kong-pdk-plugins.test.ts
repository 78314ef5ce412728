import path from 'node:path'
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest'
import { type AdminClient, createAdminClient } from './admin-client.ts'
import { type RecordingUpstream, startRecordingUpstream } from './recording-upstream.ts'
import { type RunningProgram, startProgram } from './start-program.ts'

// Plugins written for kong-pdk, through the whole program: loaded by their paths, configured by the
// Admin API, run in a worker.

const FOLDER = path.resolve(import.meta.dirname, '../../../docs/examples/kong-pdk')
const FILES = ['js-hello.js', 'js-status.js', 'js-transform.js', 'ts-hello.ts', 'js-journey.js']

let program: RunningProgram
let admin: AdminClient
let upstream: RecordingUpstream

beforeAll(async () => {
  upstream = await startRecordingUpstream((received, res) => {
    res.writeHead(201, { 'content-type': 'text/plain' }).end(`got ${received.body}`)
  })
  const files = FILES.map((file) => path.join(FOLDER, file))
  program = await startProgram({
    settings: { workers: '1', plugins: ['bundled', ...files].join(',') },
  })
  admin = createAdminClient(program.admin)
  await admin.put('/services/upstream', { url: upstream.url })
  await admin.put('/services/upstream/routes/all', { paths: ['/'] })
})
afterAll(async () => {
  await program?.stop()
  program?.cleanUp()
  await upstream?.close()
})
afterEach(async () => {
  upstream.received.length = 0
  const plugins = (await admin.get('/plugins')).data as { id: string }[]
  for (const { id } of plugins) await admin.delete(`/plugins/${id}`)
})

/** Sets a plugin up for the Route of all requests. */
const use = (name: string, config: object = {}) =>
  admin.post('/routes/all/plugins', { name, config })

describe('js-hello', () => {
  it('greets with its message', async () => {
    await use('js-hello', { message: 'good day' })
    const res = await fetch(program.proxy)
    expect(res.headers.get('x-hello-from-javascript')).toBe(
      `JavaScript says good day to ${new URL(program.proxy).host}`,
    )
    expect(res.headers.get('x-javascript-pid')).toMatch(/^\d+$/)
  })

  it('greets without a message, and refuses one that is too short', async () => {
    await use('js-hello')
    const res = await fetch(program.proxy)
    expect(res.headers.get('x-hello-from-javascript')).toContain('says hello to')
    await expect(use('js-hello', { message: 'x' })).rejects.toThrow('length must be at least 2')
  })

  it('has its schema in the Admin API', async () => {
    expect(await admin.get('/schemas/plugins/js-hello')).toMatchObject({
      fields: expect.arrayContaining([
        {
          config: {
            type: 'record',
            required: true,
            fields: [{ message: { type: 'string', len_min: 2 } }],
          },
        },
      ]) as unknown,
    })
  })
})

describe('js-status', () => {
  it('refuses who does not say who they are', async () => {
    await use('js-status', { status: 401 })
    const res = await fetch(program.proxy)
    expect([res.status, await res.json()]).toEqual([
      401,
      { message: 'tell who you are in the header userid' },
    ])
    expect(upstream.received).toHaveLength(0)
  })

  it('lets others through, and tells the Service', async () => {
    await use('js-status')
    const res = await fetch(program.proxy, { headers: { userid: '7' } })
    expect(res.status).toBe(201)
    expect(upstream.received[0]?.headers['x-userid']).toBe('7')
  })

  it('passes its Exit through exit-transformer', async () => {
    await use('js-status')
    await use('exit-transformer', { functions: ['(s, b) => [418, { was: s, said: b.message }]'] })
    const res = await fetch(program.proxy)
    expect([res.status, await res.json()]).toEqual([
      418,
      { was: 403, said: 'tell who you are in the header userid' },
    ])
  })
})

describe('js-transform', () => {
  it('changes what the Service gets and what the client gets', async () => {
    await use('js-transform', { query: 'a=1' })
    const res = await fetch(`${program.proxy}/x?b=2`, { method: 'POST', body: 'grüße' })
    expect([res.status, await res.json()]).toEqual([201, { answer: 'got GRÜSSE', length: 11 }])
    expect(upstream.received[0]).toMatchObject({ target: '/x?a=1', body: 'GRÜSSE' })
  })

  it('refuses an envelope that its pattern does not allow', async () => {
    await expect(use('js-transform', { envelope: 'a b' })).rejects.toThrow('invalid value: a b')
  })
})

describe('ts-hello', () => {
  it.each([
    ['de-CH', 'hello (de)'],
    ['fr', 'hello (en)'],
  ])('greets in the language of %s', async (language, greeting) => {
    await use('ts-hello')
    const res = await fetch(program.proxy, { headers: { 'accept-language': language } })
    expect(res.headers.get('x-hello')).toBe(greeting)
  })
})

describe('js-journey', () => {
  it('marks requests in rewrite, and tells of them in log', async () => {
    await admin.post('/plugins', { name: 'js-journey', config: {} })
    await (await fetch(`${program.proxy}/one`)).text()
    await (await fetch(`${program.proxy}/two`)).text()
    expect(upstream.received.map(({ headers }) => headers['x-journey'])).toEqual(['1', '2'])
    await program.logged('journey 2: GET /two ended 201')
    expect(program.log()).toContain('journey 1: GET /one ended 201')
  })
})

describe('a gateway with a kong-pdk plugin that is not valid', () => {
  it('says what is wrong, and does not start', async () => {
    const notAPlugin = path.join(import.meta.dirname, 'admin-client.ts')
    await expect(startProgram({ settings: { plugins: notAPlugin } })).rejects.toThrow(
      'does not export a plugin as default',
    )
  })
})
