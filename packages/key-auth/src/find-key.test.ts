import { describe, expect, it } from 'vitest'
import { findKey, type KeyPlace, oneOrMany } from './find-key.ts'

const place =
  (values: Readonly<Record<string, unknown>>): KeyPlace =>
  (name) =>
    Object.hasOwn(values, name) ? values[name] : undefined

describe('findKey()', () => {
  it.each([
    { names: ['k'], places: [{}], found: { kind: 'none' } },
    { names: [], places: [{ k: 'v' }], found: { kind: 'none' } },
    { names: ['k'], places: [], found: { kind: 'none' } },
    { names: ['k'], places: [{ k: 'v' }], found: { kind: 'key', name: 'k', value: 'v' } },
    { names: ['k'], places: [{}, { k: 'q' }], found: { kind: 'key', name: 'k', value: 'q' } },
    {
      names: ['k'],
      places: [{ k: 'h' }, { k: 'q' }],
      found: { kind: 'key', name: 'k', value: 'h' },
    },
    { names: ['k'], places: [{ k: '' }, { k: 'q' }], found: { kind: 'key', name: 'k', value: '' } },
    {
      names: ['a', 'b'],
      places: [{ b: 'h' }, { a: 'q' }],
      found: { kind: 'key', name: 'a', value: 'q' },
    },
    {
      names: ['a', 'b'],
      places: [{ a: '', b: 'h' }],
      found: { kind: 'key', name: 'a', value: '' },
    },
    { names: ['k'], places: [{ k: ['v', 'v'] }], found: { kind: 'duplicate', name: 'k' } },
    { names: ['k'], places: [{ k: [] }], found: { kind: 'duplicate', name: 'k' } },
    { names: ['a', 'b'], places: [{ a: ['v'], b: 'h' }], found: { kind: 'duplicate', name: 'a' } },
    {
      names: ['a', 'b'],
      places: [{ a: true, b: 'h' }],
      found: { kind: 'key', name: 'b', value: 'h' },
    },
    { names: ['k'], places: [{ k: true }, { k: 'q' }], found: { kind: 'none' } },
    { names: ['k'], places: [{ k: 5 }], found: { kind: 'none' } },
    { names: ['k'], places: [{ k: { a: 1 } }], found: { kind: 'none' } },
    {
      names: ['k'],
      places: [{ k: null }, { k: 'q' }],
      found: { kind: 'key', name: 'k', value: 'q' },
    },
    {
      names: ['k'],
      places: [{ k: false }, { k: 'q' }],
      found: { kind: 'key', name: 'k', value: 'q' },
    },
    { names: ['__proto__', 'toString'], places: [{}], found: { kind: 'none' } },
  ])('finds $found for $names in $places', ({ names, places, found }) => {
    expect(findKey(names, places.map(place))).toEqual(found)
  })

  it('asks no further place once one holds something', () => {
    const asked: string[] = []
    const noting =
      (name: string, value: unknown): KeyPlace =>
      () => {
        asked.push(name)
        return value
      }
    findKey(['k'], [noting('header', undefined), noting('query', 'q'), noting('body', 'b')])
    expect(asked).toEqual(['header', 'query'])
  })
})

describe('oneOrMany()', () => {
  it.each([
    [[], undefined],
    [['a'], 'a'],
    [
      ['a', 'b'],
      ['a', 'b'],
    ],
  ])('tells %j as %j', (values, told) => {
    expect(oneOrMany(values)).toEqual(told)
  })
})
