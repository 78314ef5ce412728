import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { checkMaxArgs, encodeArgs, isTruncatedQuery, parseArgs, removeArg } from './query-args.ts'

describe('parseArgs()', () => {
  it.each([
    { query: '', args: {} },
    { query: 'a=1', args: { a: '1' } },
    { query: 'a', args: { a: true } },
    { query: 'a=', args: { a: '' } },
    { query: 'a=1&a&a=', args: { a: ['1', true, ''] } },
    { query: '&&a=1&', args: { a: '1' } },
    { query: '=1', args: {} },
    { query: 'a=b=c', args: { a: 'b=c' } },
    { query: 'a+b=c+d', args: { 'a b': 'c d' } },
    { query: '%61%20=%2B', args: { 'a ': '+' } },
    { query: 'a=%C3%A9', args: { a: 'é' } },
    { query: 'a=%zz%4', args: { a: '%zz%4' } },
    { query: 'a=%FF', args: { a: '\ufffd' } },
    { query: 'apikey[]=1', args: { 'apikey[]': '1' } },
  ])('reads $query', ({ query, args }) => {
    expect({ ...parseArgs(query, 100) }).toEqual(args)
  })

  it('inherits nothing', () => {
    const table = parseArgs('__proto__=x&constructor=y', 100)
    expect(Object.keys(table)).toEqual(['__proto__', 'constructor'])
    expect(table['toString']).toBeUndefined()
  })

  it.each([
    { count: 100, cut: false },
    { count: 101, cut: true },
    { count: 100_000, cut: true },
  ])('reads no more than its limit of $count', ({ count, cut }) => {
    const table = parseArgs(Array.from({ length: count }, (_, i) => `a${i}`).join('&'), 100)
    expect(Object.keys(table)).toHaveLength(100)
    expect(isTruncatedQuery(table)).toBe(cut)
  })
})

describe('checkMaxArgs()', () => {
  it.each([
    ['5', 'max_args must be a number'],
    [0, 'max_args must be >= 1'],
    [1001, 'max_args must be <= 1000'],
  ])('refuses %j', (max, message) => {
    expect(() => checkMaxArgs(max, 100)).toThrow(message)
  })

  it.each([
    [undefined, 70],
    [null, 70],
    [1, 1],
    [1000, 1000],
  ])('takes %j', (max, answer) => {
    expect(checkMaxArgs(max, 70)).toBe(answer)
  })
})

describe('encodeArgs()', () => {
  it.each([
    { args: {}, query: '' },
    { args: { b: '2', a: 1 }, query: 'a=1&b=2' },
    { args: { a: true, b: false, c: '' }, query: 'a&c=' },
    { args: { a: ['1', true, 2] }, query: 'a=1&a&a=2' },
    { args: { 'a b': 'c&d=é' }, query: 'a%20b=c%26d%3D%C3%A9' },
    { args: { "a!'()*": '-._~!' }, query: 'a%21%27%28%29%2A=-._~%21' },
    { args: { '\ud800': '\udfff' }, query: '%EF%BF%BD=%EF%BF%BD' },
  ])('writes $query', ({ args, query }) => {
    expect(encodeArgs(args)).toBe(query)
  })

  it.each([{}, null, undefined, () => 1])('refuses the value %j', (value) => {
    expect(() => encodeArgs({ a: value })).toThrow('as query arg value')
  })

  it('is undone by parseArgs()', () => {
    const text = fc.string().filter((value) => value.isWellFormed() && value !== '')
    fc.assert(
      fc.property(fc.dictionary(text, text, { maxKeys: 50 }), (args) => {
        expect({ ...parseArgs(encodeArgs(args), 100) }).toEqual({ ...args })
      }),
    )
  })
})

describe('removeArg()', () => {
  it.each([
    { query: 'a=1&b=2&a=3', name: 'a', left: 'b=2' },
    { query: 'b=%20&a&c=+', name: 'a', left: 'b=%20&c=%20' },
    { query: '%61=1&b', name: 'a', left: 'b' },
    { query: 'A=1', name: 'a', left: 'A=1' },
    { query: 'b=x+y&c=%2B', name: 'a', left: 'b=x%20y&c=%2B' },
    { query: '', name: 'a', left: '' },
  ])('leaves $left of $query', ({ query, name, left }) => {
    expect(removeArg(query, name)).toBe(left)
  })
})
