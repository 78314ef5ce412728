import { readFile } from 'node:fs/promises'
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest'
import type { KeptExit } from '../src/exit-ring/show-exit.ts'
import type { TriedExit } from '../src/exit-trials/tried-exit.ts'
import { createAdminClient } from './admin-client.ts'
import { runProgram } from './run-program.ts'
import { type RunningProgram, startProgram } from './start-program.ts'

// Several processes start in one test, and a busy machine takes seconds for each.
vi.setConfig({ testTimeout: 60_000, hookTimeout: 60_000 })

const running: RunningProgram[] = []
afterAll(async () => {
  for (const program of running.splice(0)) {
    await program.stop('SIGKILL')
    program.cleanUp()
  }
})

const KEY = 'hunter2-hunter2'
const SHAPE = '(s, b, h, exit) => [s, { error: exit.reason }, h]'

/** A gateway with a Route behind key-auth and one instance of exit-transformer. */
async function open(settings: Readonly<Record<string, string>> = {}) {
  const program = await startProgram({ settings })
  running.push(program)
  const admin = createAdminClient(program.admin)
  await admin.post('/services', { name: 's', url: 'http://127.0.0.1:9' })
  await admin.post('/services/s/routes', { name: 'r', paths: ['/r'] })
  await admin.post('/routes/r/plugins', { name: 'key-auth', config: { key_names: ['my_key'] } })
  // A busy machine has no 50 ms for each call.
  const config = { functions: [SHAPE], handle_unknown: true, timeout_ms: 5000 }
  const plugin = await admin.post('/plugins', { name: 'exit-transformer', config })
  const ask = async (path: string, body?: unknown) => {
    const answer = await fetch(program.admin + path, {
      ...(body !== undefined && {
        method: 'POST',
        headers: { 'content-type': 'application/json' },
        body: typeof body === 'string' ? body : JSON.stringify(body),
      }),
    })
    return { status: answer.status, json: (await answer.json()) as Record<string, unknown> }
  }
  const exits = async (query = '') => {
    const { json } = await ask(`/exit-transformer/exits${query}`)
    return json.data as readonly KeptExit[]
  }
  const tryIt = async (body: unknown) => {
    const { status, json } = await ask('/exit-transformer/try', body)
    return { status, json, tried: (json.exits ?? []) as readonly TriedExit[] }
  }
  return { program, admin, plugin, ask, exits, tryIt }
}

let gateway: Awaited<ReturnType<typeof open>>
beforeAll(async () => {
  gateway = await open({ workers: '2', exit_ring_size: '50' })
})

/** New connections, so that every worker has its turn. */
async function request(program: RunningProgram, path: string): Promise<number> {
  const answer = await fetch(program.proxy + path, { headers: { connection: 'close' } })
  await answer.arrayBuffer()
  return answer.status
}

describe('GET /exit-transformer/exits', () => {
  it('tells the last exits of all workers, the newest first, without secrets', async () => {
    const { program, exits } = gateway
    for (let i = 0; i < 8; i++) await request(program, `/r?n=${i}&my_key=${KEY}`)
    await request(program, '/nowhere')
    const kept = await exits('?size=9')
    expect(kept.map(({ request: asked }) => asked?.query?.n)).toEqual([
      undefined,
      ...['7', '6', '5', '4', '3', '2', '1', '0'],
    ])
    expect(kept[0]).toMatchObject({
      status: 404,
      reason: 'router.no_route',
      request: { path: '/nowhere' },
      sent: { status: 404, body: { error: 'router.no_route' } },
    })
    expect(kept[1]).toMatchObject({
      status: 401,
      reason: 'key-auth.invalid_key',
      plugin: 'key-auth',
      request: { method: 'GET', path: '/r', query: { n: '7', my_key: 'REDACTED' } },
      route: { name: 'r' },
      service: { name: 's' },
      sent: { status: 401, body: { error: 'key-auth.invalid_key' } },
    })
    expect(JSON.stringify(kept)).not.toContain(KEY)
    expect(await exits('?size=2')).toEqual(kept.slice(0, 2))
    expect(await exits()).toEqual(kept)
  })

  it('refuses sizes that are none', async () => {
    for (const size of ['0', '1001', 'x', '1.5', '-1', '']) {
      const { status, json } = await gateway.ask(`/exit-transformer/exits?size=${size}`)
      expect({ size, status, ...json }).toEqual({
        size,
        status: 400,
        message: 'size must be an integer between 1 and 1000',
      })
    }
  })
})

describe('POST /exit-transformer/try', () => {
  it('tries functions on an exit, and saves nothing', async () => {
    const { program, admin, tryIt } = gateway
    const before = await admin.get('/plugins')
    const functions = ['return function(s, b, h) return 418, b, h end', '() => ({ body: "tea" })']
    const { status, json, tried } = await tryIt({
      functions,
      timeout_ms: 5000,
      exit: { reason: 'router.no_route' },
    })
    expect(status).toBe(200)
    expect(json.ok).toBe(true)
    expect(tried[0]?.functions).toMatchObject([
      { name: 'exit-transformer[1]', language: 'lua', changes: { status: { from: 404, to: 418 } } },
      { name: 'exit-transformer[2]', language: 'javascript', outcome: 'changed' },
    ])
    expect(tried[0]?.response).toMatchObject({ status: 418, body: 'tea' })
    expect(await admin.get('/plugins')).toEqual(before)
    expect(await request(program, '/nowhere')).toBe(404)
  })

  it('tries functions, or those of an instance, on the last exits', async () => {
    const { program, plugin, tryIt } = gateway
    for (const path of ['/r', '/nowhere', '/r']) await request(program, path)
    const own = await tryIt({ functions: ['(s, b) => [s + 1, b]'], timeout_ms: 5000, last: 2 })
    expect(own.tried.map(({ response }) => response.status)).toEqual([402, 405])
    const saved = await tryIt({ plugin: plugin.id, last: 3 })
    expect(saved.tried.map(({ response }) => JSON.parse(response.body))).toEqual([
      { error: 'key-auth.no_key' },
      { error: 'router.no_route' },
      { error: 'key-auth.no_key' },
    ])
  })

  it('reads a form, with a function from a file', async () => {
    const { program } = gateway
    const form = new FormData()
    form.set('functions', new Blob([SHAPE]), 'shape.js')
    form.set('timeout_ms', '5000')
    form.set('exit.status', '403')
    form.set('exit.reason', 'shop.closed')
    const answer = await fetch(`${program.admin}/exit-transformer/try`, {
      method: 'POST',
      body: form,
    })
    const { exits } = (await answer.json()) as { exits: readonly TriedExit[] }
    expect(exits[0]?.response.body).toBe('{"error":"shop.closed"}')
  })

  it('is asked by postern try --last', async () => {
    const { program } = gateway
    for (const path of ['/nowhere', '/r']) await request(program, path)
    const source = `${program.prefix}/shape.js`
    await import('node:fs/promises').then(({ writeFile }) => writeFile(source, SHAPE))
    const args = [
      'try',
      'shape.js',
      '--timeout',
      '5000',
      '--last',
      '2',
      '--admin',
      program.admin,
      '--json',
    ]
    const { code, stdout } = await runProgram(args, { folder: program.prefix })
    const { exits } = JSON.parse(stdout) as { exits: readonly TriedExit[] }
    expect(exits.map(({ reason }) => reason)).toEqual(['key-auth.no_key', 'router.no_route'])
    expect(code).toBe(0)
  })

  const GOOD = { functions: ['() => {}'], exit: { status: 403 } }
  it('refuses what it cannot try, and names the field', async () => {
    const { plugin, admin, tryIt, program } = gateway
    const other = (await admin.get('/routes/r/plugins')).data as readonly { readonly id: string }[]
    const missing = 'required field missing'
    const rows: readonly (readonly [body: object, fields: object])[] = [
      [{}, { functions: missing, exit: missing }],
      [{ ...GOOD, last: 1 }, { last: 'cannot be set with exit' }],
      [{ ...GOOD, plugin: plugin.id }, { plugin: 'cannot be set with functions' }],
      [{ ...GOOD, functions: [] }, { functions: 'length must be at least 1' }],
      [{ ...GOOD, functions: [5] }, { functions: ['expected a string'] }],
      [{ ...GOOD, functions: 'x' }, { functions: 'expected an array' }],
      [
        { ...GOOD, functions: ['() => {}', 'return function('] },
        { functions: [null, expect.stringContaining('Error parsing function: Lua, line 1')] },
      ],
      [{ ...GOOD, timeout_ms: 0 }, { timeout_ms: 'value should be between 1 and 10000' }],
      [{ ...GOOD, language: 'perl' }, { language: expect.stringContaining('expected one of') }],
      [{ ...GOOD, more: 1 }, { more: 'unknown field' }],
      [{ ...GOOD, exit: {} }, { exit: 'at least one of status and reason is required' }],
      [{ ...GOOD, exit: { reason: 'no.such' } }, { exit: expect.stringContaining('"no.such"') }],
      [
        { ...GOOD, exit: { status: 99, statuss: 1, headers: { 'a b': 'c' } } },
        {
          exit: {
            status: 'value should be between 200 and 599',
            statuss: 'unknown field',
            headers: { 'a b': 'is not the name of a header' },
          },
        },
      ],
      [{ functions: ['() => {}'], last: 0 }, { last: 'value should be between 1 and 1000' }],
      [{ plugin: program.prefix, last: 1 }, { plugin: 'expected a valid UUID' }],
      [{ plugin: crypto.randomUUID(), last: 1 }, { plugin: 'no plugin has this id' }],
      [{ plugin: other[0]?.id, last: 1 }, { plugin: expect.stringContaining("'key-auth'") }],
    ]
    for (const [body, fields] of rows) {
      const { status, json } = await tryIt(body)
      expect({ body, status, ...json }).toMatchObject({
        status: 400,
        code: 2,
        name: 'schema violation',
      })
      expect({ body, fields: json.fields }).toEqual({ body, fields })
    }
    const surrogate = '{"functions":["() => {}"],"exit":{"status":403,"body":"\\ud800"}}'
    expect((await tryIt(surrogate)).status).toBe(400)
  })

  it('is closed to pages of other sites', async () => {
    const { program } = gateway
    const answer = await fetch(`${program.admin}/exit-transformer/try`, {
      method: 'POST',
      headers: {
        'content-type': 'application/json',
        'sec-fetch-site': 'cross-site',
        origin: 'http://evil.test',
      },
      body: JSON.stringify(GOOD),
    })
    expect(answer.status).toBe(403)
  })

  it('refuses functions where they are off, also those that were saved before', async () => {
    const { program, plugin } = await open({ workers: '0' })
    await program.stop('SIGTERM')
    const settings = { workers: '0', untrusted_functions: 'off' }
    const again = await startProgram({ settings, prefix: program.prefix })
    running.push(again)
    for (const body of [GOOD, { plugin: plugin.id, exit: { status: 403 } }]) {
      const answer = await fetch(`${again.admin}/exit-transformer/try`, {
        method: 'POST',
        headers: { 'content-type': 'application/json' },
        body: JSON.stringify(body),
      })
      expect(answer.status).toBe(400)
      expect(await answer.text()).toContain("'untrusted_lua' config option is set to 'off'")
    }
  })
})

describe('POST /exit-transformer/try where functions may do anything', () => {
  it('runs them neither in a worker nor in the process of the configuration', async () => {
    const { program, tryIt } = await open({ workers: '1', untrusted_functions: 'on' })
    const workers = await childrenOf(program)
    const source = `return function(s)
      local file = io.open("/proc/self/stat")
      return s, { pid = file:read("*l"):match("^%d+") }
    end`
    const { tried } = await tryIt({ functions: [source], timeout_ms: 5000, exit: { status: 403 } })
    const { pid } = JSON.parse(tried[0]?.response.body ?? '{}') as { pid: string }
    expect([String(program.process.pid), ...workers]).not.toContain(pid)
    expect(await childrenOf(program)).toEqual([...workers, pid])
  })

  it('goes on serving and answering while one takes its time, and ends with it under way', async () => {
    const { program, ask, tryIt } = await open({ workers: '0', untrusted_functions: 'on' })
    await request(program, '/nowhere')
    const slow = 'async () => { await new Promise((done) => setTimeout(done, 60_000)) }'
    const body = { functions: [slow], timeout_ms: 10_000, exit: { status: 403 } }
    const trial = tryIt(body).catch(() => 'cut off')
    const { json } = await ask('/exit-transformer/exits')
    expect(json.data).toMatchObject([{ reason: 'router.no_route' }])
    expect(await request(program, '/nowhere')).toBe(404)
    expect(await program.stop('SIGTERM')).toBe(0)
    expect(await trial).toBe('cut off')
  })

  it('keeps no exits where none are wanted', async () => {
    const { program, exits, tryIt } = await open({ workers: '0', exit_ring_size: '0' })
    await request(program, '/nowhere')
    expect(await exits()).toEqual([])
    expect(await tryIt({ functions: ['() => {}'], last: 5 })).toMatchObject({
      status: 200,
      json: { ok: true, exits: [] },
    })
  })
})

/** Process ids of the workers, and of the process that tries functions. */
async function childrenOf(program: RunningProgram): Promise<string[]> {
  const { pid } = program.process
  const text = await readFile(`/proc/${pid}/task/${pid}/children`, 'utf8')
  return text.split(' ').filter(Boolean)
}
