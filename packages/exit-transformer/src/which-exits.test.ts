import { describe, expect, it } from 'vitest'
import { isReached } from './which-exits.ts'

describe('isReached()', () => {
  // kind, Route known, handle_unknown, handle_unexpected, global instance
  it.each([
    ['ordinary', true, false, false, false, true],
    ['ordinary', false, false, false, true, true],
    ['unknown', false, false, false, true, false],
    ['unknown', false, true, false, true, true],
    ['unknown', false, true, false, false, false],
    ['unknown', false, false, true, true, false],
    ['unexpected', true, false, false, true, false],
    ['unexpected', true, true, false, true, false],
    ['unexpected', true, false, true, false, true],
    ['unexpected', true, false, true, true, true],
    ['unexpected', false, false, true, true, false],
    ['unexpected', false, true, false, true, false],
    ['unexpected', false, true, true, true, true],
    ['unexpected', false, true, true, false, false],
  ] as const)('%s, Route known %s, unknown %s, unexpected %s, global %s: %s', (...row) => {
    const [kind, isRouteKnown, handleUnknown, handleUnexpected, isGlobal, reached] = row
    const reach = { handleUnknown, handleUnexpected, isGlobal }
    expect(isReached(kind, () => isRouteKnown, reach)).toBe(reached)
  })
})
