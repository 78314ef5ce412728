import { createCounters, type FunctionCounters } from '@postern/exit-transformer'
import { describe, expect, it } from 'vitest'
import { FunctionMeter } from './function-meter.ts'

/** Counters after some calls, each of which took 2 ms and changed the exit. */
function called(counters: FunctionCounters, times: number): FunctionCounters {
  for (let call = 0; call < times; call++) {
    counters.calls += 1
    counters.changed += 1
    const cell = counters.seconds.bounds.indexOf(0.0025)
    counters.seconds.counts[cell] = (counters.seconds.counts[cell] as number) + 1
    counters.seconds.sum += 0.002
  }
  return counters
}

describe('FunctionMeter', () => {
  it('tells what a function has done since it was asked last', () => {
    const meter = new FunctionMeter()
    const counters = called(createCounters(), 2)
    meter.publish([{ name: 'errors', counters: [createCounters(), counters] }])
    expect(meter.take()).toMatchObject([{ instance: 'errors', index: 2, counts: { calls: 2 } }])
    expect(meter.take()).toEqual([])
    called(counters, 3)
    const [report] = meter.take()
    expect(report?.counts).toEqual({ calls: 3, changed: 3, failures: 0, kills: 0, skipped: 0 })
    expect(report?.cells.reduce((sum, count) => sum + count)).toBe(3)
    expect(report?.seconds).toBeCloseTo(0.006)
  })

  it('tells once of a function that has been taken out of the configuration', () => {
    const meter = new FunctionMeter()
    meter.publish([{ name: 'old', counters: [called(createCounters(), 2)] }])
    meter.publish([])
    meter.publish([])
    expect(meter.take()).toMatchObject([{ instance: 'old', counts: { calls: 2 } }])
    expect(meter.take()).toEqual([])
  })

  it('counts no call twice for a function that stays through a publication', () => {
    const meter = new FunctionMeter()
    const counters = called(createCounters(), 2)
    meter.publish([{ name: 'stays', counters: [counters] }])
    meter.publish([{ name: 'stays', counters: [counters] }])
    called(counters, 1)
    expect(meter.take().map(({ counts }) => counts.calls)).toEqual([2, 1])
  })
})
