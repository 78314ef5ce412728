import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { HeaderList } from './header-list.ts'

const list = (): HeaderList =>
  HeaderList.fromRaw(['Accept', 'a', 'X-One', '1', 'accept', 'b', 'ACCEPT', 'c'])

describe('HeaderList', () => {
  it.each([
    { name: 'Accept', first: 'a', all: ['a', 'b', 'c'] },
    { name: 'aCCEPT', first: 'a', all: ['a', 'b', 'c'] },
    { name: 'x-one', first: '1', all: ['1'] },
    { name: 'x_one', first: undefined, all: [] },
    { name: 'X-On', first: undefined, all: [] },
    { name: '', first: undefined, all: [] },
    { name: '__proto__', first: undefined, all: [] },
    { name: 'constructor', first: undefined, all: [] },
  ])('finds $name whatever its capitals', ({ name, first, all }) => {
    expect(list().get(name)).toBe(first)
    expect(list().getAll(name)).toEqual(all)
    expect(list().has(name)).toBe(all.length > 0)
  })

  it('replaces all values in the place of the first', () => {
    const headers = list()
    headers.set('ACCEPT', 'z')
    expect(headers.toRaw()).toEqual(['ACCEPT', 'z', 'X-One', '1'])
  })

  it('sends a line for each element of a list', () => {
    const headers = list()
    headers.set('X-One', ['p', 'q'])
    expect(headers.getAll('x-one')).toEqual(['p', 'q'])
    expect(headers.size).toBe(5)
  })

  it('removes a header that is set to an empty list', () => {
    const headers = list()
    headers.set('accept', [])
    expect(headers.toRaw()).toEqual(['X-One', '1'])
  })

  it('appends behind what is there', () => {
    const headers = list()
    headers.append('X-One', '2')
    headers.append('X-Two', ['3', '4'])
    expect([...headers].slice(-3)).toEqual([
      ['X-One', '2'],
      ['X-Two', '3'],
      ['X-Two', '4'],
    ])
  })

  it('is silent when there is nothing to remove', () => {
    const headers = list()
    headers.remove('absent')
    expect(headers.toRaw()).toEqual(list().toRaw())
  })

  it('shares nothing with what it was made of, its copies and what it answers', () => {
    const raw = ['A', '1']
    const headers = HeaderList.fromRaw(raw)
    const copy = headers.clone()
    raw.push('B', '2')
    headers.toRaw().push('C', '3')
    headers.set('A', 'x')
    expect(copy.toRaw()).toEqual(['A', '1'])
    expect(headers.toRaw()).toEqual(['A', 'x'])
  })

  it('shares a block until one of its names is changed', () => {
    const block = { raw: Object.freeze(['A', '1', 'B', '2']) }
    const headers = HeaderList.over(block)
    headers.append('C', '3')
    headers.set('c', '4')
    headers.remove('D')
    expect(headers.block).toBe(block)
    expect(headers.own).toEqual(['c', '4'])
    const copy = headers.clone()
    headers.set('b', 'x')
    expect(headers.block).toBeUndefined()
    expect(headers.own).toEqual(['A', '1', 'b', 'x', 'c', '4'])
    expect([copy.block, copy.toRaw()]).toEqual([block, ['A', '1', 'B', '2', 'c', '4']])
  })

  it.each([[[]], [['A', '1', 'bb', '2', 'a', '3']]])(
    'does what a Map of lower-case names would do, beginning with %j',
    (raw) => {
      const name = fc.constantFrom('a', 'A', 'bb', 'Bb', 'c-c', 'C-C')
      const step = fc.tuple(fc.constantFrom('set', 'append', 'remove'), name, fc.string())
      fc.assert(
        fc.property(fc.array(step), (steps) => {
          const headers = HeaderList.over({ raw })
          const model = groupOf(raw)
          for (const [verb, header, value] of steps) {
            const key = header.toLowerCase()
            if (verb === 'set') headers.set(header, value)
            else if (verb === 'append') headers.append(header, value)
            else headers.remove(header)
            if (verb === 'append') model.set(key, [...(model.get(key) ?? []), value])
            else model.set(key, verb === 'set' ? [value] : [])
          }
          for (const [key, values] of model) expect(headers.getAll(key)).toEqual(values)
          expect(headers.size).toBe([...model.values()].flat().length)
        }),
      )
    },
  )
})

function groupOf(raw: readonly string[]): Map<string, string[]> {
  const values = new Map<string, string[]>()
  for (let i = 0; i < raw.length; i += 2) {
    const key = (raw[i] as string).toLowerCase()
    values.set(key, [...(values.get(key) ?? []), raw[i + 1] as string])
  }
  return values
}
