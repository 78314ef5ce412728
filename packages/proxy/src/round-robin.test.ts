import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { RoundRobin } from './round-robin.ts'

describe('RoundRobin', () => {
  it.each([
    { weights: [1, 1], turns: 'abababab' },
    { weights: [2, 2, 1], turns: 'abcababcab' },
    { weights: [3, 1], turns: 'aabaaaba' },
    { weights: [1, 0, 1], turns: 'acac' },
    { weights: [0, 0, 5], turns: 'ccc' },
  ])('deals $turns for weights $weights', ({ weights, turns }) => {
    const dealt = new RoundRobin(named(weights), 0)
    expect([...turns].map(() => dealt.next()).join('')).toBe(turns)
  })

  it.each([{ weights: [] }, { weights: [0] }, { weights: [0, 0] }])(
    'deals nothing for weights $weights',
    ({ weights }) => {
      expect(new RoundRobin(named(weights), 0.5).next()).toBeUndefined()
    },
  )

  it('is exact over every lap, wherever it begins', () => {
    const weight = fc.integer({ min: 0, max: 60 })
    const start = fc.double({ min: 0, max: 0.999, noNaN: true })
    fc.assert(
      fc.property(fc.array(weight, { maxLength: 8 }), start, fc.nat(100), (weights, at, ahead) => {
        const dealt = new RoundRobin(named(weights), at)
        for (let i = 0; i < ahead; i++) dealt.next()
        const counts = new Map<string | undefined, number>()
        const lap = weights.reduce((sum, w) => sum + w, 0)
        for (let i = 0; i < lap; i++) {
          const item = dealt.next()
          counts.set(item, (counts.get(item) ?? 0) + 1)
        }
        for (const { item, weight } of named(weights)) expect(counts.get(item) ?? 0).toBe(weight)
      }),
    )
  })

  it('stays exact for the largest weights', () => {
    const dealt = new RoundRobin(named([65535, 65534, 1]), 0.3)
    let last = 0
    for (let i = 0; i < 65535 + 65534 + 1; i++) if (dealt.next() === 'c') last++
    expect(last).toBe(1)
  })
})

function named(weights: readonly number[]): { item: string; weight: number }[] {
  return weights.map((weight, i) => ({ item: String.fromCharCode(0x61 + i), weight }))
}
