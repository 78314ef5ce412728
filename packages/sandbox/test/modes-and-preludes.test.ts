import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { afterEach, describe, expect, it } from 'vitest'
import { createFunctionHost, type FunctionLogLine } from '../src/index.ts'
import { closeAll, expectGone, open, outcome } from './open-hosts.ts'

const PRELUDE = new URL('./fixtures/prelude.ts', import.meta.url).href

afterEach(closeAll)

describe('a function in mode on', () => {
  it('has what Node has, and is ended all the same', async () => {
    const host = await open({ mode: 'on' })
    const run = (source: string): Promise<unknown> =>
      outcome(host.compile(source, { name: 'fn', timeoutMs: 200 }).call([]))
    expect(await run('() => require("node:os").EOL')).toBe('\n')
    expect(await run('async () => (await import("node:path")).sep')).toBe('/')
    expect(await run('() => new Promise((r) => setTimeout(() => r(process.pid > 0), 5))')).toBe(
      true,
    )
    expect(await run('() => { for (;;) ; }')).toBe('POSTERN_SANDBOX_TIMEOUT')
    expect(await run('() => new Promise(() => {})')).toBe('POSTERN_SANDBOX_TIMEOUT')
    expect(await run('() => process.exit(3)')).toBe('POSTERN_SANDBOX_KILLED')
    expect(await run('() => process.abort()')).toBe('POSTERN_SANDBOX_KILLED')
    expect(await run('() => { throw new TypeError("x") }')).toBe('POSTERN_SANDBOX_THREW')
    expect(await run('() => 7')).toBe(7)
    expect(await run('() => /^(a+)+$/.test("a".repeat(60) + "b")')).toBe(false)
  })

  it('may import, statically and from files', async () => {
    const folder = mkdtempSync(path.join(tmpdir(), 'postern-import-'))
    const file = path.join(folder, 'words.mjs')
    writeFileSync(file, 'export default "hello"\nexport const other = "x"\n')
    writeFileSync(path.join(folder, 'data.json'), '{"n":7}')
    try {
      const host = await open({ mode: 'on' })
      const source = `
        import { EOL, type as kind } from 'node:os'
        import path, * as all from 'node:path'
        import word, { other } from ${JSON.stringify(file)}
        import data from ${JSON.stringify(path.join(folder, 'data.json'))} with { type: 'json' }
        import 'node:fs'
        export default () => [EOL, typeof kind(), path.sep === all.sep, word + other, data.n]`
      const fn = host.compile(source, { name: 'fn', timeoutMs: 2_000 })
      const answer = ['\n', 'string', true, 'hellox', 7]
      expect(await Promise.all([1, 2].map(() => outcome(fn.call([]))))).toEqual([answer, answer])
      const missing = host.compile("import 'node:none'\nexport default () => 1", {
        name: 'missing',
        timeoutMs: 2_000,
      })
      expect(await outcome(missing.call([]))).toBe('POSTERN_SANDBOX_THREW')
    } finally {
      rmSync(folder, { recursive: true, force: true })
    }
  })

  it('is told where it threw after an import', async () => {
    const host = await open({ mode: 'on' })
    const source = "import { sep } from 'node:path'; export default (a) => a.b.c\n"
    const fn = host.compile(source, { name: 'fn', timeoutMs: 2_000 })
    const error = await fn.call([{}]).catch((caught: unknown) => caught)
    expect(error).toMatchObject({ line: 1, column: source.indexOf('.c') + 2 })
  })

  it('has globals that no other function sees', async () => {
    const host = await open({ mode: 'on' })
    const run = (source: string): Promise<unknown> =>
      outcome(host.compile(source, { name: 'fn', timeoutMs: 2_000 }).call([]))
    const sets =
      '() => { globalThis.mine = 1; global.two = 2; return globalThis.mine + globalThis.two }'
    expect(await run(sets)).toBe(3)
    const sees =
      '() => [globalThis.mine, typeof two, typeof globalThis.fetch, typeof globalThis.crypto]'
    expect(await run(sees)).toEqual([null, 'undefined', 'function', 'object'])
  })

  it('has nothing of the environment of the gateway', async () => {
    process.env['GATEWAY_TEST_SECRET'] = 'secret'
    const host = await open({ mode: 'on' })
    const fn = host.compile('() => Object.keys(process.env)', { name: 'fn', timeoutMs: 500 })
    expect(await outcome(fn.call([]))).toEqual([])
    delete process.env['GATEWAY_TEST_SECRET']
  })

  it.each([
    { what: 'no JSON', line: 'garbage' },
    { what: 'no reply', line: '{"k":"ok"}' },
    { what: 'a reply to a call that was not made', line: '{"k":"ok","i":4711,"r":1}' },
  ])('cannot confuse the gateway by writing $what', async ({ line }) => {
    const host = await open({ mode: 'on' })
    const source = `() => { require('node:fs').writeSync(3, ${JSON.stringify(`${line}\n`)}); for (;;) ; }`
    const liar = host.compile(source, { name: 'liar', timeoutMs: 2_000 })
    const { pid } = host
    expect(await outcome(liar.call([]))).toBe('POSTERN_SANDBOX_KILLED')
    await expectGone(pid)
  })

  it('does not begin a call twice, and does those elsewhere that had not begun', async () => {
    const host = await open({ mode: 'on' })
    const waits = host.compile('() => new Promise((r) => setTimeout(r, 400))', {
      name: 'waits',
      timeoutMs: 1_000,
    })
    const loops = host.compile('() => { for (;;) ; }', { name: 'loops', timeoutMs: 100 })
    const after = host.compile('() => 7', { name: 'after', timeoutMs: 1_000 })
    const calls = [waits.call([]), loops.call([]), after.call([])]
    expect(await Promise.all(calls.map(outcome))).toEqual([
      'POSTERN_SANDBOX_KILLED',
      'POSTERN_SANDBOX_TIMEOUT',
      7,
    ])
  })
})

describe('a prelude', () => {
  it.each(['sandbox', 'on'] as const)(
    'gives each call its own globals in mode %s',
    async (mode) => {
      const host = await open({ mode, prelude: PRELUDE })
      const source = 'async (n) => { kong.set(n); await null; kong.set(kong.path()); return n }'
      const fn = host.compile(source, { name: 'fn', timeoutMs: 500 })
      const calls = Array.from({ length: 50 }, (_, n) => fn.call([n], { path: `/${n}` }))
      expect(await Promise.all(calls)).toEqual(
        Array.from({ length: 50 }, (_, n) => ({ result: n, effects: [n, `/${n}`] })),
      )
    },
  )

  it.each(['sandbox', 'on'] as const)('can end a function in mode %s', async (mode) => {
    const host = await open({ mode, prelude: PRELUDE })
    const fn = host.compile('() => { kong.exit(403); return 1 }', { name: 'fn', timeoutMs: 500 })
    expect(await fn.call([])).toEqual({ result: undefined, effects: [{ status: 403 }] })
  })

  it('cannot be changed by a function', async () => {
    const host = await open({ prelude: PRELUDE })
    const source = `() => { let n = 0
      for (const change of [() => { kong.path = 1 }, () => { Object.getPrototypeOf(kong).path = 1 }]) {
        try { change() } catch { n++ }
      }
      return n }`
    const fn = host.compile(source, { name: 'fn', timeoutMs: 500 })
    expect(await outcome(fn.call([]))).toBe(2)
  })

  it('records only what is data', async () => {
    const host = await open({ prelude: PRELUDE })
    const fn = host.compile('() => { kong.set(() => 1) }', { name: 'fn', timeoutMs: 500 })
    expect(await outcome(fn.call([]))).toBe('POSTERN_SANDBOX_RESULT')
  })

  it('that cannot be loaded is told by start() and by calls', async () => {
    const host = createFunctionHost({ mode: 'sandbox', prelude: `${PRELUDE}.missing` })
    await expect(host.start()).rejects.toMatchObject({ code: 'POSTERN_SANDBOX_START' })
    const fn = host.compile('() => 1', { name: 'fn', timeoutMs: 500 })
    expect(await outcome(fn.call([]))).toBe('POSTERN_SANDBOX_START')
    await host.close()
  })
})

describe('the console of a function', () => {
  it.each(['sandbox', 'on'] as const)(
    'goes to the log, within limits, in mode %s',
    async (mode) => {
      const lines: FunctionLogLine[] = []
      const host = await open({ mode, log: (line) => lines.push(line) })
      const source = `() => {
      console.log('a\\r\\nlevel=info', { b: [1] }, 2)
      console.error('x'.repeat(5000))
      for (let i = 0; i < 100; i++) console.debug(i)
      console.log(() => 1, { get a() { throw 1 } })
    }`
      await host.compile(source, { name: 'fn', timeoutMs: 500 }).call([])
      expect(lines).toHaveLength(20)
      expect(lines[0]).toEqual({
        name: 'fn',
        level: 'log',
        text: 'a\\u000d\\u000alevel=info {"b":[1]} 2',
      })
      expect(lines[1]).toEqual({ name: 'fn', level: 'error', text: 'x'.repeat(1000) })
    },
  )
})
