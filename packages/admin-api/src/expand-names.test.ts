import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { expandNames, type NamedValue } from './expand-names.ts'
import { Refusal } from './refusal.ts'

describe('expandNames()', () => {
  it.each<{ title: string; pairs: NamedValue[]; value: object }>([
    { title: 'a single value', pairs: [['a', '1']], value: { a: '1' } },
    {
      title: 'repeated names',
      pairs: [
        ['a', '1'],
        ['a', '2'],
      ],
      value: { a: ['1', '2'] },
    },
    { title: 'empty brackets', pairs: [['a[]', '1']], value: { a: ['1'] } },
    {
      title: 'numbers in any order, with gaps',
      pairs: [
        ['a[30]', 'c'],
        ['a[2]', 'b'],
        ['a[1]', 'a'],
      ],
      value: { a: ['a', 'b', 'c'] },
    },
    {
      title: 'every way at once',
      pairs: [
        ['a[]', '3'],
        ['a', '2'],
        ['a[1]', '1'],
      ],
      value: { a: ['1', '2', '3'] },
    },
    {
      title: 'records beside each other',
      pairs: [
        ['a.b.c', '1'],
        ['a.b.d', '2'],
        ['a.e', '3'],
      ],
      value: { a: { b: { c: '1', d: '2' }, e: '3' } },
    },
    {
      title: 'lists in maps',
      pairs: [
        ['headers[x-loc][]', '1'],
        ['headers.x-loc', '2'],
      ],
      value: { headers: { 'x-loc': ['2', '1'] } },
    },
    {
      title: 'records in lists',
      pairs: [
        ['a[1].x', '1'],
        ['a[1].y', '2'],
        ['a[2].x', '3'],
      ],
      value: { a: [{ x: '1', y: '2' }, { x: '3' }] },
    },
    {
      title: 'a value and a record of one name: the record',
      pairs: [
        ['a', '1'],
        ['a.b', '2'],
      ],
      value: { a: { b: '2' } },
    },
    {
      title: 'names of prototypes, as fields like others',
      pairs: [
        ['constructor', '1'],
        ['toString.x', '2'],
      ],
      value: { constructor: '1', toString: { x: '2' } },
    },
  ])('expands $title', ({ pairs, value }) => {
    expect(expandNames(pairs)).toEqual(value)
  })

  it('does not make a list as long as its greatest number', () => {
    expect(expandNames([['a[999999999]', '1']])).toEqual({ a: ['1'] })
  })

  it.each(['__proto__', '__proto__.x', 'a.__proto__.x', 'a[__proto__]', 'a[1].__proto__'])(
    'refuses the name %s',
    (name) => {
      expect(() => expandNames([[name, '1']])).toThrow("cannot be named '__proto__'")
    },
  )

  it('ends with plain data or a refusal, whatever the names', () => {
    const name = fc.oneof(
      fc.string(),
      fc.stringMatching(/^[a-c.[\]0-9]{0,12}$/),
      fc.constantFrom('__proto__', 'constructor', 'a[__proto__]', 'a.prototype.b'),
    )
    fc.assert(
      fc.property(fc.array(fc.tuple(name, fc.string())), (pairs) => {
        const before = Object.getOwnPropertyNames(Object.prototype).length
        try {
          const value = expandNames(pairs)
          expect(JSON.parse(JSON.stringify(value))).toEqual(value)
        } catch (error) {
          expect(error).toBeInstanceOf(Refusal)
        }
        expect(Object.getOwnPropertyNames(Object.prototype).length).toBe(before)
      }),
    )
  })
})
