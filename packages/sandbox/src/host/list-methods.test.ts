import * as fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { createListMethods } from './list-methods.ts'

type Method = (this: unknown, ...args: unknown[]) => unknown

let charged = 0
const methods = new Map(createListMethods((steps) => void (charged += steps)))

function native(name: string): Method {
  return Reflect.get(Array.prototype, name) as Method
}

function own(name: string): Method {
  return methods.get(`Array.prototype.${name}`)?.(native(name)) as Method
}

/** Lists with holes, and what is given to each method. */
const LISTS = fc
  .array(fc.oneof(fc.integer(), fc.constant(undefined), fc.constant('hole'), fc.string()))
  .map((items) => {
    const list = [...items]
    for (const [i, item] of items.entries()) if (item === 'hole') Reflect.deleteProperty(list, i)
    return list
  })
const PLACE = fc.oneof(
  fc.integer({ min: -12, max: 12 }),
  fc.constantFrom(undefined, null, Number.NaN, Infinity, -Infinity, 1.9, -1.9, -0, '2', 2 ** 40),
)

const double = (item: unknown, index: number, list: unknown): unknown =>
  Array.isArray(list) && index % 2 === 0 ? [item, [item]] : item

describe('methods of lists that are written again', () => {
  it.each<{ name: string; args: fc.Arbitrary<unknown[]> }>([
    { name: 'map', args: fc.constant([double]) },
    { name: 'filter', args: fc.constant([(item: unknown) => item !== 1 && item !== '']) },
    { name: 'flatMap', args: fc.constant([double]) },
    { name: 'slice', args: fc.array(PLACE, { maxLength: 2 }) },
    { name: 'join', args: fc.array(fc.constantFrom(undefined, '', '--', 7), { maxLength: 1 }) },
    { name: 'flat', args: fc.array(fc.constantFrom(0, 1, 2, Infinity), { maxLength: 1 }) },
  ])('$name does what V8 does', ({ name, args }) => {
    fc.assert(
      fc.property(LISTS, args, (list, given) => {
        const nested = name === 'flat' ? [list, [list, [list]]] : list
        const wanted = Reflect.apply(native(name), nested, given)
        const got = Reflect.apply(own(name), nested, given)
        expect(got).toStrictEqual(wanted)
        if (Array.isArray(wanted)) expect(Object.keys(got as object)).toEqual(Object.keys(wanted))
      }),
    )
  })

  it.each(['map', 'filter', 'slice'])('%s makes a list of the class it is called on', (name) => {
    class Items extends Array<unknown> {}
    const list = Items.from([1, 2])
    expect(Reflect.apply(own(name), list, [() => 1])).toBeInstanceOf(Items)
    const other = Object.assign([1], { constructor: { [Symbol.species]: Items } })
    expect(Reflect.apply(own(name), other, [() => 1])).toBeInstanceOf(Items)
  })

  it.each(['map', 'filter', 'flatMap'])('%s hands over a `this`, and needs a function', (name) => {
    const self = {}
    const seen: unknown[] = []
    const note = function (this: unknown): boolean {
      seen.push(this)
      return true
    }
    Reflect.apply(own(name), [1], [note, self])
    Reflect.apply(own(name), [1], [note])
    expect(seen).toEqual([self, undefined])
    expect(() => Reflect.apply(own(name), [1], ['x'])).toThrow(TypeError)
    expect(() => Reflect.apply(own(name), null, [note])).toThrow(TypeError)
  })

  it('see what a callback takes away, and not what it adds', () => {
    for (const name of ['map', 'filter']) {
      const list = [1, 2, 3, 4]
      const grow = (item: number): boolean => list.push(item) > 0
      expect(Reflect.apply(own(name), list, [grow])).toHaveLength(4)
      const shrinking = [1, 2, 3, 4]
      const shrink = (): boolean => shrinking.pop() !== undefined
      const left = Reflect.apply(own(name), shrinking, [shrink]) as unknown[]
      expect(Object.keys(left)).toHaveLength(2)
    }
  })

  it('write a list inside itself as nothing, and charge what they write', () => {
    // Its text is made by `join` again, which has to be this one.
    const join = own('join')
    const list: unknown[] = Object.assign(['a', 'b'], { join })
    list.push(list)
    charged = 0
    expect(Reflect.apply(join, list, ['-'])).toBe('a-b-')
    expect(charged).toBeGreaterThanOrEqual('a-b-'.length)
    expect(Reflect.apply(join, [1], [])).toBe('1')
  })
})
