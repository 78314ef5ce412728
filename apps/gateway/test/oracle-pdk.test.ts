import { loadOracle, type OracleResult } from '@postern/conformance'
import { beforeAll, describe, expect, it } from 'vitest'
import { DIFFERENT_PDK, shownAnswers } from './oracle-different.ts'
import { replayOracle } from './replay-oracle.ts'

let results: readonly OracleResult[]

beforeAll(async () => {
  results = await replayOracle(loadOracle('oracle-pdk'))
}, 300_000)

describe('240 exchanges recorded from Kong 3.9.3 about its plugin development kit', () => {
  it('answers as Kong does in all of them but those that are decided otherwise', () => {
    const wrong = results.filter(({ id, holds }) => !holds && !DIFFERENT_PDK.has(id))
    expect(wrong.map(({ id, reasons }) => `${id}: ${reasons.join('; ')}`)).toEqual([])
    const held = results.filter(({ holds }) => holds).length
    console.log(`oracle-pdk: ${held} of ${results.length} exchanges hold`)
    expect(results).toHaveLength(240)
    expect(held).toBe(240 - DIFFERENT_PDK.size)
  })

  it.each([...DIFFERENT_PDK])('%s still differs', (id, { kong, postern }) => {
    const result = results.find((one) => one.id === id)
    expect(result?.holds).toBe(false)
    expect(shownAnswers(result?.recorded, result?.got)).toEqual({ kong, postern })
  })
})
