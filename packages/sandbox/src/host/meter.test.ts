import { describe, expect, it } from 'vitest'
import { createMeter } from './meter.ts'

const PLENTY = 2 ** 40

function chargeUntilThrown(charge: () => void, most: number): number {
  for (let i = 0; i < most; i++) {
    try {
      charge()
    } catch {
      return i
    }
  }
  return most
}

describe('createMeter()', () => {
  it('lets a call take its steps and not more, to the slice of 512', () => {
    const meter = createMeter(PLENTY)
    meter.begin(1_000, 100_000)
    meter.add(100_000)
    expect(meter.end()).toBe(undefined)
    meter.begin(1_000, 100_000)
    expect(() => meter.add(100_001)).toThrow()
    expect(meter.end()).toBe('steps')
  })

  it('throws at every further step, whatever is caught', () => {
    const meter = createMeter(PLENTY)
    meter.begin(1_000, 10_000)
    expect(() => meter.add(1_000_000)).toThrow()
    for (let i = 0; i < 10; i++) expect(meter.charge).toThrow()
    expect(meter.end()).toBe('steps')
  })

  it('lets intrinsics be used once it is used up, which Node does in its event loop', () => {
    const meter = createMeter(PLENTY)
    meter.begin(1_000, 10_000)
    expect(() => meter.add(1_000_000)).toThrow()
    expect(() => meter.add(1)).not.toThrow()
    expect(meter.charge).toThrow()
  })

  it('begins anew with each call', () => {
    const meter = createMeter(PLENTY)
    meter.begin(1_000, 10_000)
    expect(() => meter.add(1_000_000)).toThrow()
    meter.begin(1_000, 10_000)
    expect(chargeUntilThrown(meter.charge, 1_000)).toBe(1_000)
    expect(meter.end()).toBe(undefined)
  })

  it('counts nothing between calls', () => {
    const meter = createMeter(PLENTY)
    expect(() => meter.add(Number.MAX_SAFE_INTEGER)).not.toThrow()
    expect(chargeUntilThrown(meter.charge, 100_000)).toBe(100_000)
  })

  it('ends a call that holds more memory than it may', () => {
    const meter = createMeter(16 * 1024 * 1024)
    const held: unknown[] = []
    meter.begin(10_000, PLENTY)
    const steps = chargeUntilThrown(() => {
      held.push(Array.from({ length: 64 }, () => held))
      meter.charge()
    }, 1_000_000)
    expect(steps).toBeLessThan(200_000)
    expect(meter.end()).toBe('memory')
  })

  it('ends a call at its deadline', () => {
    const meter = createMeter(PLENTY)
    meter.begin(-1, PLENTY)
    // Fewer steps than it has, but its time is over before it begins.
    expect(chargeUntilThrown(meter.charge, 5_000)).toBeLessThan(5_000)
    expect(meter.end()).toBe('timeout')
  })
})
