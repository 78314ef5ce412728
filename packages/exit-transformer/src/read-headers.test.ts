import { describe, expect, it } from 'vitest'
import { readHeaders } from './read-headers.ts'

function many(count: number): Record<string, string> {
  return Object.fromEntries(Array.from({ length: count }, (_, i) => [`x-${i}`, 'v']))
}

describe('readHeaders()', () => {
  it.each([
    { name: 'none', headers: undefined, reads: undefined },
    { name: 'an empty table of Lua', headers: [], reads: {} },
    { name: 'text, number and boolean', headers: { a: 'x', b: 1.5, c: true } },
    { name: 'a list', headers: { 'Set-Cookie': ['a=1', 'b=2'] } },
    { name: 'an empty list', headers: { a: [] } },
    { name: 'null and undefined', headers: { a: null, b: undefined, c: '1' }, reads: { c: '1' } },
    { name: 'a tab', headers: { a: 'x\ty' } },
    { name: 'an empty value', headers: { a: '' } },
    { name: 'letters beyond Latin-1', headers: { a: '日本' } },
    { name: 'CR and LF', headers: { a: 'x\r\nEvil: 1' }, reads: { a: 'x%0D%0AEvil: 1' } },
    { name: 'NUL in a list', headers: { a: ['x\0'] }, reads: { a: ['x%00'] } },
    { name: 'an underscore', headers: { X_A: '1' } },
    { name: 'exactly 200 names', headers: many(200) },
    { name: 'exactly 1000 lines', headers: { a: Array.from({ length: 1000 }, () => 'v') } },
    { name: 'exactly 8192 characters', headers: { a: 'x'.repeat(8192) } },
  ])('takes $name', ({ headers, reads = headers }) => {
    expect(readHeaders(headers)).toEqual(reads)
  })

  it.each([
    { name: 'a string', headers: 'X-A: 1' },
    { name: 'a number', headers: 1 },
    { name: 'null', headers: null },
    { name: 'a list of lines', headers: ['X-A: 1'] },
    { name: 'an empty name', headers: { '': 'a' } },
    { name: 'a space in a name', headers: { 'X A': 'a' } },
    { name: 'a colon in a name', headers: { 'X-A: b': 'a' } },
    { name: 'a line end in a name', headers: { 'X-A\r\nX-Evil: 1': 'a' } },
    { name: 'a name that is not ASCII', headers: { 'X-é': 'a' } },
    { name: 'a nested list', headers: { a: [['x']] } },
    { name: 'a number in a list', headers: { a: [1] } },
    { name: 'an object', headers: { a: {} } },
    { name: 'a symbol', headers: { a: Symbol('x') } },
    { name: 'NaN', headers: { a: Number.NaN } },
    { name: '201 names', headers: many(201) },
    { name: '1001 lines', headers: { a: Array.from({ length: 1001 }, () => 'v') } },
    { name: '8193 characters', headers: { a: 'x'.repeat(8193) } },
  ])('refuses $name with a reason', ({ headers }) => {
    expect(readHeaders(headers)).toBeTypeOf('string')
  })

  it('keeps a header named __proto__ as data', () => {
    const read = readHeaders(JSON.parse('{"__proto__":"x"}')) as object
    expect(Object.hasOwn(read, '__proto__')).toBe(true)
    expect(Object.getPrototypeOf(read)).toBe(Object.prototype)
  })
})
