import { describe, expect, it } from 'vitest'
import { fuzzCodec } from './fuzz-codec.ts'

/** Another seed finds other streams: `FUZZ_SEED=7 npm test -- packages/http1`. */
const SEED = Number(process.env.FUZZ_SEED ?? 1)

describe('the codec on 20,000 mutated streams', () => {
  it('reads each as the reference parser does, whole and in pieces', () => {
    const { streams, requests, refused, partial, done } = fuzzCodec(SEED, 20_000)
    expect(streams).toBe(20_000)
    // All ways in which a stream can end have to be seen, or the streams test nothing.
    expect(Math.min(requests, refused, partial, done)).toBeGreaterThan(1000)
  }, 60_000)
})
