import type { OracleResult } from '@postern/conformance'
import { beforeAll, describe, expect, it } from 'vitest'
import { DECIDED_APISIX, OTHER_APISIX } from './oracle-apisix-different.ts'
import { replayApisix } from './replay-oracle.ts'

const DIFFERENT = new Map([...DECIDED_APISIX, ...OTHER_APISIX])

let results: readonly OracleResult[]

beforeAll(async () => {
  results = await replayApisix()
}, 300_000)

describe("88 exchanges recorded from Apache APISIX, their configuration told in Kong's words", () => {
  it('answers as APISIX does in all of them but those that are listed', () => {
    const wrong = results.filter(({ id, holds }) => !holds && !DIFFERENT.has(id))
    expect(wrong.map(({ id, reasons }) => `${id}: ${reasons.join('; ')}`)).toEqual([])
    const held = results.filter(({ holds }) => holds).length
    const [decided, other] = [DECIDED_APISIX.size, OTHER_APISIX.size]
    console.log(
      `oracle-apisix: ${held} of ${results.length} exchanges hold; ` +
        `${decided} are decided otherwise, ${other} differ`,
    )
    expect(results).toHaveLength(88)
    expect(held).toBe(88 - decided - other)
    expect(held / (held + other)).toBeGreaterThanOrEqual(0.95)
  })

  it.each([...DIFFERENT])('%s still differs', (id, { differs }) => {
    const result = results.find((one) => one.id === id)
    expect(result?.reasons.map(shownReason)).toEqual(differs)
  })
})

/** Without addresses, and without the explanation of a refusal. */
function shownReason(reason: string): string {
  return reason.replace(/0x[0-9a-f]+/g, 'ADDRESS').replace(/^(POST \S+: \d{3}) .*/, '$1')
}
