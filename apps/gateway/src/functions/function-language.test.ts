import { describe, expect, it } from 'vitest'
import { languageOf, plainSource, problemOf } from './function-language.ts'
import { publicExampleCases } from './public-examples.cases.ts'
import { seedFunctionCases } from './seeds.cases.ts'

describe('languageOf()', () => {
  it.each([...seedFunctionCases, ...publicExampleCases])('tells both twins of $name', (twins) => {
    expect(languageOf(twins.lua, 'auto')).toBe('lua')
    expect(languageOf(twins.javascript, 'auto')).toBe('javascript')
  })

  it.each([
    { source: '(s: number) => [s]', language: 'typescript' },
    { source: 'export default (s: number, b: unknown): unknown => [s, b]', language: 'typescript' },
    { source: 'return (s, b, h) => [s, b, h]', language: 'javascript' },
    { source: '// why\nreturn async (s) => [s]', language: 'javascript' },
    // What is both is a call, and Lua.
    { source: 'make()', language: 'lua' },
    { source: '', language: 'lua' },
    // What is neither is what it looks like.
    { source: 'return function(s, b, h return s end', language: 'lua' },
    { source: 'local x = = 1', language: 'lua' },
    { source: '(s, b, h) => [s, b, h', language: 'javascript' },
    { source: 'const x = ; export default () => {}', language: 'javascript' },
    { source: 'interface A { b: string } export default (s: => 1', language: 'typescript' },
    { source: '(a) => { enum A { B } return [a] }', language: 'typescript' },
    { source: 'here come', language: 'lua' },
    { source: '\u001bLJ\u0002', language: 'lua' },
  ])('takes $source for $language', ({ source, language }) => {
    expect(languageOf(source, 'auto')).toBe(language)
  })

  it('believes a language that is asked for', () => {
    expect(languageOf('(s) => [s]', 'lua')).toBe('lua')
    expect(languageOf('return 1', 'typescript')).toBe('typescript')
  })
})

describe('plainSource()', () => {
  it.each([
    ['return (s) => [s]', '       (s) => [s]'],
    ['\n  return function (s) {}', '\n         function (s) {}'],
    ['/* a */ // b\nreturn(s) => s', '/* a */ // b\n      (s) => s'],
    ['(s) => { return s }', '(s) => { return s }'],
    ['returned => 1', 'returned => 1'],
    ['/* return */ (s) => s', '/* return */ (s) => s'],
  ])('makes of %j %j', (source, plain) => {
    expect(plainSource(source)).toBe(plain)
  })

  it('takes a moment for a comment that never ends', () => {
    const source = `/${'* '.repeat(30_000)}`
    expect(plainSource(source)).toBe(source)
  })
})

describe('problemOf()', () => {
  it.each([
    { source: 'return 1 +', language: 'lua', told: /^Lua, line 1, column \d+: .*near/ },
    { source: '\n\nlocal = 1', language: 'lua', told: /^Lua, line 3, column 7: / },
    { source: '(s) =>\n  [s', language: 'javascript', told: /^JavaScript, line 2, column \d+: / },
    { source: '"a string"', language: 'javascript', told: /^JavaScript, line 1, column 1: / },
    { source: '(s: ) => s', language: 'typescript', told: /^TypeScript, line 1, column \d+: / },
    {
      source: '(s) => {\n  enum A { B }\n}',
      language: 'typescript',
      told: /^TypeScript, line 2, column 3: TypeScript enum is not supported/,
    },
  ] as const)('tells the place in $source', ({ source, language, told }) => {
    expect(problemOf(source, language, { mode: 'sandbox' })).toMatch(told)
  })

  it.each([
    ['return function() end', 'lua'],
    ['(s) => [s]', 'javascript'],
    ['(s: number) => [s]', 'typescript'],
  ] as const)('finds nothing wrong with %s', (source, language) => {
    expect(problemOf(source, language, { mode: 'sandbox' })).toBeUndefined()
  })

  it.each(["import('node:fs')", "eval('1')"])('refuses %s in the sandbox alone', (call) => {
    const source = `() => ${call}`
    expect(problemOf(source, 'javascript', { mode: 'sandbox' })).toMatch(/^JavaScript, line 1/)
    expect(problemOf(source, 'javascript', { mode: 'on' })).toBeUndefined()
  })
})
