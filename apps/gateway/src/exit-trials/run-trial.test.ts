import { afterAll, describe, expect, it } from 'vitest'
import { loadConfig } from '../config/load-config.ts'
import { createTrials } from './run-trial.ts'
import type { TrialExit } from './trial-exit.ts'
import { hasFailed } from './tried-exit.ts'

const { config } = loadConfig({ env: {}, folder: '/nowhere' })
const trials = createTrials(config)
afterAll(() => trials.close())

/** Runs sources, named by what they are, on an exit. */
function tried(sources: Readonly<Record<string, string>>, exit: TrialExit) {
  const functions = Object.entries(sources).map(([name, source]) => ({ name, source }))
  // Long, because a busy machine has no 50 ms for each call.
  return trials.prepare(functions, { timeoutMs: 5000 }).run(exit)
}

const NO_KEY: TrialExit = { reason: 'key-auth.no_key' }

describe('createTrials()', () => {
  it('hands on what a function answered, in whichever language', async () => {
    const { functions, response } = await tried(
      {
        'a.lua': 'return function(s, b, h) b.message = b.message .. ", arr!" return s, b, h end',
        'b.js': "(s, b, h) => [418, b, { ...h, 'X-A': 'b' }]",
        'c.ts': '(s: number, b: unknown) => ({ body: { was: b } })',
        'd.lua': 'return function() end',
      },
      { status: 403, body: { message: 'no' } },
    )
    expect(functions.map(({ name, language, outcome }) => [name, language, outcome])).toEqual([
      ['a.lua', 'lua', 'changed'],
      ['b.js', 'javascript', 'changed'],
      ['c.ts', 'typescript', 'changed'],
      ['d.lua', 'lua', 'unchanged'],
    ])
    expect(functions.map(({ changes }) => changes)).toEqual([
      { body: { changes: [{ path: '/message', from: 'no', to: 'no, arr!' }] } },
      { status: { from: 403, to: 418 }, headers: { added: { 'X-A': 'b' } } },
      {
        body: {
          changes: [
            { path: '/message', from: 'no, arr!' },
            { path: '/was', to: { message: 'no, arr!' } },
          ],
        },
      },
      undefined,
    ])
    expect(response).toEqual({
      status: 418,
      headers: {
        'X-A': 'b',
        'Content-Type': 'application/json; charset=utf-8',
        'Content-Length': '30',
      },
      body: '{"was":{"message":"no, arr!"}}',
    })
  })

  it.each<{ title: string; source: string; outcome: string; problem: object }>([
    {
      title: 'throws in JavaScript',
      source: "() => {\n  throw new Error('boom')\n}",
      outcome: 'failed',
      problem: { code: 'POSTERN_SANDBOX_THREW', message: 'Error: boom', line: 2, column: 9 },
    },
    {
      title: 'throws in Lua',
      source: 'return function(s, b)\n  return s, b.x.y\nend',
      outcome: 'failed',
      problem: { code: 'POSTERN_LUA_RUNTIME', line: 2 },
    },
    {
      title: 'never ends in JavaScript',
      source: '() => { for (;;); }',
      outcome: 'ended',
      problem: { message: expect.stringMatching(/deadline of 5000 ms|budget of steps/) },
    },
    {
      title: 'never ends in Lua',
      source: 'return function() while true do end end',
      outcome: 'ended',
      problem: { code: 'POSTERN_LUA_BUDGET' },
    },
    {
      title: 'answers a number',
      source: '() => 5',
      outcome: 'failed',
      problem: { message: expect.stringMatching(/nonsense: returned a number/) },
    },
    {
      title: 'answers a status that is none',
      source: 'return function(s, b, h) return 99, b, h end',
      outcome: 'failed',
      problem: { message: expect.stringMatching(/status must be from 200 to 599/) },
    },
  ])(
    'tells of a function that $title, and keeps the exit',
    async ({ source, outcome, problem }) => {
      const result = await tried({ 'f.x': source }, { status: 403, body: { message: 'no' } })
      expect(result.functions[0]).toMatchObject({ name: 'f.x', outcome, problem })
      expect(result.response).toMatchObject({ status: 403, body: '{"message":"no"}' })
      expect(hasFailed(result)).toBe(true)
    },
  )

  it('makes of a reason what the gateway answers, in the form that the client asks for', async () => {
    const json = await tried({}, NO_KEY)
    expect(json.response).toMatchObject({
      status: 401,
      headers: { 'WWW-Authenticate': 'Key', 'Content-Type': 'application/json; charset=utf-8' },
    })
    expect(JSON.parse(json.response.body)).toMatchObject({ message: 'No API key found in request' })
    const html = await tried({}, { ...NO_KEY, request: { headers: { accept: 'text/html' } } })
    expect(html.response.headers).toMatchObject({ 'Content-Type': 'text/html; charset=utf-8' })
    expect(html.response.body).toContain('<p>No API key found in request.</p>')
  })

  it.each<{ exit: TrialExit; status: number; message: string }>([
    { exit: { ...NO_KEY, status: 401 }, status: 401, message: 'No API key found in request' },
    { exit: { ...NO_KEY, status: 403 }, status: 403, message: 'No API key found in request' },
    { exit: { ...NO_KEY, status: 403, message: 'not today' }, status: 403, message: 'not today' },
    // The text of this reason is that of its status, whatever that is.
    {
      exit: { reason: 'upstream.timeout' },
      status: 504,
      message: 'The upstream server is timing out',
    },
    {
      exit: { reason: 'upstream.timeout', status: 503 },
      status: 503,
      message: 'The upstream server is currently unavailable',
    },
  ])('tells the text of the reason, whatever the status: $exit', async (row) => {
    const { response } = await tried({}, row.exit)
    expect(response.status).toBe(row.status)
    expect(response.body).toContain(row.message)
  })

  it('lets what is given hold over what the reason says', async () => {
    const { response } = await tried({}, { ...NO_KEY, status: 403, body: { a: 1 } })
    expect(response).toMatchObject({
      status: 403,
      headers: { 'WWW-Authenticate': 'Key' },
      body: '{"a":1}',
    })
  })

  it('tells functions the request, without its secrets', async () => {
    const exit: TrialExit = {
      status: 403,
      reason: 'shop.closed',
      phase: 'access',
      plugin: 'shop',
      request: {
        id: 'cafe',
        method: 'post',
        scheme: 'https',
        host: 'Shop.test:8443',
        path: '/a/../b?x=1',
        query: { y: ['2', '3'], apikey: 'hidden' },
        headers: { Accept: 'text/html', Authorization: 'Bearer hidden' },
      },
      route: 'counter',
      consumer: { id: 'c1', name: 'ann' },
    }
    const source = '(s, b, h, exit) => ({ body: exit })'
    const { response } = await tried({ 'a.js': source }, exit)
    const told = JSON.parse(response.body) as Record<string, unknown>
    expect(told).toMatchObject({
      reason: 'shop.closed',
      plugin: 'shop',
      phase: 'access',
      requestId: 'cafe',
      route: { name: 'counter' },
      consumer: { id: 'c1', name: 'ann' },
      request: {
        method: 'POST',
        scheme: 'https',
        host: 'shop.test',
        path: '/b',
        query: { x: '1', y: ['2', '3'], apikey: 'REDACTED' },
        accept: 'text/html',
      },
    })
    expect(response.body).not.toContain('hidden')
  })

  it('gives Lua the same through kong', async () => {
    const source = `return function(s, b, h)
      kong.response.set_header("X-Seen", kong.request.get_header("x-a") .. kong.exit.reason)
      return s, { path = kong.request.get_path() }, h
    end`
    const { response } = await tried(
      { 'a.lua': source },
      { status: 403, request: { path: '/p', headers: { 'X-A': '1-' } } },
    )
    expect(response.headers).toMatchObject({ 'X-Seen': '1-plugin.exit' })
    expect(response.body).toBe('{"path":"/p"}')
  })

  it('keeps what functions write', async () => {
    const { functions } = await tried(
      {
        'a.lua': 'return function() print("from Lua") kong.log.notice("logged") end',
        'b.js': "() => { console.log('from', 'JavaScript') }",
      },
      { status: 403 },
    )
    const [lua, javaScript] = functions.map(({ log }) => log?.join('|'))
    expect(lua).toMatch(/from Lua.*logged/s)
    expect(javaScript).toContain('from JavaScript')
  })

  it.each([
    { setting: '1', own: undefined, outcome: 'ended' },
    { setting: '10000', own: undefined, outcome: 'changed' },
    { setting: '1', own: 10_000, outcome: 'changed' },
  ])(
    'gives a function the $setting ms of the setting, unless told $own ms: $outcome',
    async ({ setting, own, outcome }) => {
      const overrides = { function_timeout_ms: setting }
      const other = createTrials(loadConfig({ env: {}, folder: '/nowhere', overrides }).config)
      const source = 'return function() for i = 1, 20000 do end return 418 end'
      const options = own === undefined ? {} : { timeoutMs: own }
      const prepared = other.prepare([{ name: 'a.lua', source }], options)
      const { functions } = await prepared.run({ status: 403 })
      expect(functions.map((one) => one.outcome)).toEqual([outcome])
    },
  )

  it('gives the last function no more than is left for all of them', async () => {
    // Ten of them take 570 of the 600 ms; the last has steps for 40 ms of its own 60.
    const waits = '() => { const until = Date.now() + 57; while (Date.now() < until) ; }'
    const long = 'return function() for i = 1, 150000 do end return 418 end'
    const functions = [
      ...Array.from({ length: 10 }, (_, index) => ({ name: `${index}.js`, source: waits })),
      { name: 'last.lua', source: long },
    ]
    const options = { timeoutMs: 60 }
    const alone = await trials.prepare(functions.slice(-1), options).run({ status: 403 })
    expect(alone.functions[0]?.outcome).toBe('changed')
    const all = await trials.prepare(functions, options).run({ status: 403 })
    expect(all.functions.at(-1)?.outcome).toMatch(/^(?:ended|skipped)$/)
  })

  it('keeps between exits what functions keep between calls', async () => {
    const source = 'local n = 0\nreturn function(s) n = n + 1 return s, { n = n } end'
    const prepared = trials.prepare([{ name: 'a.lua', source }], { timeoutMs: 5000 })
    const bodies = []
    for (let i = 0; i < 3; i++) bodies.push((await prepared.run({ status: 403 })).response.body)
    expect(bodies).toEqual(['{"n":1}', '{"n":2}', '{"n":3}'])
  })

  it.each<{ title: string; exit: TrialExit; body: string }>([
    { title: 'half a surrogate pair', exit: { status: 403, body: 'a\ud800b' }, body: 'a\ufffdb' },
    { title: 'no body', exit: { status: 403 }, body: '' },
    { title: 'null', exit: { status: 403, body: null }, body: '' },
    { title: 'an empty array', exit: { status: 403, body: [] }, body: '[]' },
    {
      title: 'names of prototypes',
      exit: { status: 403, body: { constructor: 1, toString: 2 } },
      body: '{"constructor":1,"toString":2}',
    },
  ])('takes a body that is $title', async ({ exit, body }) => {
    const result = await tried({ 'a.lua': 'return function() end', 'b.js': '() => {}' }, exit)
    expect(result.response.body).toBe(body)
    expect(hasFailed(result)).toBe(false)
  })

  it('survives a body of 10 MB', async () => {
    const body = { message: 'x'.repeat(10_000_000) }
    const result = await tried(
      {
        'a.lua': 'return function(s, b, h) return 418, b, h end',
        'b.js': '(s, b, h) => [s + 1, b, h]',
      },
      { status: 403, body },
    )
    expect(result.response.status).toBeGreaterThanOrEqual(403)
    expect(JSON.stringify(result.functions).length).toBeLessThan(10_000)
  })

  it('says what is missing of an exit that says nothing', async () => {
    await expect(tried({}, {})).rejects.toMatchObject({ code: 'POSTERN_TRIAL_STATUS_MISSING' })
    await expect(tried({}, { reason: 'router.noroute' })).rejects.toThrow(
      /did you mean "router.no_route"\?/,
    )
  })

  it('runs nothing where functions are off', async () => {
    const off = createTrials(
      loadConfig({ env: { POSTERN_UNTRUSTED_FUNCTIONS: 'off' }, folder: '/nowhere' }).config,
    )
    const prepared = off.prepare([{ name: 'a.js', source: '() => [418]' }])
    const result = await prepared.run({ status: 403 })
    expect(result.functions[0]).toMatchObject({
      outcome: 'failed',
      problem: { code: 'POSTERN_FUNCTIONS_OFF' },
    })
    expect(result.response.status).toBe(403)
    await off.close()
  })
})
