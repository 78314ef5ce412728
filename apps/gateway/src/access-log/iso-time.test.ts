import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { isoTime } from './iso-time.ts'

describe('isoTime()', () => {
  it.each([0, 9, 10, 99, 100, 999, 1000, 1_795_000_000_001])('writes %d as a Date does', (ms) => {
    expect(isoTime(ms)).toBe(new Date(ms).toISOString())
  })

  it('writes any moment as a Date does, in whatever order they come', () => {
    fc.assert(
      fc.property(fc.nat({ max: 4_000_000_000_000 }), (ms) => {
        expect(isoTime(ms)).toBe(new Date(ms).toISOString())
      }),
    )
  })
})
