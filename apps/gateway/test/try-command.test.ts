import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { type AddressInfo, createServer } from 'node:net'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest'
import { type ProgramRun, runProgram } from './run-program.ts'

// Several processes start in one test, and a busy machine takes seconds for each.
vi.setConfig({ testTimeout: 60_000, hookTimeout: 60_000 })

let folder: string
const FILES = {
  'errors.ts': `export default (status: number, body: { message?: string }, headers, exit) => [
  status,
  { error: exit.reason, text: body?.message },
  { ...headers, 'X-Error': exit.reason },
]`,
  'page.js': '(s, b) => ({ body: `<h1>${b?.error ?? b}</h1>` })',
  'arr.lua': 'return function(s, b, h) b.message = b.message .. ", arr!" return s, b, h end',
  'same.lua': 'return function() end',
  'fails.lua': 'return function(s, b, h)\n  return s, b.x.y, h\nend',
  'throws.js': "() => {\n  throw new Error('boom')\n}",
  'endless.js': '() => { for (;;); }',
  'endless.lua': 'return function() while true do end end',
  'broken.lua': 'return function(s, b, h)\n  return s, b..\nend',
  'broken.ts': 'export default (s: ) => s',
  'neither.txt': 'this is nothing',
  'colours.js': "() => ({ body: 'a\\u001b[2Jb' })",
  'zero.lua': 'return function() end\0',
  'large.json': JSON.stringify({ message: 'x'.repeat(10_000_000) }),
  'case.yaml': 'status: 402\nreason: shop.broke\nbody: { message: pay }\n',
} as const

beforeAll(() => {
  folder = mkdtempSync(path.join(tmpdir(), 'postern-try-'))
  for (const [name, text] of Object.entries(FILES)) writeFileSync(path.join(folder, name), text)
  writeFileSync(path.join(folder, 'image.png'), Buffer.from([0x89, 0x50, 0x4e, 0x47, 0xff, 0xfe]))
})
afterAll(() => rmSync(folder, { recursive: true }))

function tryIt(...args: readonly string[]): Promise<ProgramRun> {
  // A busy machine has no 50 ms for each call.
  return runProgram(['try', '--timeout', '5000', ...args], { folder })
}

/** A port that nobody listens on. */
async function closedPort(): Promise<number> {
  const server = createServer()
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', () => resolve()))
  const { port } = server.address() as AddressInfo
  await new Promise((resolve) => server.close(resolve))
  return port
}

describe('postern try', () => {
  it('prints the response as curl -i does, and what each function did to standard error', async () => {
    const { code, stdout, stderr } = await tryIt('errors.ts', 'same.lua')
    expect(stdout).toBe(
      [
        'HTTP/1.1 401 Unauthorized',
        'WWW-Authenticate: Key',
        'Content-Type: application/json; charset=utf-8',
        'X-Error: key-auth.no_key',
        'Content-Length: 64',
        '',
        '{"error":"key-auth.no_key","text":"No API key found in request"}',
        '',
      ].join('\n'),
    )
    expect(stderr).toMatch(/^errors\.ts: changed \([\d.]+ ms\)$/m)
    expect(stderr).toContain('  header X-Error: none -> "key-auth.no_key"\n')
    expect(stderr).toContain('  body /text: none -> "No API key found in request"\n')
    expect(stderr).toMatch(/^same\.lua: unchanged /m)
    expect(code).toBe(0)
  })

  it('runs files in their order, each on what the one before it answered', async () => {
    const { stdout } = await tryIt('errors.ts', 'page.js', '--reason', 'router.no_route')
    expect(stdout).toMatch(/^HTTP\/1\.1 404 Not Found\n/)
    expect(stdout).toContain('Content-Type: text/html; charset=utf-8\n')
    expect(stdout).toMatch(/\n\n<h1>router\.no_route<\/h1>\n$/)
  })

  it('takes the exit and the request from options', async () => {
    const { code, stdout } = await tryIt(
      ...['arr.lua', '--status', '402', '--body', '{"message":"pay"}'],
      ...['--exit-header', 'X-Cost: 3', '--no-explain'],
    )
    expect(stdout).toMatch(/^HTTP\/1\.1 402 Payment Required\nX-Cost: 3\n/)
    expect(stdout).toMatch(/\n\n\{"message":"pay, arr!"\}\n$/)
    expect(code).toBe(0)
  })

  it('asks for the form of an exit as the client would', async () => {
    const { stdout } = await tryIt('same.lua', '--accept', 'text/html', '--no-explain')
    expect(stdout).toContain('Content-Type: text/html; charset=utf-8\n')
    expect(stdout).toContain('<p>No API key found in request.</p>')
  })

  it('takes an exit from a file', async () => {
    const { stdout } = await tryIt('arr.lua', '--case', 'case.yaml')
    expect(stdout).toMatch(/^HTTP\/1\.1 402 [^]*\{"message":"pay, arr!"\}\n$/)
  })

  it('prints everything as data', async () => {
    const { code, stdout, stderr } = await tryIt(
      'arr.lua',
      'fails.lua',
      '--json',
      '--status',
      '403',
    )
    const told = JSON.parse(stdout)
    expect(told).toMatchObject({
      ok: false,
      exits: [
        {
          reason: 'plugin.exit',
          before: { status: 403, body: null, headers: {} },
          functions: [
            { name: 'arr.lua', language: 'lua', outcome: 'failed', problem: { line: 1 } },
            {
              name: 'fails.lua',
              outcome: 'failed',
              problem: { code: 'POSTERN_LUA_RUNTIME', line: 2 },
            },
          ],
          response: { status: 403, headers: { 'Content-Length': '0' }, body: '' },
        },
      ],
    })
    expect(stderr).toBe('')
    expect(code).toBe(1)
  })

  it.each([
    {
      file: 'fails.lua',
      says: "fails.lua:2:3: error: attempt to index field 'x' (a nil value)\n    2 |   return s, b.x.y, h\n",
    },
    {
      file: 'throws.js',
      says: "throws.js:2:9: error: Error: boom\n    2 |   throw new Error('boom')\n      |         ^\n",
    },
    { file: 'endless.js', says: 'endless.js: ended, its input goes on' },
    { file: 'endless.lua', says: 'endless.lua: ended, its input goes on' },
  ])('shows where $file fails, and what the client gets all the same', async ({ file, says }) => {
    const { code, stdout, stderr } = await tryIt(file, '--status', '403', '--body', '{"a":1}')
    expect(stderr).toContain(says)
    expect(stdout).toMatch(/^HTTP\/1\.1 403 Forbidden[^]*\{"a":1\}\n$/)
    expect(code).toBe(1)
  })

  it('tells everything that is wrong with files, and runs none of them', async () => {
    const broken = ['broken.lua', 'broken.ts', 'neither.txt', 'nowhere.lua', '.']
    const { code, stdout, stderr } = await tryIt(...broken, 'image.png', 'zero.lua', 'same.lua')
    for (const says of [
      /^broken\.lua:3:1: error: .*\n {4}3 \| end\n/m,
      /^broken\.ts:1:\d+: error: .*\n {4}1 \| export default/m,
      /^neither\.txt:1:\d+: error: /m,
      /^nowhere\.lua: error: .*ENOENT/m,
      /^\.: error: .*EISDIR/m,
      /^image\.png: error: this is no text file/m,
      /^zero\.lua: error: this is no text file: byte 22 is 0/m,
    ]) {
      expect(stderr).toMatch(says)
    }
    expect(stdout).toBe('')
    expect(code).toBe(1)
  })

  it.each([
    { args: ['same.lua', '--status', 'x'], says: /--status: expected a number/ },
    { args: ['same.lua', '--reason', 'no.such'], says: /the reason "no\.such" does not tell one/ },
    { args: ['same.lua', '--last', '0'], says: /expected a whole number from 1/ },
    { args: [], says: /missing required argument/ },
  ])('ends with 1 for $args, and prints no response', async ({ args, says }) => {
    const { code, stdout, stderr } = await tryIt(...args)
    expect(stderr).toMatch(says)
    expect(stdout).toBe('')
    expect(code).toBe(1)
  })

  it('says which gateway it cannot ask', async () => {
    const admin = `http://127.0.0.1:${await closedPort()}`
    const { code, stderr } = await tryIt('same.lua', '--last', '1', '--admin', admin)
    expect(stderr).toContain(`the Admin API at ${admin}: ECONNREFUSED (POSTERN_TRIAL_ADMIN)`)
    expect(code).toBe(1)
  })

  it('survives a body of 10 MB', async () => {
    const { code, stdout } = await tryIt('arr.lua', '--status', '403', '--body', '@large.json')
    expect(stdout.length).toBeGreaterThan(10_000_000)
    expect([0, 1]).toContain(code)
  })

  it('writes no colours, and no control characters of functions to standard error, into a pipe', async () => {
    const { stdout, stderr } = await tryIt('colours.js', '--status', '403')
    expect(stdout).toContain('a\u001b[2Jb')
    expect(stderr).not.toContain('\u001b')
  })

  it('takes limits and modes from postern.conf', async () => {
    writeFileSync(path.join(folder, 'off.conf'), 'untrusted_functions = off\n')
    const { code, stderr } = await tryIt('same.lua', '--conf', 'off.conf')
    expect(stderr).toMatch(/'untrusted_lua' config option is set to 'off'/)
    expect(code).toBe(1)
  })
})
