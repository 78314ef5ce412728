import { describe, expect, it } from 'vitest'
import { createCircuitBreaker } from './circuit-breaker.ts'

const OPTIONS = { kills: 3, withinMs: 1_000, offMs: 500 }

describe('createCircuitBreaker()', () => {
  it.each([
    { at: [0, 100, 200], off: 500 },
    { at: [0, 100], off: undefined },
    { at: [0, 500, 999], off: 500 },
    { at: [0, 500, 1_000], off: undefined },
  ])('answers $off for ends at $at', ({ at, off }) => {
    const breaker = createCircuitBreaker(OPTIONS)
    expect(at.map((ms) => breaker.note(ms)).at(-1)).toBe(off)
  })

  it('is off for the time it says and no longer', () => {
    const breaker = createCircuitBreaker(OPTIONS)
    for (const ms of [0, 1, 2]) breaker.note(ms)
    expect(breaker.offForMs(2)).toBe(500)
    expect(breaker.offForMs(501)).toBe(1)
    expect(breaker.offForMs(502)).toBe(0)
  })

  it('goes off again at the first end afterwards', () => {
    const breaker = createCircuitBreaker(OPTIONS)
    for (const ms of [0, 1, 2]) breaker.note(ms)
    expect(breaker.note(600)).toBe(500)
  })
})
