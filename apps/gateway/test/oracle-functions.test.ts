import { loadOracle, type OracleResult } from '@postern/conformance'
import { beforeAll, describe, expect, it } from 'vitest'
import { DECIDED_FUNCTIONS, OTHER_FUNCTIONS, shownAnswers } from './oracle-different.ts'
import { replayOracle } from './replay-oracle.ts'

const DIFFERENT_FUNCTIONS = new Map([...DECIDED_FUNCTIONS, ...OTHER_FUNCTIONS])

let results: readonly OracleResult[]

beforeAll(async () => {
  results = await replayOracle(loadOracle('oracle-functions'))
}, 120_000)

describe('75 exchanges recorded from Kong 3.9.3 about its sandbox', () => {
  it('answers as Kong does in all of them but those that are decided otherwise', () => {
    const wrong = results.filter(({ id, holds }) => !holds && !DIFFERENT_FUNCTIONS.has(id))
    expect(wrong.map(({ id, reasons }) => `${id}: ${reasons.join('; ')}`)).toEqual([])
    const held = results.filter(({ holds }) => holds).length
    const [decided, other] = [DECIDED_FUNCTIONS.size, OTHER_FUNCTIONS.size]
    console.log(
      `oracle-functions: ${held} of ${results.length} exchanges hold; ` +
        `${decided} are decided otherwise, ${other} differ`,
    )
    expect(results).toHaveLength(75)
    expect(held).toBe(75 - decided - other)
    expect(held / (held + other)).toBeGreaterThanOrEqual(0.95)
  })

  it.each([...DIFFERENT_FUNCTIONS])('%s still differs', (id, { kong, postern }) => {
    const result = results.find((one) => one.id === id)
    expect(result?.holds).toBe(false)
    expect(shownAnswers(result?.recorded, result?.got)).toEqual({ kong, postern })
  })
})
