import { describe, expect, it } from 'vitest'
import { compileSnis, matchSni } from './compile-snis.ts'

describe('matchSni()', () => {
  it.each([
    { snis: ['a.test'], name: 'a.test', matches: true },
    { snis: ['a.test'], name: 'A.Test', matches: true },
    { snis: ['a.test.'], name: 'a.test', matches: true },
    { snis: ['a.test'], name: 'b.a.test', matches: false },
    { snis: ['*.a.test'], name: 'x.y.a.test', matches: true },
    { snis: ['*.a.test'], name: 'a.test', matches: false },
    { snis: ['a.*'], name: 'a.co.uk', matches: true },
    { snis: ['a.*'], name: 'a', matches: false },
    { snis: ['*'], name: 'anything', matches: true },
    { snis: ['x.test', 'a.test'], name: 'a.test', matches: true },
  ])('takes $name for $snis: $matches', ({ snis, name, matches }) => {
    expect(matchSni(compileSnis(snis), name)).toBe(matches)
  })
})
