import { describe, expect, it } from 'vitest'
import { createCounters, isKill, observe } from './function-counters.ts'

describe('observe()', () => {
  const { bounds } = createCounters().seconds

  it('has ascending bounds, with the default deadline and the longest one among them', () => {
    expect(bounds.toSorted((left, right) => left - right)).toEqual(bounds)
    expect(bounds).toContain(0.05)
    expect(bounds.at(-1)).toBe(10)
  })

  it.each(bounds.map((bound, cell) => ({ bound, cell })))(
    'counts $bound s in cell $cell, and what is longer in the next one',
    ({ bound, cell }) => {
      const { seconds } = createCounters()
      observe(seconds, bound)
      observe(seconds, bound * 1.000_001)
      expect(seconds.counts[cell]).toBe(1)
      expect(seconds.counts[cell + 1]).toBe(1)
      expect(seconds.counts.reduce((left, right) => left + right)).toBe(2)
    },
  )

  it('counts nothing at all in the first cell, and an hour in the last', () => {
    const { seconds } = createCounters()
    observe(seconds, 0)
    observe(seconds, 3600)
    expect(seconds.counts.at(0)).toBe(1)
    expect(seconds.counts.at(-1)).toBe(1)
    expect(seconds.counts).toHaveLength(bounds.length + 1)
    expect(seconds.sum).toBe(3600)
  })

  it('is plain data', () => {
    const counters = createCounters()
    expect(JSON.parse(JSON.stringify(counters))).toEqual(counters)
  })

  it('has cells of its own for each function', () => {
    const [one, other] = [createCounters(), createCounters()]
    observe(one.seconds, 1)
    expect(other.seconds).toEqual(createCounters().seconds)
  })
})

describe('isKill()', () => {
  it.each([
    ['POSTERN_SANDBOX_TIMEOUT', true],
    ['POSTERN_SANDBOX_KILLED', true],
    ['POSTERN_LUA_BUDGET', true],
    ['POSTERN_LUA_RUNTIME', false],
    ['BUDGET_POSTERN', false],
    [7, false],
  ])('takes the code %s as %s', (code, killed) => {
    expect(isKill({ code })).toBe(killed)
  })

  it.each([undefined, null, 'POSTERN_LUA_BUDGET', new Error('x')])('is no kill: %s', (error) => {
    expect(isKill(error)).toBe(false)
  })
})
