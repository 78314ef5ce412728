import { mkdirSync, mkdtempSync, realpathSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { changedLuaFiles, luaModuleFiles, luaModuleProblems } from './lua-module-files.ts'

let folder: string
beforeAll(() => {
  folder = realpathSync(mkdtempSync(path.join(tmpdir(), 'postern-lua-files-')))
  const files = {
    'texts/en.lua': 'return { tag = require("tag") }',
    'tag/init.lua': '-- not the first\nreturn require "texts.en"',
    'alone.lua': '#!/usr/bin/lua\nreturn 1',
    'broken.lua': 'return {\n  =\n}',
  }
  for (const [name, text] of Object.entries(files)) {
    mkdirSync(path.dirname(path.join(folder, name)), { recursive: true })
    writeFileSync(path.join(folder, name), text)
  }
  mkdirSync(path.join(folder, 'folder.lua'))
})
afterAll(() => rmSync(folder, { recursive: true }))

function filesOf(source: string, mode: 'on' | 'sandbox' = 'on') {
  const settings = {
    untrusted_functions: mode,
    lua_package_path: `${folder}/?.lua;${folder}/?/init.lua`,
  }
  return luaModuleFiles(settings, [source])
}

const TEXTS = ['texts/en.lua', 'tag.lua', 'tag/init.lua']

describe('luaModuleFiles()', () => {
  it.each([
    { source: 'local t = require "texts.en"', files: TEXTS },
    { source: "local t = require('texts.en')", files: TEXTS },
    { source: 'local ok, t = pcall(require, "texts.en")', files: TEXTS },
    { source: 'return require "alone" .. require "alone"', files: ['alone.lua'] },
    { source: 'return require "none"', files: ['none.lua', 'none/init.lua'] },
    { source: 'return require "folder"', files: ['folder.lua', 'folder/init.lua'] },
    { source: 'return require(name)', files: [] },
    { source: 'return require "../etc"', files: [] },
    { source: 'return prerequire "alone"', files: [] },
    { source: 'return 1', files: [] },
  ])('finds what is required in $source', ({ source, files }) => {
    const found = [...filesOf(source).keys()].map((file) => path.relative(folder, file))
    expect(found).toEqual(files)
  })

  it('finds nothing in the sandbox, where no files are required', () => {
    expect(filesOf('return require "alone"', 'sandbox').size).toBe(0)
  })

  it('knows the texts of those that are there', () => {
    const [[, none], [, text]] = [...filesOf('require "tag"')] as [
      [string, unknown],
      [string, string],
    ]
    expect(none).toBeUndefined()
    expect(text).toContain('not the first')
  })
})

describe('changedLuaFiles()', () => {
  const of = (texts: Readonly<Record<string, string | undefined>>) => new Map(Object.entries(texts))

  it.each([
    { title: 'the same', before: { '/a.lua': 'a' }, after: { '/a.lua': 'a' }, changed: [] },
    { title: 'changed', before: { '/a.lua': 'a' }, after: { '/a.lua': 'b' }, changed: ['/a.lua'] },
    {
      title: 'there now',
      before: { '/a.lua': undefined },
      after: { '/a.lua': 'a' },
      changed: ['/a.lua'],
    },
    {
      title: 'gone',
      before: { '/a.lua': 'a' },
      after: { '/a.lua': undefined },
      changed: ['/a.lua'],
    },
    { title: 'not required before', before: {}, after: { '/a.lua': 'a' }, changed: [] },
  ])('tells of a file that is $title: $changed', ({ before, after, changed }) => {
    expect(changedLuaFiles(of(before), of(after))).toEqual(changed)
  })
})

describe('luaModuleProblems()', () => {
  it('warns of a text that is no Lua, at its place', () => {
    const problems = luaModuleProblems(filesOf('require "broken" require "alone" require "none"'))
    expect(problems).toMatchObject([
      {
        severity: 'warning',
        code: 'POSTERN_LUA_SYNTAX',
        origin: path.join(folder, 'broken.lua'),
        line: 2,
        column: 3,
        sourceLine: '  =',
      },
    ])
  })
})
