import * as fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { diffBodies } from './body-diff.ts'
import { createRedactor } from './redactor.ts'

const none = createRedactor([], [])

describe('diffBodies()', () => {
  it.each<[unknown, unknown, unknown]>([
    [{ a: { b: [1, 2] } }, { a: { b: [1, 3] } }, [{ path: '/a/b/1', from: 2, to: 3 }]],
    [{ a: [1] }, { a: [1, 2] }, [{ path: '/a/1', to: 2 }]],
    [{ a: [1] }, { a: { 0: 1 } }, [{ path: '/a', from: [1], to: { 0: 1 } }]],
    [{ 'a/b~c': 1 }, { 'a/b~c': 2 }, [{ path: '/a~1b~0c', from: 1, to: 2 }]],
    [{}, { constructor: 1 }, [{ path: '/constructor', to: 1 }]],
    [{ a: null }, {}, [{ path: '/a', from: null }]],
    [undefined, 'text', [{ path: '', to: 'text' }]],
    ['text', undefined, [{ path: '', from: 'text' }]],
    ['old', 'new', [{ path: '', from: 'old', to: 'new' }]],
  ])('between %j and %j', (from, to, changes) => {
    expect(diffBodies(from, to, none)).toEqual({ changes })
  })

  it.each([
    [32, undefined],
    [33, 1],
  ])('of %d changes, omits %s', (count, omitted) => {
    const to = Object.fromEntries(Array.from({ length: count }, (_, n) => [`k${n}`, n]))
    expect(diffBodies({}, to, none)?.omitted).toBe(omitted)
  })

  it('tells what is nested deeper than 16 levels as a whole', () => {
    const nest = (depth: number, leaf: unknown): unknown =>
      depth === 0 ? leaf : { a: nest(depth - 1, leaf) }
    const diff = diffBodies(nest(16, { b: 1 }), nest(16, { b: 2 }), none)
    expect(diff?.changes).toEqual([{ path: '/a'.repeat(16), from: { b: 1 }, to: { b: 2 } }])
  })

  it('is undefined exactly when the data is the same', () => {
    fc.assert(
      fc.property(fc.jsonValue(), fc.jsonValue(), (from, to) => {
        const isSame = JSON.stringify(sorted(from)) === JSON.stringify(sorted(to))
        expect(diffBodies(from, to, none) === undefined).toBe(isSame)
        expect(diffBodies(from, JSON.parse(JSON.stringify(from)), none)).toBeUndefined()
      }),
    )
  })
})

function sorted(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(sorted)
  if (typeof value !== 'object' || value === null) return value
  const entries = Object.entries(value).map(([key, member]) => [key, sorted(member)] as const)
  return Object.fromEntries(entries.toSorted(([left], [right]) => (left < right ? -1 : 1)))
}
