import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { copyData, NotData } from './copy-data.ts'

class Point {
  #secret = 1
  x = 2
  y(): number {
    return this.#secret
  }
}

describe('copyData()', () => {
  it('copies JSON data as it is', () => {
    fc.assert(
      fc.property(fc.jsonValue({ maxDepth: 4 }), (value) => {
        // The one name that is left out.
        fc.pre(!JSON.stringify(value).includes('__proto__'))
        expect(JSON.stringify(copyData(value))).toBe(JSON.stringify(value))
      }),
    )
  })

  it.each([
    { what: 'undefined', value: undefined, copy: undefined },
    { what: 'undefined in a list', value: [undefined, 1], copy: [null, 1] },
    { what: 'holes', value: Array(2), copy: [null, null] },
    { what: 'undefined in an object', value: { a: undefined, b: 1 }, copy: { b: 1 } },
    { what: 'a Date', value: { at: new Date(0) }, copy: { at: '1970-01-01T00:00:00.000Z' } },
    { what: 'toJSON', value: { toJSON: () => [1] }, copy: [1] },
    {
      what: 'an object without prototype',
      value: Object.assign(Object.create(null), { a: 1 }),
      copy: { a: 1 },
    },
    { what: 'own fields of a class', value: new Point(), copy: { x: 2 } },
    { what: 'inherited fields', value: Object.create({ a: 1 }), copy: {} },
    { what: 'a proxy', value: new Proxy({ a: 1 }, {}), copy: { a: 1 } },
    { what: '__proto__', value: JSON.parse('{"__proto__":{"x":1},"a":1}'), copy: { a: 1 } },
    { what: 'minus zero', value: [-0], copy: [-0] },
    { what: 'an Error', value: new Error('x'), copy: {} },
  ])('copies $what', ({ value, copy }) => {
    expect(copyData(value)).toEqual(copy)
  })

  it.each([
    { what: 'a function', value: () => 1, message: 'the answer is a function' },
    { what: 'a method', value: [{ then() {} }], message: 'the answer[0].then is a function' },
    { what: 'a symbol', value: [Symbol('x')], message: 'the answer[0] is a symbol' },
    { what: 'a BigInt', value: 1n, message: 'the answer is a bigint' },
    {
      what: 'NaN',
      value: { a: Number.NaN },
      message: 'the answer.a is a number that is not finite',
    },
    { what: 'a Map', value: new Map(), message: 'that JSON does not have' },
    { what: 'a RegExp', value: /x/, message: 'that JSON does not have' },
    { what: 'bytes', value: new Uint8Array(1), message: 'that JSON does not have' },
    { what: 'a promise', value: Promise.resolve(), message: 'that JSON does not have' },
    { what: 'a list of no length', value: [ofLength('1')], message: 'the answer[0] is a list wit' },
    { what: 'a list of less than nothing', value: ofLength(-1), message: 'without a length' },
    { what: 'a list of a part', value: ofLength(0.5), message: 'without a length' },
    { what: 'a list of NaN', value: ofLength(Number.NaN), message: 'without a length' },
    { what: 'a boxed number', value: Object(1), message: 'that JSON does not have' },
  ])('refuses $what', ({ value, message }) => {
    expect(() => copyData(value)).toThrow(message)
  })

  it.each([
    { what: '100 levels', value: nested(100), fits: true },
    { what: '101 levels', value: nested(101), fits: false },
    { what: '199,999 items', value: Array(199_999).fill(0), fits: true },
    { what: '200,000 items', value: Array(200_000).fill(0), fits: false },
    { what: '200,000 values in lists', value: [Array(99_998), Array(99_999).fill(0)], fits: true },
    { what: 'one value more', value: [Array(99_999), Array(99_999).fill(0)], fits: false },
    { what: 'a list in its first item', value: [[Array(199_997)]], fits: true },
    { what: 'long lists in each other', value: longNested(), fits: false },
    { what: '8 MiB of text', value: 'x'.repeat(8 * 1024 * 1024), fits: true },
    { what: 'one more', value: 'x'.repeat(8 * 1024 * 1024 + 1), fits: false },
    { what: 'a long list of nothing', value: Array(2 ** 32 - 1), fits: false },
  ])('has a limit: $what', ({ value, fits }) => {
    if (fits) expect(() => copyData(value)).not.toThrow()
    else expect(() => copyData(value)).toThrow(NotData)
  })

  it('refuses a cycle', () => {
    const cycle: unknown[] = []
    cycle.push(cycle)
    expect(() => copyData(cycle)).toThrow('deeper than 100')
  })

  it('reads each property once', () => {
    let reads = 0
    const value = {
      get status() {
        reads++
        return reads
      },
    }
    expect(copyData(value)).toEqual({ status: 1 })
  })

  it('tells its own errors from those of a function without running anything of it', () => {
    const trap = new Proxy(
      {},
      {
        getPrototypeOf() {
          throw new Error('was run')
        },
      },
    )
    expect(NotData.is(trap)).toBe(false)
    expect(NotData.is(new NotData('x'))).toBe(true)
  })
})

function ofLength(length: unknown): unknown {
  return new Proxy([1], {
    get: (list, key) => (key === 'length' ? length : Reflect.get(list, key)),
  })
}

/** Each has room for most of what an answer may have. */
function longNested(): unknown {
  let value: unknown[] = []
  for (let depth = 0; depth < 90; depth++) value = Object.assign(Array(150_000), { 0: value })
  return value
}

function nested(depth: number): unknown {
  let value: unknown = 1
  for (let i = 0; i < depth; i++) value = [value]
  return value
}
