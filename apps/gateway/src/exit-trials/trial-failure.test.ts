import { describe, expect, it } from 'vitest'
import { failureOf } from './trial-failure.ts'

const unreadable = {
  get message(): string {
    throw new Error('no')
  },
  toString(): string {
    throw new Error('no')
  },
}

describe('failureOf()', () => {
  it.each<{ title: string; thrown: unknown; found: object }>([
    {
      title: 'line and column of JavaScript',
      thrown: new Error('a.ts:2:14: Error: boom'),
      found: { message: 'Error: boom', line: 2, column: 14 },
    },
    {
      title: 'the line of Lua',
      thrown: new Error("a.ts:3: attempt to index local 'b' (a nil value)"),
      found: { message: "attempt to index local 'b' (a nil value)", line: 3 },
    },
    {
      title: 'no place where there is none',
      thrown: new Error('a.ts: the function was ended at its deadline of 50 ms'),
      found: { message: 'the function was ended at its deadline of 50 ms' },
    },
    {
      title: 'several lines of text',
      thrown: new Error('a.ts:1:2: first\nsecond'),
      found: { message: 'first\nsecond', line: 1, column: 2 },
    },
    { title: 'a text', thrown: 'boom', found: { message: 'boom' } },
    { title: 'nothing', thrown: undefined, found: { message: 'undefined' } },
    {
      title: 'what cannot be looked at',
      thrown: unreadable,
      found: { message: 'a value that cannot be shown' },
    },
    { title: 'numbers of its own', thrown: new Error('7:8: x'), found: { message: '7:8: x' } },
  ])('reads $title', ({ thrown, found }) => {
    expect(failureOf(thrown, 'a.ts')).toMatchObject(found)
  })

  it('keeps a code that is one', () => {
    const error = Object.assign(new Error('a.ts:1: x'), { code: 'POSTERN_LUA_RUNTIME' })
    expect(failureOf(error, 'a.ts').code).toBe('POSTERN_LUA_RUNTIME')
    expect(failureOf(Object.assign(new Error('x'), { code: 5 }), 'a.ts').code).toBeUndefined()
  })
})
