import { describe, expect, it } from 'vitest'
import { checkJavaScript, checkModules, type ModuleSources } from './index.ts'

const REFUSED = (name: string) => `require '${name}' not allowed within sandbox`

describe('checkModules()', () => {
  it.each([
    { what: 'nothing', modules: {} },
    { what: 'ESM', modules: { a: 'export const b = 1\nexport default 2' } },
    { what: 'CommonJS', modules: { a: "'use strict'\nmodule.exports = (n) => n" } },
    { what: 'a module that exports nothing', modules: { a: '' } },
    { what: 'TypeScript', modules: { a: 'export const b = (n: number): number => n' } },
    {
      what: 'types of others',
      modules: { a: 'import type { B } from "b"\nexport const c: B = 1' },
    },
    { what: 'a first line for a shell', modules: { a: '#!/usr/bin/env node\nexports.a = 1' } },
    { what: 'imports of others', modules: { a: 'import { c } from "b"', b: 'export const c = 1' } },
    { what: 'a circle', modules: { a: 'import "b"', b: 'import "a"' } },
    { what: 'itself', modules: { a: 'import * as a from "a"' } },
    { what: 'any name of CommonJS', modules: { a: 'import { c } from "b"', b: 'exports.d = 1' } },
    {
      what: 'exports of others',
      modules: {
        a: 'export { c as d } from "b"\nexport * from "b"\nexport * as e from "b"',
        b: 'export const c = 1',
        f: 'import { c, d, e } from "a"',
      },
    },
    {
      what: 'exports of each other',
      modules: {
        a: 'export * from "b"',
        b: 'export * from "a"\nexport const c = 1',
        d: 'import { c } from "a"',
      },
    },
    { what: 'a require that may fail', modules: { a: 'try { require("fs") } catch {}' } },
    {
      what: 'a require that may never be called',
      modules: { a: 'exports.read = (file) => require("fs").readFileSync(file)' },
    },
    {
      what: 'a require of its own, as bundles have one',
      modules: { a: '((require) => require("./x"))(() => 1)' },
    },
    { what: 'a question for require', modules: { a: 'exports.a = typeof require' } },
    { what: 'what is called so', modules: { a: 'exports.a = (b) => b.require("fs")' } },
    {
      what: 'files beside it',
      modules: {
        x: { source: 'import "./y.js"\nimport "../z.js"', file: '/m/lib/x.js' },
        y: { source: 'require("./x")', file: '/m/lib/y.js' },
        './z.js': { source: '', file: '/m/z.js' },
      },
    },
    { what: 'names that are paths', modules: { './a/b.js': 'require("../c.js")', './c.js': '' } },
    { what: '262,144 characters', modules: { a: ''.padEnd(262_144) } },
    {
      what: 'what exports from types alone',
      modules: {
        './types.ts': { source: 'export type A = string', language: 'typescript' },
        './all.ts': 'export * from "./types.ts"',
      },
    },
    {
      // Two ways to each of 40 modules are a million million to the last.
      what: 'an export that many ways lead to',
      modules: {
        ...Object.fromEntries(
          Array.from({ length: 40 }, (_, i) => [
            `m${i}`,
            `export * from "m${i + 1}"\nexport * from "n${i}"`,
          ]),
        ),
        ...Object.fromEntries(
          Array.from({ length: 40 }, (_, i) => [`n${i}`, `export * from "m${i + 1}"`]),
        ),
        m40: 'export const last = 1',
        user: 'import { last } from "m0"',
      },
    },
  ] satisfies { what: string; modules: ModuleSources }[])('takes $what', ({ modules }) => {
    expect(checkModules(modules)).toEqual([])
  })

  it.each([
    { source: 'import fs from "fs"', line: 1, column: 16, message: REFUSED('fs') },
    { source: 'export { a } from "b"', line: 1, column: 19, message: REFUSED('b') },
    { source: 'export * from "b"', line: 1, column: 15, message: REFUSED('b') },
    { source: '\nconst a = require("fs")', line: 2, column: 19, message: REFUSED('fs') },
    { source: 'import "./other.js"', line: 1, column: 8, message: REFUSED('./other.js') },
    { source: 'import "a\\nb"', line: 1, column: 8, message: REFUSED('a\\u000ab') },
    { source: 'import { b } from "esm"', line: 1, column: 10, message: 'does not export' },
    { source: 'import esm from "esm"', line: 1, column: 8, message: "does not export 'default'" },
    { source: 'export { b } from "esm"', line: 1, column: 10, message: 'does not export' },
    { source: 'export * from "cjs"', line: 1, column: 1, message: 'list the names' },
    { source: 'import("esm")', line: 1, column: 1, message: 'dynamic import is refused' },
    { source: 'export const a = import.meta', line: 1, column: 18, message: 'import.meta' },
    { source: 'exports.a = eval("1")', line: 1, column: 13, message: 'direct eval' },
    { source: 'exports.a = 1n', line: 1, column: 13, message: 'BigInt' },
    { source: 'export const a = await 1', line: 1, column: 18, message: 'await' },
    { source: 'for (let n = 9; n --> 0;) ;', line: 1, column: 19, message: '-- >' },
    { source: 'with (a) {}', line: 1, column: 1, message: "'with' in strict mode" },
    { source: 'export const = 1', line: 1, column: 14, message: 'Unexpected token' },
    { source: 'export { a }', line: 1, column: 10, message: "'a' is not defined" },
    { source: ''.padEnd(262_145), line: 1, column: 1, message: 'more than 262144 characters' },
    { source: `${'['.repeat(201)}${']'.repeat(201)}`, line: 1, column: 201, message: 'too deep' },
  ])('refuses $source', ({ source, line, column, message }) => {
    const problems = checkModules({ bad: source, esm: 'export const x = 1', cjs: 'exports.x = 1' })
    expect(problems).toHaveLength(1)
    expect(problems[0]).toMatchObject({ module: 'bad', line, column })
    expect(problems[0]?.message).toContain(message)
  })

  it('tells the first problem of each module', () => {
    const modules = { a: 'import "x"\nimport "y"', b: 'require("z")', c: '' }
    expect(checkModules(modules).map(({ module, message }) => [module, message])).toEqual([
      ['a', REFUSED('x')],
      ['b', REFUSED('z')],
    ])
  })

  it('does not tell of imports while a module cannot be read', () => {
    const modules = { a: 'import { b } from "c"', c: 'export const b = ' }
    expect(checkModules(modules).map(({ module }) => module)).toEqual(['c'])
  })
})

describe('checkJavaScript() with modules', () => {
  const modules: ModuleSources = {
    esm: 'export const x = 1\nexport default 2',
    cjs: 'module.exports = { a: 1 }',
    './a.js': { source: '', file: '/m/a.js' },
  }

  it.each([
    'import d, { x as y } from "esm"\nexport default () => [d, y]',
    'import * as m from "esm"\nexport default () => m',
    'import "esm"\nexport default () => 1',
    'import { any } from "cjs"\nexport default () => any',
    'import "./a.js"\nexport default () => 1',
    '() => require("cjs")',
    '() => require("fs")',
    '(name) => require(name)',
    '() => { try { return require("fs") } catch { return 1 } }',
    '(require) => require("fs")',
  ])('takes %s', (source) => {
    expect(checkJavaScript(source, { modules })).toBeUndefined()
  })

  it.each([
    {
      source: 'import a from "fs"\nexport default () => a',
      line: 1,
      column: 15,
      message: REFUSED('fs'),
    },
    {
      source: 'import a from "./b.js"\nexport default () => a',
      line: 1,
      column: 15,
      message: REFUSED('./b.js'),
    },
    {
      source: 'import a from "toString"\nexport default () => a',
      line: 1,
      column: 15,
      message: REFUSED('toString'),
    },
    {
      source: 'const fs =\n  require("fs")\nexport default () => fs',
      line: 2,
      column: 11,
      message: REFUSED('fs'),
    },
    {
      source: 'try { require("fs") } finally {}\nexport default () => 1',
      line: 1,
      column: 15,
      message: REFUSED('fs'),
    },
    {
      source: 'import { z } from "esm"\nexport default () => z',
      line: 1,
      column: 10,
      message: 'does not export',
    },
    {
      source: 'export { x } from "esm"\nexport default () => 1',
      line: 1,
      column: 1,
      message: 'exports from another',
    },
    { source: '() => import("esm")', line: 1, column: 7, message: 'dynamic import is refused' },
  ])('refuses $source', ({ source, line, column, message }) => {
    const problem = checkJavaScript(source, { modules })
    expect(problem).toMatchObject({ line, column })
    expect(problem?.message).toContain(message)
  })
})
