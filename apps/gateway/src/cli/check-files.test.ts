import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { type CheckDependencies, checkFiles, exitCodeOf, resultAsJson } from './check-files.ts'

let folder: string
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'postern-check-'))
})
afterAll(() => rmSync(folder, { recursive: true }))

function write(name: string, text: string): string {
  const path = join(folder, name)
  writeFileSync(path, text)
  return path
}

/** An engine for which every source is fine unless it says `broken`. */
const deps: CheckDependencies = {
  declarative: async () => [],
  functions: {
    '.lua': (source) => {
      const offset = source.indexOf('broken')
      if (offset < 0) return undefined
      const lines = source.slice(0, offset).split('\n')
      const column = (lines.at(-1) as string).length + 1
      return { code: 'POSTERN_LUA_SYNTAX', message: 'it is broken', line: lines.length, column }
    },
  },
}

describe('checkFiles()', () => {
  it('finds nothing wrong with good files', async () => {
    const paths = [write('good.conf', 'workers = 2'), write('good.lua', 'return 1')]
    const files = await checkFiles(paths, deps)
    expect(files.map(({ kind, problems }) => [kind, problems.length])).toEqual([
      ['configuration', 0],
      ['function', 0],
    ])
    expect(exitCodeOf(files)).toBe(0)
  })

  it('tells the place of a problem in a configuration', async () => {
    const [file] = await checkFiles([write('bad.conf', 'prefix = /tmp\nworkers = many')], deps)
    expect(file?.problems).toMatchObject([{ line: 2, column: 11, sourceLine: 'workers = many' }])
  })

  it('tells the place of a problem in a function', async () => {
    const [file] = await checkFiles([write('bad.lua', 'local x\n  broken()')], deps)
    expect(file?.problems).toMatchObject([
      { code: 'POSTERN_LUA_SYNTAX', line: 2, column: 3, sourceLine: '  broken()' },
    ])
  })

  it('checks the file and not the environment it will run in', async () => {
    process.env['POSTERN_WORKERS'] = 'many'
    try {
      const [file] = await checkFiles([write('alone.conf', 'workers = 1')], deps)
      expect(file?.problems).toEqual([])
    } finally {
      delete process.env['POSTERN_WORKERS']
    }
  })

  it.each([
    { name: 'missing.lua', code: 'POSTERN_CONFIG_FILE_UNREADABLE' },
    { name: '.', code: 'POSTERN_CONFIG_FILE_UNREADABLE' },
    { name: 'notes.txt', code: 'POSTERN_CONFIG_FILE_KIND_UNKNOWN' },
    { name: 'x.constructor', code: 'POSTERN_CONFIG_FILE_KIND_UNKNOWN' },
  ])('cannot check $name', async ({ name, code }) => {
    write('notes.txt', '')
    write('x.constructor', '')
    const files = await checkFiles([join(folder, name)], deps)
    expect(files[0]?.problems).toMatchObject([{ code }])
    expect(exitCodeOf(files)).toBe(2)
  })
})

describe('exitCodeOf()', () => {
  it.each([
    { text: 'workers = 1', code: 0, why: 'nothing is wrong' },
    { text: 'mem_cache_size = 128m', code: 0, why: 'there is only a warning' },
    { text: 'workers = many', code: 1, why: 'there is an error' },
  ])('is $code when $why', async ({ text, code }) => {
    expect(exitCodeOf(await checkFiles([write('exit.conf', text)], deps))).toBe(code)
  })

  it('is 2 when one file has an error and another cannot be checked', async () => {
    const files = await checkFiles(
      [write('e.conf', 'workers = many'), join(folder, 'no.lua')],
      deps,
    )
    expect(exitCodeOf(files)).toBe(2)
  })
})

describe('resultAsJson()', () => {
  it('is data with the place of each problem', async () => {
    const path = write('json.conf', 'workers = many')
    expect(JSON.parse(resultAsJson(await checkFiles([path], deps)))).toEqual({
      ok: false,
      files: [
        {
          path,
          kind: 'configuration',
          ok: false,
          problems: [
            {
              severity: 'error',
              code: 'POSTERN_CONFIG_VALUE_INVALID',
              message: 'workers is "many", expected a whole number from 0 to 1024, or auto',
              line: 1,
              column: 11,
            },
          ],
        },
      ],
    })
  })
})
