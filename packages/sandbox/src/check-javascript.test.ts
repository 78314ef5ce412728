import { describe, expect, it } from 'vitest'
import { checkJavaScript, checkModules, detectLanguage } from './index.ts'

const ok = undefined

describe('checkJavaScript()', () => {
  it.each([
    { source: '(status, body, headers) => [status, body, headers]' },
    { source: 'function (status) { return [status] };' },
    { source: 'async (status) => [await status]' },
    { source: 'async (list) => { for await (const a of list) return a }' },
    { source: 'export default (status) => [status]' },
    { source: 'const a = 1\nexport { a }\nexport default function f() { return a }' },
    { source: 'const f = (a) => [a]\nexport { f as default }' },
    { source: 'export { f as default, f as "a b" }\nfunction f() {}' },
    { source: 'var a = 1\nexport { a as default }' },
    { source: '(status: number): number[] => [status]' },
    { source: 'import type { Exit } from "x"\nexport default (e: Exit) => e' },
    { source: '(() => { let n = 0; return () => ++n })()' },
    { source: '(s) => "<!-- --> import(x) eval(x)" + /<!--/.source + `-->`' },
    { source: '(s) => s // import("fs")\n/* <!-- */' },
    { source: '(s) => s.import(1) + s.eval(2)' },
  ])('takes $source', ({ source }) => {
    expect(checkJavaScript(source)).toBe(ok)
  })

  it.each([
    { source: '(s) => import("fs")', line: 1, column: 8, message: 'dynamic import' },
    { source: '(s) =>\n  import/**/("fs")', line: 2, column: 3, message: 'dynamic import' },
    {
      source: 'import fs from "fs"\nexport default () => 1',
      line: 1,
      column: 16,
      message: "require 'fs' not allowed within sandbox",
    },
    {
      source: 'export * from "fs"\nexport default () => 1',
      line: 1,
      column: 1,
      message: 'exports',
    },
    { source: '() => import.meta.url', line: 1, column: 7, message: 'import.meta' },
    { source: '() => eval("1")', line: 1, column: 7, message: 'direct eval' },
    { source: '() => (eval)("1")', line: 1, column: 7, message: 'direct eval' },
    { source: '(n) => { while (n --> 0) ; }', line: 1, column: 19, message: '-- >' },
    { source: '() => ({ eval() {} })', line: 1, column: 9, message: 'eval' },
    { source: '(t) => t`<!--`', line: 1, column: 10, message: 'HTML-like' },
    { source: '() => 2n ** 9n', line: 1, column: 7, message: 'BigInt' },
    { source: '"() => 1"', line: 1, column: 1, message: 'not a function' },
    { source: 'export default { a: 1 }', line: 1, column: 16, message: 'not a function' },
    {
      source: 'export const a = 1\nexport { a as default }',
      line: 1,
      column: 18,
      message: 'not a function',
    },
    {
      source: 'export { a as default }\nconst a = function* () {}',
      line: 2,
      column: 11,
      message: 'generator',
    },
    { source: 'export { default } from "a"', line: 1, column: 1, message: 'exports from another' },
    { source: 'const a = 1\nexport { a }', line: 2, column: 13, message: 'export default' },
    { source: 'function* () {}', line: 1, column: 1, message: 'generator' },
    { source: '(a) => a) || ((b) => b', line: 1, column: 9, message: 'nothing may follow' },
    { source: '(a) => a /*', line: 1, column: 12, message: '' },
    { source: '(a) => a\u0000', line: 1, column: 9, message: '' },
    { source: 'const f = () => 1', line: 1, column: 18, message: 'export default' },
    { source: '(a) => {\n  return [a\n}', line: 3, column: 1, message: 'Unexpected token' },
    { source: '(a: number) => {\n  const b: = 1\n}', line: 2, column: 12, message: 'Unexpected' },
    { source: '(a, b) = [a', line: 1, column: 12, message: 'Unexpected end of the source' },
    { source: 'await 1', line: 1, column: 1, message: 'await' },
    {
      source: 'for await (const a of []) ;\nexport default () => 1',
      line: 1,
      column: 1,
      message: 'await',
    },
    { source: '', line: 1, column: 1, message: 'Unexpected token' },
  ])('refuses $source', ({ source, line, column, message }) => {
    const problem = checkJavaScript(source)
    expect(problem).toMatchObject({ line, column })
    expect(problem?.message).toContain(message)
  })

  it.each([
    { what: 'an enum', source: 'enum A { B }\nexport default (a: A) => a', line: 1, column: 1 },
    {
      what: 'an enum',
      source: '(a) => {\n\tlet b; enum A {\n    B\n  }\n  return a }',
      line: 2,
      column: 9,
    },
    {
      what: 'a namespace',
      source: 'namespace A { export const b = 1 }\nexport default () => A',
      line: 1,
      column: 1,
    },
    {
      what: 'a parameter property',
      source: '(a) => { class A { constructor(private b: number) {} }\n  return [a]\n}',
      line: 1,
      column: 40,
    },
    {
      what: 'a parameter property',
      source: '(a) => { const b = "\t\t"; class A { constructor(public c = 1) {} }\nreturn a }',
      line: 1,
      column: 55,
    },
    {
      what: 'import equals',
      source: 'import a = require("b")\nexport default a',
      line: 1,
      column: 1,
    },
  ])('refuses $what as TypeScript that is more than types: $source', (row) => {
    const { what, source, line, column } = row
    const form = what.replace(/^an? /, '')
    for (const language of [undefined, 'typescript'] as const) {
      const problem = checkJavaScript(source, { language })
      expect(problem).toMatchObject({ line, column })
      expect(problem?.message).toMatch(`TypeScript ${form} `)
      expect(problem?.message).toMatch('is not supported in strip-only mode')
    }
    expect(detectLanguage(source)).toBe('typescript')
  })

  it.each([
    { what: '10 assertions in a line', times: 10, message: /^The angle-bracket syntax/ },
    {
      what: '5,000 assertions in a line',
      times: 5_000,
      message: /takes too long to be read as Ty/,
    },
  ])('does not wait for mistakes without end: $what', ({ times, message }) => {
    const source = `(a) => {${'a=<number>a;'.repeat(times)}}`
    for (const language of [undefined, 'typescript'] as const) {
      expect(checkJavaScript(source, { language })?.message).toMatch(message)
    }
    expect(checkJavaScript('(a: number) => a')).toBe(ok)
    const [problem] = checkModules({ a: `export const b = 1;${'b=<number>b;'.repeat(2 * times)}` })
    expect(problem?.message).toMatch(message)
  })

  it.each([
    { what: '65,536 characters', source: '() => 1'.padEnd(65_536), message: ok },
    { what: '65,537 characters', source: '() => 1'.padEnd(65_537), message: 'more than 65536' },
    { what: '200 brackets', source: nested(199), message: ok },
    { what: '201 brackets', source: nested(200), message: 'nested too deep' },
    {
      what: '30,000 operators',
      source: `() => ${'!'.repeat(30_000)}1`,
      message: 'nested too deep',
    },
    { what: '30,000 types', source: `(a: ${'keyof '.repeat(10_000)}A) => 1`, message: '' },
  ])('has a limit: $what', ({ source, message }) => {
    const told = checkJavaScript(source)?.message
    if (message === undefined) expect(told).toBe(undefined)
    else expect(told).toContain(message)
  })

  it('still reads TypeScript after a source that breaks the stripper', () => {
    expect(checkJavaScript(`(a: A) => ${'!'.repeat(60_000)}a`)).toBeDefined()
    expect(checkJavaScript('(a: number) => a')).toBe(ok)
  })

  it('lets functions import, evaluate and use BigInt in mode on', () => {
    expect(checkJavaScript('async () => [await import("fs"), 1n, eval("1")]', { mode: 'on' })).toBe(
      ok,
    )
    expect(
      checkJavaScript('import fs from "fs"\nexport default () => 1', { mode: 'on' }),
    ).toBeUndefined()
  })

  it('takes nothing for TypeScript that was told to be JavaScript', () => {
    expect(checkJavaScript('(a: number) => a', { language: 'javascript' })).toMatchObject({
      line: 1,
      column: 3,
    })
  })
})

describe('detectLanguage()', () => {
  it.each([
    { source: '(a) => a', language: 'javascript' },
    { source: '(a: number) => a', language: 'typescript' },
    { source: 'export default (a) => a as string', language: 'typescript' },
    { source: '() => import("fs")', language: 'javascript' },
    {
      source: 'return function(status, body, headers) return status, body, headers end',
      language: ok,
    },
    { source: 'return (function(c, b, h) if c then return 1 end end)(...)', language: ok },
    { source: 'local a = 1', language: ok },
    { source: '((', language: ok },
    { source: '', language: ok },
  ])('says $language of $source', ({ source, language }) => {
    expect(detectLanguage(source)).toBe(language)
  })
})

/** A function with so many brackets inside each other, its own pair of parentheses not counted. */
function nested(depth: number): string {
  return `() => [${'['.repeat(depth)}${']'.repeat(depth)}].length`
}
