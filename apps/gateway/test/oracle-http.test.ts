import { loadOracle, type OracleResult } from '@postern/conformance'
import { beforeAll, describe, expect, it } from 'vitest'
import { CHOSEN_ENGINE, ORACLE_HTTP_AS_KONG } from './engine-open.ts'
import { DIFFERENT_HTTP } from './oracle-different-http.ts'
import { shownAnswers } from './oracle-different.ts'
import { replayOracle } from './replay-oracle.ts'

const asKong = ORACLE_HTTP_AS_KONG[CHOSEN_ENGINE] ?? {}
const DIFFERENT = new Map([...DIFFERENT_HTTP].filter(([id]) => !Object.hasOwn(asKong, id)))

let results: readonly OracleResult[]

beforeAll(async () => {
  results = await replayOracle(loadOracle('oracle-http'))
}, 300_000)

describe('66 exchanges recorded from Kong 3.9.3 about headers and malformed requests', () => {
  it('answers as Kong does in all of them but those that are decided otherwise', () => {
    const wrong = results.filter(({ id, holds }) => !holds && !DIFFERENT.has(id))
    expect(wrong.map(({ id, reasons }) => `${id}: ${reasons.join('; ')}`)).toEqual([])
    const held = results.filter(({ holds }) => holds).length
    console.log(`oracle-http: ${held} of ${results.length} exchanges hold`)
    expect(results).toHaveLength(66)
    expect(held).toBe(66 - DIFFERENT.size)
  })

  it.each([...DIFFERENT])('%s still differs', (id, { kong, postern }) => {
    const result = results.find((one) => one.id === id)
    expect(result?.holds).toBe(false)
    expect(shownAnswers(result?.recorded, result?.got)).toEqual({ kong, postern })
  })
})
