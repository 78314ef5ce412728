import { describe, expect, it } from 'vitest'
import { compareOriginal, compareStrict, originalPriority, type RankFacts } from './route-rank.ts'

const none: RankFacts = {
  id: '1',
  kinds: 1,
  plainHosts: false,
  headerNames: 0,
  isRegex: false,
  regexPriority: 0,
  prefixLength: 0,
}

/** Each one wins over the next one, by the attribute that is named. */
const STRICT: readonly [string, Partial<RankFacts>][] = [
  ['more kinds of attributes', { kinds: 3 }],
  ['plain hosts', { kinds: 2, plainHosts: true }],
  ['more header names', { kinds: 2, headerNames: 2 }],
  ['an expression', { kinds: 2, headerNames: 1, isRegex: true }],
  ['fewer header names but an expression', { kinds: 2, isRegex: true, regexPriority: 3 }],
  ['a greater regex_priority', { kinds: 2, isRegex: true, regexPriority: 0 }],
  ['a regex_priority that is not negative', { kinds: 2, isRegex: true, regexPriority: -1 }],
  ['a longer prefix', { kinds: 2, prefixLength: 9 }],
  ['a shorter one', { kinds: 2, prefixLength: 8, id: '2' }],
  ['a greater id', { kinds: 2, prefixLength: 8, id: '1' }],
  ['fewer kinds', { kinds: 1, plainHosts: true, headerNames: 9, isRegex: true }],
]

describe('compareStrict()', () => {
  it.each(STRICT.slice(1).map(([why], i) => ({ why, i })))(
    'puts number $i before $why',
    ({ i }) => {
      const [better, worse] = [
        { ...none, ...STRICT[i]?.[1] },
        { ...none, ...STRICT[i + 1]?.[1] },
      ]
      expect(compareStrict(better, worse)).toBeLessThan(0)
      expect(compareStrict(worse, better)).toBeGreaterThan(0)
      expect(compareStrict(worse, worse)).toBe(0)
    },
  )

  it('counts no more than 255 header names', () => {
    expect(compareStrict({ ...none, headerNames: 255 }, { ...none, headerNames: 900 })).toBe(0)
  })
})

describe('compareOriginal()', () => {
  it.each([
    {
      what: 'a plain host over a path and a method',
      a: { kinds: 1, plainHosts: true },
      b: { kinds: 2, prefixLength: 2 },
    },
    {
      what: 'an expression over two attributes',
      a: { isRegex: true },
      b: { kinds: 2, prefixLength: 2 },
    },
    {
      what: 'an expression over more header names',
      a: { kinds: 2, headerNames: 1, isRegex: true },
      b: { kinds: 2, headerNames: 2, prefixLength: 2 },
    },
    {
      what: 'four attributes over everything, being negative',
      a: { kinds: 4 },
      b: { kinds: 3, plainHosts: true, isRegex: true },
    },
    {
      what: 'a regex_priority that wraps to negative',
      a: { isRegex: true, regexPriority: 4096 },
      b: { isRegex: true, regexPriority: 4095 },
    },
    { what: 'a greater id where all else is equal', a: { id: '2' }, b: { id: '1' } },
  ])('puts $what', ({ a, b }) => {
    expect(compareOriginal({ ...none, ...a }, { ...none, ...b })).toBeLessThan(0)
    expect(compareOriginal({ ...none, ...b }, { ...none, ...a })).toBeGreaterThan(0)
  })

  it('shifts the number of attributes by 29, as 61 bits are in 32', () => {
    expect(originalPriority({ ...none, kinds: 2, prefixLength: 5 })).toBe((2n << 29n) | 5n)
  })
})
