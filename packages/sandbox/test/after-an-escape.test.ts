import { existsSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { afterAll, describe, expect, it } from 'vitest'
import { createFunctionHost } from '../src/index.ts'
import { outcome } from './open-hosts.ts'

const HOST_PROGRAM = fileURLToPath(new URL('../src/host.ts', import.meta.url))
const OTHER_PACKAGE = fileURLToPath(import.meta.resolve('@postern/errors/package.json'))

/** Functions here have the evaluator of the process: they are out of SES already. */
const host = createFunctionHost({
  mode: 'sandbox',
  spares: 0,
  prelude: new URL('./fixtures/escape-prelude.ts', import.meta.url).href,
})

afterAll(() => host.close())

const run = (source: string): Promise<unknown> =>
  outcome(host.compile(source, { name: 'escaped', timeoutMs: 2_000 }).call([]))

describe('a function that got out of SES', () => {
  it('is in the realm of the process', async () => {
    expect(await run(`() => evaluate('globalThis') !== globalThis`)).toBe(true)
  })

  it.each([
    ...['process', 'global', 'require', 'module', 'Buffer', 'fetch', 'WebSocket', 'EventSource'],
    ...['setTimeout', 'queueMicrotask', 'structuredClone', 'performance', 'crypto', 'navigator'],
    ...['WebAssembly', 'SharedArrayBuffer', 'Atomics', 'MessageChannel', 'BroadcastChannel'],
    ...['Worker', 'localStorage', 'console'],
  ])('finds no %s', async (name) => {
    expect(await run(`() => evaluate('typeof ${name}')`)).toBe('undefined')
  })

  it.each(['node:net', 'node:fs', 'node:child_process', 'node:process', 'data:text/javascript,1'])(
    'cannot import %s',
    async (specifier) => {
      const source = `
        let imported
        let said
        export default async () => {
          imported ??= evaluate('import("${specifier}")').then(() => { said = 'loaded' }, (e) => { said = e.message })
          return said
        }`
      const fn = host.compile(source, { name: 'importing', timeoutMs: 2_000 })
      const answers = []
      for (let i = 0; i < 20; i++) answers.push(await outcome(fn.call([])))
      expect(answers.at(-1)).toBe('nothing more is loaded')
    },
  )

  it.each([
    { what: 'its own program', file: HOST_PROGRAM, answer: expect.any(Number) as unknown },
    { what: 'the list of users', file: '/etc/passwd', answer: 'POSTERN_SANDBOX_THREW' },
    { what: 'its environment', file: '/proc/self/environ', answer: 'POSTERN_SANDBOX_THREW' },
    {
      what: 'that of the gateway',
      file: `/proc/${process.pid}/environ`,
      answer: 'POSTERN_SANDBOX_THREW',
    },
    { what: 'what lies beside the package', file: OTHER_PACKAGE, answer: 'POSTERN_SANDBOX_THREW' },
  ])('that has the file system can read $what: $answer', async ({ file, answer }) => {
    expect(existsSync(file)).toBe(true)
    expect(await run(`() => read(${JSON.stringify(file)})`)).toEqual(answer)
  })
})
