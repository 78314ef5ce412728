import { existsSync, mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest'
import { type AdminClient, createAdminClient } from './admin-client.ts'
import { sendBytes } from './send-bytes.ts'
import { type RunningProgram, startProgram } from './start-program.ts'

interface Setting {
  readonly program: RunningProgram
  readonly admin: AdminClient
}

async function startWith(settings: Record<string, string>): Promise<Setting> {
  const exitMaker = path.join(import.meta.dirname, 'plugins/exit-maker.ts')
  const program = await startProgram({
    settings: { workers: '1', plugins: `bundled,${exitMaker}`, ...settings },
  })
  return { program, admin: createAdminClient(program.admin) }
}

/** A Route that answers 418 `{ message: 'tea' }`, passed through functions. */
async function exitThrough({ admin }: Setting, name: string, functions: readonly string[]) {
  const route = await admin.put(`/routes/${name}`, { paths: [`/${name}`] })
  await admin.post(`/routes/${name}/plugins`, {
    name: 'exit-maker',
    config: { exit: JSON.stringify({ status: 418, body: { message: 'tea' } }) },
  })
  await admin.post(`/routes/${name}/plugins`, { name: 'exit-transformer', config: { functions } })
  return route
}

const get = ({ program }: Setting, target: string) =>
  sendBytes(program.proxy, `GET ${target} HTTP/1.1\r\nHost: localhost\r\n\r\n`)

const forbidden = [
  {
    language: 'JavaScript',
    source: (name: string) => `(s, b, h) => [s, { is: typeof ${name} }, h]`,
  },
  {
    language: 'Lua',
    source: (name: string) => `return function(s, b, h) return s, { is = type(${name}) }, h end`,
  },
] as const

describe('untrusted_functions = sandbox', () => {
  let gateway: Setting
  beforeAll(async () => {
    gateway = await startWith({ untrusted_functions: 'sandbox' })
  })
  afterAll(async () => {
    await gateway?.program.stop()
    gateway?.program.cleanUp()
  })
  afterEach(async () => {
    const routes = (await gateway.admin.get('/routes')).data as { id: string }[]
    for (const { id } of routes) await gateway.admin.delete(`/routes/${id}`)
  })

  it.each([
    'process',
    'require',
    'setTimeout',
    'setInterval',
    'setImmediate',
    'queueMicrotask',
    'fetch',
    'XMLHttpRequest',
    'WebSocket',
    'Buffer',
    'WebAssembly',
    'SharedArrayBuffer',
  ])('hides %s from JavaScript', async (name) => {
    await exitThrough(gateway, 'hidden', [forbidden[0].source(name)])
    expect((await get(gateway, '/hidden')).json).toEqual({ is: 'undefined' })
  })

  it.each([
    'io.open',
    'os.execute',
    'os.getenv',
    'os.exit',
    'os.remove',
    'load',
    'loadstring',
    'dofile',
    'debug',
    'package',
    'collectgarbage',
    'setmetatable',
    'ngx.sleep',
    'ngx.timer',
    'ngx.socket',
  ])('hides %s from Lua', async (name) => {
    await exitThrough(gateway, 'hidden', [forbidden[1].source(name)])
    expect((await get(gateway, '/hidden')).json).toEqual({ is: 'nil' })
  })

  it.each([
    {
      what: 'throws in Lua',
      source: 'return function(s, b, h)\n  error("boom")\nend',
      log: 'boom',
      line: ':2:',
    },
    {
      what: 'indexes nil in Lua',
      source: 'local t = {}\nreturn function(s, b, h)\n  return t.x.y, b, h\nend',
      log: 'attempt to index',
      line: ':3:',
    },
    {
      what: 'never ends in Lua',
      source: 'return function(s, b, h)\n  while true do end\nend',
      log: 'ran out of steps',
      line: ':2',
    },
    {
      what: 'never ends in Lua, in pcall',
      source:
        'return function(s, b, h)\n  while true do pcall(function() while true do end end) end\nend',
      log: 'ran out of steps',
      line: '',
    },
    {
      what: 'throws in JavaScript',
      source: '(s, b, h) => {\n  throw new Error("boom")\n}',
      log: 'boom',
      line: '2:',
    },
    {
      what: 'never ends in JavaScript',
      source: '(s, b, h) => {\n  for (;;) {}\n}',
      log: '',
      line: '',
    },
    {
      what: 'never settles in JavaScript',
      source: 'async (s, b, h) => {\n  await new Promise(() => {})\n}',
      log: '',
      line: '',
    },
    { what: 'answers nonsense', source: '() => 42', log: '', line: '' },
    {
      what: 'eats memory',
      source: '(s, b, h) => {\n  const a = []\n  for (;;) a.push("x".repeat(1e6) + a.length)\n}',
      log: '',
      line: '',
    },
  ])(
    'skips a function that $what, says which, and serves others meanwhile',
    async ({ source, log, line }) => {
      const after = 'return function(s, b, h) b.after = true return s, b, h end'
      await exitThrough(gateway, 'harmful', [source, after])
      await gateway.admin.put('/routes/plain', { paths: ['/plain'] })
      const before = gateway.program.log().length
      const [harmful, ...others] = await Promise.all([
        get(gateway, '/harmful'),
        ...Array.from({ length: 5 }, () => get(gateway, '/plain')),
      ])
      expect(harmful?.status).toBe(418)
      expect(harmful?.json).toEqual({ message: 'tea', after: true })
      expect(others.map(({ status }) => status)).toEqual([503, 503, 503, 503, 503])
      const last = await gateway.program.logged('exit-transformer[1]', before)
      expect(last).toContain(log)
      expect(last).toContain(line)
    },
  )
})

describe('untrusted_functions = on', () => {
  it.each([
    {
      language: 'JavaScript, as a module',
      source: (file: string) =>
        `require('node:fs').writeFileSync(${JSON.stringify(file)}, 'x')
export default (s, b, h) => [s, { is: typeof process.pid }, h]`,
    },
    {
      language: 'JavaScript, as an expression',
      source: (file: string) =>
        `(require('node:fs').writeFileSync(${JSON.stringify(file)}, 'x'),
(s, b, h) => [s, { is: typeof process.pid }, h])`,
    },
    {
      language: 'Lua',
      source: (file: string) =>
        `local f = io.open(${JSON.stringify(file)}, "w")
f:write("x")
f:close()
return function(s, b, h) return s, { is = type(os.time()) }, h end`,
    },
  ])(
    'gives them to $language when it is called, and never when it is saved',
    async ({ source }) => {
      const folder = mkdtempSync(path.join(tmpdir(), 'postern-effect-'))
      const file = path.join(folder, 'effect')
      const gateway = await startWith({ untrusted_functions: 'on' })
      try {
        await exitThrough(gateway, 'effect', [source(file)])
        expect(existsSync(file)).toBe(false)
        expect((await get(gateway, '/effect')).json).toEqual({ is: 'number' })
        expect(existsSync(file)).toBe(true)
      } finally {
        await gateway.program.stop()
        gateway.program.cleanUp()
        rmSync(folder, { recursive: true, force: true })
      }
    },
  )
})

describe('untrusted_functions = off', () => {
  it('refuses to save a function, and names the setting', async () => {
    const gateway = await startWith({ untrusted_functions: 'off' })
    try {
      const answer = await fetch(`${gateway.program.admin}/plugins`, {
        method: 'POST',
        headers: { 'content-type': 'application/json' },
        body: JSON.stringify({
          name: 'exit-transformer',
          config: { functions: ['return function(s, b, h) return s, b, h end'] },
        }),
      })
      const json = (await answer.json()) as { fields: { config: { functions: string[] } } }
      expect(answer.status).toBe(400)
      expect(json).toMatchObject({ code: 2, name: 'schema violation' })
      expect(json.fields.config.functions[0]).toMatch(/untrusted_lua.*'off'.*untrusted_functions/s)
    } finally {
      await gateway.program.stop()
      gateway.program.cleanUp()
    }
  })
})

describe('a source that does not compile', () => {
  it.each([
    { what: 'Lua', source: 'return function(s, b, h)\n  return s b\nend', place: /2/ },
    { what: 'JavaScript', source: '(s, b, h) => {\n  return [s, b, h\n}', place: /3/ },
  ])('is refused with its line: $what', async ({ source, place }) => {
    const gateway = await startWith({})
    try {
      const answer = await fetch(`${gateway.program.admin}/plugins`, {
        method: 'POST',
        headers: { 'content-type': 'application/json' },
        body: JSON.stringify({ name: 'exit-transformer', config: { functions: [source] } }),
      })
      const json = (await answer.json()) as { fields: { config: { functions: string[] } } }
      expect(answer.status).toBe(400)
      expect(json.fields.config.functions[0]).toMatch(place)
    } finally {
      await gateway.program.stop()
      gateway.program.cleanUp()
    }
  })
})
