import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest'
import { type AdminClient, createAdminClient } from './admin-client.ts'
import { runProgram } from './run-program.ts'
import { sendBytes } from './send-bytes.ts'
import { type RunningProgram, startProgram } from './start-program.ts'

// Several processes start in one test, and a busy machine takes seconds for each.
vi.setConfig({ testTimeout: 60_000, hookTimeout: 60_000 })

/** What stands in the folder that the program is started in. */
const FILES = {
  'postern.conf': `untrusted_javascript_sandbox_requires = money=./helpers/money.js, ./helpers/round.cjs, texts = ./texts.json, seen=seen.ts, @acme/texts, tiny
plugins = bundled, ${path.join(import.meta.dirname, 'plugins/exit-maker.ts')}
workers = 1
`,
  'helpers/money.js':
    "import { round } from './round.cjs'\nexport const format = (n) => `€ ${round(n)}`",
  'helpers/round.cjs': 'exports.round = (n) => Math.round(n)',
  'texts.json': '{ "tea": "Tee", "__proto__": "<!-- import(1) -->" }',
  'seen.ts': 'export default (name: string) => kong.request.getHeader(name)',
  'node_modules/@acme/texts/package.json':
    '{ "exports": { "import": "./index.mjs", "require": "./no.cjs" } }',
  'node_modules/@acme/texts/index.mjs': 'export const greet = (name) => `hello ${name}`',
  'node_modules/tiny/package.json': '{ "main": "lib/tiny.js" }',
  'node_modules/tiny/lib/tiny.js':
    "'use strict'\nmodule.exports = (text) => text.slice(0, 3)\nmodule.exports.version = 1",
  'uses.js': `import { format } from 'money'
import texts from 'texts'
import { greet } from '@acme/texts'
export default (status, body) => [status, { cost: format(1.6), tea: texts[body.message], greet: greet('you'), keys: Object.keys(texts), tiny: require('tiny')('text') }]`,
  'refused.js': "import fs from 'node:fs'\nexport default (status) => [status]",
} as const

const USED = {
  cost: '€ 2',
  tea: 'Tee',
  greet: 'hello you',
  keys: ['tea', '__proto__'],
  tiny: 'tex',
}

function folderWith(files: Readonly<Record<string, string>>): string {
  const folder = mkdtempSync(path.join(tmpdir(), 'postern-modules-'))
  for (const [name, text] of Object.entries(files)) {
    mkdirSync(path.dirname(path.join(folder, name)), { recursive: true })
    writeFileSync(path.join(folder, name), text)
  }
  return folder
}

let folder: string
beforeAll(() => {
  folder = folderWith(FILES)
})
afterAll(() => rmSync(folder, { recursive: true }))

describe('untrusted_javascript_sandbox_requires', () => {
  let program: RunningProgram
  let admin: AdminClient

  beforeAll(async () => {
    program = await startProgram({ prefix: folder })
    admin = createAdminClient(program.admin)
  })
  afterAll(() => program?.stop())

  /** A Route that answers 418 `{ message: 'tea' }`, passed through a function. */
  async function save(name: string, source: string) {
    await admin.put(`/routes/${name}`, { paths: [`/${name}`] })
    await admin.post(`/routes/${name}/plugins`, {
      name: 'exit-maker',
      config: { exit: JSON.stringify({ status: 418, body: { message: 'tea' } }) },
    })
    const config = { functions: [source], timeout_ms: 5000 }
    return admin.post(`/routes/${name}/plugins`, { name: 'exit-transformer', config })
  }

  const get = (target: string) =>
    sendBytes(program.proxy, `GET ${target} HTTP/1.1\r\nHost: localhost\r\nX-A: b\r\n\r\n`)

  it('names files, short names for files, and packages', async () => {
    await save('used', FILES['uses.js'])
    expect((await get('/used')).json).toEqual(USED)
  })

  it('gives a module what its function has of the request', async () => {
    await save('seen', 'import seen from "seen"\nexport default (s) => [s, { a: seen("x-a") }]')
    expect((await get('/seen')).json).toEqual({ a: 'b' })
  })

  it('is for the functions of pre-function, too', async () => {
    await admin.put('/routes/early', { paths: ['/early'] })
    const source =
      'import seen from "seen"\nexport default (kong) => kong.response.exit(200, { a: seen("x-a") })'
    const config = { access: [source] }
    await admin.post('/routes/early/plugins', { name: 'pre-function', config })
    expect((await get('/early')).json).toEqual({ a: 'b' })
  })

  it.each([
    {
      name: 'built-in',
      source: FILES['refused.js'],
      told: "line 1, column 16: require 'node:fs' not allowed",
    },
    {
      name: 'at-the-top',
      source: 'const fs =\n  require("fs")\nexport default () => fs',
      told: "line 2, column 11: require 'fs' not allowed",
    },
    {
      name: 'no-such-name',
      source: 'import { x } from "@acme/texts"\nexport default () => x',
      told: "line 1, column 10: the module '@acme/texts' does not export 'x'",
    },
    {
      name: 'other-name',
      source: 'import "money.js"\nexport default () => 1',
      told: "'money.js' not allowed",
    },
  ])('refuses to save $source', async ({ name, source, told }) => {
    await expect(save(name, source)).rejects.toThrow('400 ')
    await expect(save(`${name}-again`, source)).rejects.toThrow(told)
  })

  it('is told when a function requires another by a name that it computes', async () => {
    await save('computed', '(s, body) => require(`node:${body.message}`)')
    const { json, status } = await get('/computed')
    expect([status, json]).toEqual([418, { message: 'tea' }])
    await program.logged("require 'node:tea' not allowed within sandbox")
  })
})

it('fails the calls of a function whose module is listed no more, and starts all the same', async () => {
  const place = folderWith(FILES)
  const first = await startProgram({ prefix: place })
  const admin = createAdminClient(first.admin)
  await admin.post('/routes', { name: 'all', paths: ['/'] })
  const exit = JSON.stringify({ status: 418, body: { message: 'tea' } })
  await admin.post('/routes/all/plugins', { name: 'exit-maker', config: { exit } })
  const config = { functions: ['import "money"\nexport default () => [200]'], timeout_ms: 5000 }
  await admin.post('/routes/all/plugins', { name: 'exit-transformer', config })
  await first.stop()
  const settings = { untrusted_javascript_sandbox_requires: '' }
  const second = await startProgram({ prefix: place, settings })
  try {
    const { status } = await sendBytes(second.proxy, 'GET / HTTP/1.1\r\nHost: localhost\r\n\r\n')
    expect(status).toBe(418)
    await second.logged("1:8: require 'money' not allowed within sandbox")
  } finally {
    await second.stop()
    second.cleanUp()
  }
})

describe('the commands', () => {
  it('try runs functions with their modules', async () => {
    const args = ['try', 'uses.js', '--timeout', '5000', '--status', '418']
    const run = await runProgram([...args, '--body', '{"message":"tea"}'], { folder })
    expect(run.stderr).toMatch(/^uses\.js: changed/m)
    expect(run.stdout).toContain(JSON.stringify(USED))
  })

  it('test does so', async () => {
    const table = `functions: [./uses.js]
timeout_ms: 5000
rows:
  - title: texts
    exit: { status: 418, body: { message: tea } }
    answer: { status: 418, body: ${JSON.stringify(USED)}, headers: {} }
`
    writeFileSync(path.join(folder, 'uses.exit-test.yaml'), table)
    const run = await runProgram(['test', 'uses.exit-test.yaml'], { folder })
    expect(run.stdout).toContain('1 passed in 1 file')
  })

  it('check tells what may not be imported', async () => {
    const fine = await runProgram(['check', 'postern.conf', 'uses.js'], { folder })
    expect(fine.stdout).toBe('postern.conf: fine\nuses.js: fine\n')
    const refused = await runProgram(['check', 'refused.js'], { folder })
    expect(refused.stderr).toContain("refused.js:1:16: error: require 'node:fs' not allowed")
    expect(refused.code).toBe(1)
  })
})

it('reads a JSON file of nearly 256 KiB that is full of quotes and line breaks', async () => {
  const place = folderWith({
    'texts.json': JSON.stringify(Array(23_700).fill('tea'), null, 4).padEnd(262_000),
    'postern.conf': 'untrusted_javascript_sandbox_requires = texts=./texts.json',
  })
  try {
    const { stdout } = await runProgram(['check', 'postern.conf'], { folder: place })
    expect(stdout).toBe('postern.conf: fine\n')
  } finally {
    rmSync(place, { recursive: true })
  }
})

describe('a setting that cannot be used', () => {
  const files = {
    'broken.js': 'export const a = 1\nexport const = 2',
    'imports.js': "import fs from 'node:fs'",
    'asks.cjs': "exports.a = 1\nconst b = require('./b')",
    'large.js': ' '.repeat(256 * 1024 + 1),
    'binary.js': 'a\0b',
    'bad.json': '{ "a": }',
    'text.txt': 'text',
    'good.js': 'export const a = 1',
    'node_modules/wide/package.json': '{}',
    'node_modules/wide/index.js': "module.exports = require('./lib/all.js')",
  }
  const key = 'untrusted_javascript_sandbox_requires'
  const variable = `POSTERN_${key.toUpperCase()}`

  /** What the program says, and what `postern check` says when the setting stands in a file. */
  async function told(value: string) {
    const place = folderWith({ ...files, 'postern.conf': `workers = 1\n${key} = ${value}` })
    const settings = {
      [variable]: value,
      POSTERN_PROXY_LISTEN: '127.0.0.1:0',
      POSTERN_ADMIN_LISTEN: '127.0.0.1:0',
      POSTERN_STATUS_LISTEN: '127.0.0.1:0',
    }
    try {
      const started = await runProgram(['start'], { folder: place, env: settings })
      expect([started.code, started.stdout]).toEqual([1, ''])
      const checked = await runProgram(['check', 'postern.conf'], { folder: place })
      expect(checked.code).toBe(1)
      return { started: started.stderr, checked: checked.stderr }
    } finally {
      rmSync(place, { recursive: true })
    }
  }

  it.each([
    { value: 'a=./broken.js', entry: 'a=./broken.js', file: 'broken.js:2:14', why: 'Unexpected' },
    {
      value: './good.js, ./imports.js',
      entry: './imports.js',
      column: 52,
      file: 'imports.js:1:16',
      why: "require 'node:fs' not allowed",
    },
    {
      value: './asks.cjs',
      entry: './asks.cjs',
      file: 'asks.cjs:2:19',
      why: "require './b' not allowed",
    },
    { value: 'a=bad.json', entry: 'a=bad.json', file: 'bad.json:1:8', why: 'it is not JSON' },
    {
      value: 'wide',
      entry: 'wide',
      file: 'node_modules/wide/index.js:1:26',
      why: "require './lib/all.js' not allowed",
    },
  ])('is told at the place in the module, with its own: $value', async (row) => {
    const { value, entry, column = 41, file, why } = row
    const { started, checked } = await told(value)
    const head = `${file}: error: ${key}: "${entry}" cannot be imported: `
    expect(started).toContain(head)
    expect(started).toContain(why)
    expect(started).toContain(`(listed in environment variable ${variable})`)
    expect(checked).toContain(head)
    expect(checked).toContain(`(listed in postern.conf:2:${column})`)
  })

  it.each([
    { value: './large.js', entry: './large.js', why: '262145 bytes' },
    { value: './binary.js', entry: './binary.js', why: 'no text file' },
    { value: './text.txt', entry: './text.txt', why: 'no file ending in .js, .mjs, .cjs, .ts' },
    { value: './none.js', entry: './none.js', why: 'ENOENT' },
    { value: './node_modules', entry: './node_modules', why: 'no file ending in' },
    {
      value: 'a=./good.js, a=./good.js',
      entry: 'a=./good.js',
      column: 54,
      why: '"a" is listed twice',
    },
    { value: 'a=', entry: 'a=', why: 'expected NAME=FILE' },
    {
      value: 'no-such-package',
      entry: 'no-such-package',
      why: 'npm install no-such-package',
    },
    {
      value: 'https://localhost/a.js',
      entry: 'https://localhost/a.js',
      why: 'neither a file nor a package',
    },
    { value: 'fs', entry: 'fs', why: 'built into Node' },
  ])('keeps the gateway from starting: $value', async ({ value, entry, column = 41, why }) => {
    const { started, checked } = await told(value)
    const head = `error: ${key}: "${entry}" cannot be imported: `
    expect(started).toContain(`environment variable ${variable}: ${head}`)
    expect(started).toContain(why)
    expect(checked).toContain(`postern.conf:2:${column}: ${head}`)
    expect(checked).toContain(why)
    expect(checked).toMatch(/^ {4}2 \| .+\n {6}\| +\^$/m)
  })

  it.each(['strict', 'lax', 'on', 'off'])('is of no use to %s, as in Kong', async (mode) => {
    const place = folderWith({
      ...files,
      'postern.conf': `untrusted_functions = ${mode}\nuntrusted_javascript_sandbox_requires = ./none.js`,
      'asks.js': "import a from './none.js'\nexport default () => a",
    })
    try {
      expect(await runProgram(['check', 'postern.conf'], { folder: place })).toMatchObject({
        code: 0,
      })
      const { stderr } = await runProgram(['check', 'asks.js'], { folder: place })
      expect(stderr.includes("require './none.js' not allowed")).toBe(mode !== 'on')
    } finally {
      rmSync(place, { recursive: true })
    }
  })
})
