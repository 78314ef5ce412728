import { describe, expect, it } from 'vitest'
import { expectKnownFailures } from './known-failures.ts'

const RESULTS = [
  { id: 'good', holds: true, reasons: [], milliseconds: 1 },
  { id: 'bad', holds: false, reasons: ['step 1: status'], milliseconds: 1 },
]

describe('expectKnownFailures()', () => {
  it('accepts that exactly the known cases do not hold', () => {
    expect(expectKnownFailures(RESULTS, { bad: 'not yet' })).toBeUndefined()
  })

  it.each<{ name: string; known: Record<string, string>; told: string }>([
    {
      name: 'a case that newly does not hold',
      known: {},
      told: 'bad does not hold: step 1: status',
    },
    {
      name: 'a known case that holds now',
      known: { bad: 'not yet', good: 'a reason' },
      told: 'good holds now; it was known not to (a reason)',
    },
    {
      name: 'a known case that is not there',
      known: { bad: 'not yet', gone: 'a reason' },
      told: 'gone is known not to hold, but there is no such case',
    },
    {
      name: 'a name that every object has',
      known: { bad: 'x', constructor: 'y' },
      told: 'no such case',
    },
  ])('refuses $name', ({ known, told }) => {
    expect(() => expectKnownFailures(RESULTS, known)).toThrow(told)
  })
})
