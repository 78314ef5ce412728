import { spawn } from 'node:child_process'
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest'
import { runProgram } from './run-program.ts'

// Several processes start in one test, and a busy machine takes seconds for each.
vi.setConfig({ testTimeout: 60_000, hookTimeout: 60_000 })

let folder: string
beforeAll(() => {
  folder = mkdtempSync(path.join(tmpdir(), 'postern-test-command-'))
  write('errors.ts', '(s, b, h, exit) => [s, { error: exit.reason }, { ...h, "X-A": "b" }]')
  write('same.lua', 'return function() end')
  write('fails.lua', 'return function(s, b, h)\n  return s, b.x.y, h\nend')
  write('count.lua', 'local n = 0\nreturn function() n = n + 1 return 400 + n end')
  write('broken.lua', 'return function(')
})
afterAll(() => rmSync(folder, { recursive: true }))

function write(name: string, text: string): string {
  const file = path.join(folder, name)
  mkdirSync(path.dirname(file), { recursive: true })
  writeFileSync(file, text)
  return name
}

const test = (...args: readonly string[]) => runProgram(['test', ...args], { folder })

const GOOD = `functions: [../errors.ts]
timeout_ms: 5000
rows:
  - title: a missing key
    exit: { reason: key-auth.no_key }
    answer:
      status: 401
      body: { error: key-auth.no_key }
      headers: { x-a: b, www-authenticate: Key, server: null }
`

describe('postern test', () => {
  it('runs the tables below a folder, of YAML and of TypeScript', async () => {
    write('good/a.exit-test.yaml', GOOD)
    write(
      'good/deep/b.exit-test.ts',
      `import type { ExitTests } from 'postern/exit-test'
const tests: ExitTests = {
  functions: ['../../same.lua'],
  timeout_ms: 5000,
  rows: [{ title: 'stays', exit: { status: 403, body: 'no' }, answer: 'unchanged' }],
}
export default tests`,
    )
    const { code, stdout, stderr } = await test('good')
    expect(stdout).toBe(
      [
        'good/a.exit-test.yaml',
        '  ok   a missing key',
        'good/deep/b.exit-test.ts',
        '  ok   stays',
        '2 passed in 2 files',
        '',
      ].join('\n'),
    )
    expect(stderr).toBe('')
    expect(code).toBe(0)
  })

  it.each([
    ['own/a.exit-test.ts', "import { defineExitTests } from 'postern/exit-test'"],
    ['own/b.exit-test.mjs', "import { defineExitTests } from 'postern/exit-test'"],
    [
      'own/c.exit-test.ts',
      `import { defineExitTests } from 'postern/exit-test'
import { DEFAULT_BODIES } from '@postern/exit-transformer/ready-made'
if (!('text/html' in DEFAULT_BODIES)) throw new Error('another package')`,
    ],
  ])('runs %s, which imports what is only where the program is', async (name, imports) => {
    write(
      name,
      `${imports}
export default defineExitTests({
  functions: ['../typed.ts'],
  timeout_ms: 5000,
  rows: [{ title: 'typed', exit: { status: 403 }, answer: { status: 418 } }],
})`,
    )
    write(
      'typed.ts',
      `import type { ExitFunction } from '@postern/exit-transformer'
const teapot: ExitFunction = (s, b, h) => [418, b, h]
export default teapot`,
    )
    const { code, stdout, stderr } = await test(name)
    expect(stdout).toBe(`${name}\n  ok   typed\n1 passed in 1 file\n`)
    expect(stderr).toBe('')
    expect(code).toBe(0)
  })

  it('takes a package beside the tests rather than its own', async () => {
    write('beside/node_modules/postern/package.json', '{"exports":{"./exit-test":"./a.mjs"}}')
    write('beside/node_modules/postern/a.mjs', "throw new Error('the one beside')")
    write('beside/a.exit-test.ts', "import 'postern/exit-test'\nexport default {}")
    const { code, stderr } = await test('beside')
    expect(stderr).toContain('the module cannot be loaded: the one beside')
    expect(code).toBe(1)
  })

  it.each([
    ["import 'postern/nowhere'", "Package subpath './nowhere' is not defined"],
    ["import '@postern/nowhere'", "Cannot find package '@postern/nowhere' imported from"],
    ["import 'posterns'", "Cannot find package 'posterns' imported from"],
  ])('says what is wrong with %s', async (text, problem) => {
    write('lost/a.exit-test.ts', text)
    const { code, stderr } = await test('lost')
    expect(stderr).toContain(problem)
    expect(stderr).toContain(path.join('lost', 'a.exit-test.ts'))
    expect(code).toBe(1)
  })

  it('shows what is different, and ends with 1', async () => {
    write(
      'bad/a.exit-test.yaml',
      `functions: [../errors.ts]
timeout_ms: 5000
rows:
  - title: another shape
    exit: { reason: key-auth.no_key }
    answer: { status: 403, body: { error: { code: 1 } }, headers: { x-a: c, x-b: d } }
  - title: not touched
    exit: { status: 403 }
    answer: unchanged
`,
    )
    const { code, stdout } = await test('bad')
    expect(stdout).toBe(
      [
        'bad/a.exit-test.yaml',
        '  FAIL another shape',
        '       status: expected 403, got 401',
        '       header x-a: expected "c", got "b"',
        '       header x-b: expected "d", got nothing',
        '       body: - expected + got',
        '           {',
        '         -   "error": {',
        '         -     "code": 1',
        '         -   }',
        '         +   "error": "key-auth.no_key"',
        '           }',
        '  FAIL not touched',
        '       answer of ../errors.ts: expected no change',
        '         header X-A: none -> "b"',
        '         body: none -> {"error":"plugin.exit"}',
        '0 passed, 2 failed in 1 file',
        '',
      ].join('\n'),
    )
    expect(code).toBe(1)
  })

  it('fails a row whose function fails, unless it was meant to', async () => {
    write(
      'fails/a.exit-test.yaml',
      `functions: [../fails.lua]
timeout_ms: 5000
rows:
  - title: not meant
    exit: { status: 403 }
    answer: unchanged
  - title: meant
    exit: { status: 403 }
    answer: unchanged
    fails: attempt to index
  - title: meant otherwise
    exit: { status: 403 }
    answer: unchanged
    fails: something else
`,
    )
    const { code, stdout } = await test('fails')
    expect(stdout).toContain('  FAIL not meant\n       ../fails.lua:2:3: error: attempt to index')
    expect(stdout).toContain('  ok   meant\n')
    expect(stdout).toContain(
      '  FAIL meant otherwise\n       no function failed with "something else"',
    )
    expect(stdout).toContain('1 passed, 2 failed in 1 file')
    expect(code).toBe(1)
  })

  it('runs each row with functions that have not run before', async () => {
    const row = '{ title: first, exit: { status: 500 }, answer: { status: 401 } }'
    write(
      'rows/a.exit-test.yaml',
      `functions: [../count.lua]\ntimeout_ms: 5000\nrows: [${row}, ${row}]`,
    )
    expect((await test('rows')).stdout).toContain('2 passed')
  })

  it('runs the other files where one cannot be run, and ends with 1', async () => {
    write('mixed/a.exit-test.yaml', GOOD)
    write('mixed/b.exit-test.yaml', 'functions: [a\n')
    write('mixed/c.exit-test.yaml', GOOD.replace('errors.ts', 'broken.lua'))
    write('mixed/d.exit-test.yaml', GOOD.replace('errors.ts', 'nowhere.lua'))
    write('mixed/e.exit-test.ts', "throw new Error('boom')")
    write('mixed/f.exit-test.yaml', '\0')
    const { code, stdout, stderr } = await test('mixed')
    expect(stdout).toContain('1 passed in 6 files, 5 files could not be run\n')
    expect(stderr).toMatch(/^mixed\/b\.exit-test\.yaml:2:1: error: /m)
    expect(stderr).toMatch(/broken\.lua:1:17: error: /)
    expect(stderr).toMatch(/nowhere\.lua: error: .*ENOENT/)
    expect(stderr).toMatch(/^mixed\/e\.exit-test\.ts: error: .*boom/m)
    expect(stderr).toMatch(/^mixed\/f\.exit-test\.yaml: error: this is no text file/m)
    expect(code).toBe(1)
  })

  it('prints the results as data', async () => {
    write('json/a.exit-test.yaml', GOOD.replace('401', '402'))
    const { code, stdout } = await test('json', '--json')
    expect(JSON.parse(stdout)).toMatchObject({
      ok: false,
      files: [
        {
          path: 'json/a.exit-test.yaml',
          rows: [
            {
              title: 'a missing key',
              isGood: false,
              mismatches: [{ part: 'status', expected: 402, got: 401 }],
            },
          ],
        },
      ],
    })
    expect(code).toBe(1)
  })

  it('ends with 1 where there is nothing to run', async () => {
    mkdirSync(path.join(folder, 'empty'))
    const { code, stderr } = await test('empty')
    expect(stderr).toContain('no file *.exit-test.ts or *.exit-test.yaml is at "empty"')
    expect(code).toBe(1)
  })

  it('runs again after a change, until it is told to stop', async () => {
    write('watch/a.exit-test.yaml', GOOD)
    const main = path.resolve(import.meta.dirname, '../src/main.ts')
    const args = ['--conditions=@postern/source', main, 'test', 'watch', '--watch']
    const child = spawn(process.execPath, args, { cwd: folder })
    const exited = new Promise<number | null>((resolve) => child.once('exit', resolve))
    let said = ''
    const hears = async (text: string): Promise<void> => {
      while (!said.includes(text)) {
        await new Promise((resolve) => {
          child.stdout.once('data', resolve)
          child.stderr.once('data', resolve)
        })
      }
      said = said.slice(said.indexOf(text) + text.length)
    }
    child.stdout.setEncoding('utf8').on('data', (text: string) => (said += text))
    child.stderr.setEncoding('utf8').on('data', (text: string) => (said += text))
    await hears('1 passed in 1 file')
    await hears('waiting for a change')
    write('watch/a.exit-test.yaml', GOOD.replace('401', '402'))
    await hears('0 passed, 1 failed in 1 file')
    child.kill('SIGTERM')
    expect(await exited).toBe(0)
  })
})
