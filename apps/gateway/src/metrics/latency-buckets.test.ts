import { describe, expect, it } from 'vitest'
import {
  endOf,
  KONG_LATENCY,
  observe,
  REQUEST_LATENCY,
  UPSTREAM_LATENCY,
} from './latency-buckets.ts'

const bounds = [5, 10]

describe('observe()', () => {
  it.each([
    { ms: 0, cells: [1, 0, 0, 0] },
    { ms: 5, cells: [1, 0, 0, 5] },
    { ms: 6, cells: [0, 1, 0, 6] },
    { ms: 10, cells: [0, 1, 0, 10] },
    { ms: 11, cells: [0, 0, 1, 11] },
    { ms: 1e12, cells: [0, 0, 1, 1e12] },
  ])('counts $ms ms in one cell and in the sum', ({ ms, cells }) => {
    const counted = new Float64Array(4)
    observe(counted, { bounds, at: 0 }, ms)
    expect([...counted]).toEqual(cells)
  })

  it('leaves the cells of other rows alone', () => {
    const counted = new Float64Array(8)
    observe(counted, { bounds, at: 2 }, 7)
    expect([...counted]).toEqual([0, 0, 0, 1, 0, 7, 0, 0])
  })
})

describe('the rows of a Route', () => {
  it('follow each other', () => {
    expect(KONG_LATENCY.at).toBe(0)
    expect(UPSTREAM_LATENCY.at).toBe(endOf(KONG_LATENCY))
    expect(REQUEST_LATENCY.at).toBe(endOf(UPSTREAM_LATENCY))
  })
})
