import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { checkLua } from './check-lua.ts'

describe('checkLua()', () => {
  it.each([
    { source: 'x =', line: 1, column: 4, message: "unexpected symbol near '<eof>'" },
    { source: 'local x\n\n  x y', line: 3, column: 5, message: "'=' expected near 'y'" },
    {
      source: 'return {\n1,\n  2 3}',
      line: 3,
      column: 5,
      message: "'}' expected (to close '{' at line 1) near '3'",
    },
    {
      source: 'if a then\nb()',
      line: 2,
      column: 4,
      message: "'end' expected (to close 'if' at line 1) near '<eof>'",
    },
    { source: 'x = "a', line: 1, column: 7, message: "unfinished string near '<eof>'" },
    { source: 'x = "a\nb"', line: 1, column: 5, message: "unfinished string near '\"a'" },
    { source: 'x = [[a', line: 1, column: 8, message: "unfinished long string near '<eof>'" },
    { source: 'x = 3x', line: 1, column: 5, message: "malformed number near '3x'" },
    {
      source: 'f\n()',
      line: 2,
      column: 1,
      message: "ambiguous syntax (function call x new statement) near '('",
    },
    { source: 'goto a', line: 1, column: 1, message: "no visible label 'a' for <goto>" },
    { source: '#!/usr/bin/lua', line: 1, column: 1, message: "unexpected symbol near '#'" },
  ])('tells that $source is wrong at $line:$column', ({ source, line, column, message }) => {
    expect(checkLua(source, 'c')).toEqual({ message: `c:${line}: ${message}`, line, column })
  })

  it.each([
    '',
    'return',
    'return 1;',
    '-- comment',
    'local function f() end',
    'error("x")',
    'while true do end',
  ])('finds nothing wrong with %j, and runs nothing', (source) => {
    expect(checkLua(source)).toBeUndefined()
  })

  const words =
    'and break do else elseif end false for function if in local nil not or repeat return then true until while + - * / % ^ # == ~= <= >= < > = ( ) { } [ ] ; : , . .. ... a b 1 "s" :: goto'.split(
      ' ',
    )

  it('answers for any words, and never throws', () => {
    fc.assert(
      fc.property(fc.array(fc.constantFrom(...words), { maxLength: 40 }), (tokens) => {
        const problem = checkLua(tokens.join(' '))
        expect(problem === undefined || problem.message.startsWith('chunk:1: ')).toBe(true)
      }),
      { numRuns: 500 },
    )
  })

  it('answers for any text, and never throws', () => {
    fc.assert(
      fc.property(fc.string({ maxLength: 60, unit: 'binary' }), (text) => {
        checkLua(text)
      }),
      { numRuns: 500 },
    )
  })
})
