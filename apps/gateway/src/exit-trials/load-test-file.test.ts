import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { ConfigError } from '../config/config-error.ts'
import { findTestFiles } from './find-test-files.ts'
import { loadTestFile } from './load-test-file.ts'

let folder: string
beforeAll(() => {
  folder = mkdtempSync(path.join(tmpdir(), 'postern-tests-'))
})
afterAll(() => rmSync(folder, { recursive: true }))

function write(name: string, content: string): string {
  const file = path.join(folder, name)
  mkdirSync(path.dirname(file), { recursive: true })
  writeFileSync(file, content)
  return file
}

const ROW = '{ title: t, exit: { status: 401 }, answer: { status: 403 } }'

async function problemsOf(file: string) {
  const error = await loadTestFile(file).catch((caught: unknown) => caught as ConfigError)
  return (error as ConfigError).problems
}

describe('loadTestFile()', () => {
  it('reads a table of YAML', async () => {
    const file = write('good.exit-test.yaml', `functions: [./a.lua]\ntimeout_ms: 9\nrows: [${ROW}]`)
    expect(await loadTestFile(file)).toEqual({
      functions: ['./a.lua'],
      timeout_ms: 9,
      rows: [{ title: 't', exit: { status: 401 }, answer: { status: 403 } }],
    })
  })

  it('reads what a module exports, with types', async () => {
    const file = write(
      'good.exit-test.ts',
      "const status: number = 401\nexport default { functions: ['a.ts'], rows: [{ title: 't', exit: { status }, answer: 'unchanged', fails: 'x' }] }",
    )
    expect(await loadTestFile(file)).toEqual({
      functions: ['a.ts'],
      rows: [{ title: 't', exit: { status: 401 }, answer: 'unchanged', fails: 'x' }],
    })
  })

  it.each([
    { text: 'functions: [a\nrows: {}', line: 2, says: /Flow sequence/ },
    { text: 'rows:\n  - title: t', line: 2, says: /rows\[0\].answer: required field missing/ },
    { text: `rows: [${ROW}]`, line: 1, says: /functions: required field missing/ },
    {
      text: `functions: []\nrows: [${ROW}]`,
      line: 1,
      says: /functions: length must be at least 1/,
    },
    { text: 'functions: [a]\nrows: []', line: 2, says: /rows: length must be at least 1/ },
    { text: `functions: [a]\nrow: 1\nrows: [${ROW}]`, line: 2, says: /row: unknown field/ },
    {
      text: 'functions: [a]\nrows:\n  - title: t\n    exit:\n      status: 99\n    answer: unchanged',
      line: 5,
      says: /rows\[0\].exit.status: value should be between 200 and 599/,
    },
    {
      text: 'functions: [a]\nrows:\n  - title: t\n    exit: { status: 401 }\n    answer: { stat: 1 }',
      line: 5,
      says: /rows\[0\].answer.stat: unknown field/,
    },
    {
      text: 'functions: [a]\nrows:\n  - title: t\n    exit: { status: 401 }\n    answer: {}',
      line: 5,
      says: /at least one of status, body and headers/,
    },
    {
      text: 'functions: [a]\nrows:\n  - title: t\n    exit: { status: 401 }\n    answer: same',
      line: 5,
      says: /expected status, body and headers, or unchanged/,
    },
    { text: '', line: 1, says: /expected a record/ },
    { text: 'functions: *nowhere', line: 1, says: /nowhere/ },
  ])('tells the place of what is wrong in $text', async ({ text, line, says }) => {
    const problems = await problemsOf(write('bad.exit-test.yaml', text))
    const found = problems.find(({ message }) => says.test(message))
    expect(found, JSON.stringify(problems)).toMatchObject({ line })
  })

  it.each([
    { name: 'throws', text: "throw new Error('boom')", says: /cannot be loaded: boom/ },
    { name: 'parses', text: 'export default {', says: /cannot be loaded/ },
    { name: 'exports', text: 'export const a = 1', says: /expected a record/ },
    { name: 'wrong', text: 'export default { functions: 1 }', says: /functions: / },
  ])('tells the file of a module that $name', async ({ name, text, says }) => {
    const file = write(`${name}.exit-test.ts`, text)
    const problems = await problemsOf(file)
    expect(problems[0]).toMatchObject({ origin: file })
    expect(problems.map(({ message }) => message).join('\n')).toMatch(says)
  })

  it('tells a file that is not there', async () => {
    expect((await problemsOf('nowhere.exit-test.yaml'))[0]?.message).toMatch(/ENOENT/)
    expect((await problemsOf('nowhere.exit-test.ts'))[0]?.message).toMatch(/ENOENT/)
  })
})

describe('findTestFiles()', () => {
  it('finds files by their names, below folders that are ours', () => {
    const base = path.join(folder, 'find')
    for (const name of [
      'b.exit-test.ts',
      'a/x.exit-test.yaml',
      'a/x.exit-test.json',
      'a/exit-test.ts',
      'a/x.test.ts',
      'node_modules/p/x.exit-test.ts',
      '.git/x.exit-test.ts',
      'dist/x.exit-test.js',
    ]) {
      write(path.join('find', name), '')
    }
    symlinkSync(base, path.join(base, 'a', 'loop'))
    const found = findTestFiles([base, path.join(base, 'b.exit-test.ts')])
    expect(found.map((file) => path.relative(base, file))).toEqual([
      'a/x.exit-test.json',
      'a/x.exit-test.yaml',
      'b.exit-test.ts',
    ])
  })

  it('takes a file that is named, whatever its name', () => {
    expect(findTestFiles(['some.yaml'])).toEqual(['some.yaml'])
  })

  it('says so when there is none', () => {
    const empty = path.join(folder, 'empty')
    mkdirSync(empty)
    expect(() => findTestFiles([empty])).toThrow(/no file \*\.exit-test\.ts/)
  })
})
