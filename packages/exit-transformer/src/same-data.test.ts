import * as fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { isSameData } from './same-data.ts'

describe('isSameData()', () => {
  it.each([
    [undefined, undefined, true],
    [undefined, null, false],
    [null, null, true],
    ['a', 'a', true],
    ['1', 1, false],
    [Number.NaN, Number.NaN, true],
    [{}, [], false],
    [{ a: 1, b: 2 }, { b: 2, a: 1 }, true],
    [{ a: 1 }, { a: 1, b: 2 }, false],
    [{ a: undefined }, { b: undefined }, false],
    [[1, 2], [2, 1], false],
    [new Uint8Array([1]), new Uint8Array([1]), true],
    [new Uint8Array([1]), [1], false],
    [{ a: 1 }, null, false],
  ])('compares %j with %j: %s', (left, right, same) => {
    expect(isSameData(left, right)).toBe(same)
  })

  it('finds every value the same as its copy through JSON', () => {
    fc.assert(
      fc.property(fc.jsonValue(), (value) => {
        expect(isSameData(value, JSON.parse(JSON.stringify(value)))).toBe(true)
      }),
    )
  })
})
