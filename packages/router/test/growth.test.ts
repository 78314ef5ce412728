import { describe, expect, it } from 'vitest'
import { SHAPES } from '../bench/configurations.ts'
import { measure } from '../bench/measure.ts'

/** Trying the Routes one after the other would cost ten times as much. */
const MOST_FOR_TEN_TIMES_THE_ROUTES = 5

describe('match()', () => {
  it.each(Object.entries(SHAPES))(
    'costs little more with ten times the Routes: %s',
    (_, shapeOf) => {
      const few = shapeOf(1000)
      const many = shapeOf(10_000)
      measure(few, 20)
      const growth = measure(many, 60).matchNs / measure(few, 60).matchNs
      expect(growth).toBeLessThan(MOST_FOR_TEN_TIMES_THE_ROUTES)
    },
  )
})
