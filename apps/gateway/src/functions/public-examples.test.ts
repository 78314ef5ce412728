import { describe, expect, it } from 'vitest'
import { publicExampleCases } from './public-examples.cases.ts'
import { seedFunctionCases } from './seeds.cases.ts'

// What they do is held by the tests of both engines and, through the gateway, by
// test/seed-functions.test.ts and test/webhook-example.test.ts.

const all = [...seedFunctionCases, ...publicExampleCases]

describe('the 17 published examples of exit-transformer', () => {
  it.each(Array.from({ length: 17 }, (_, at) => at + 1))('number %i has a case', (number) => {
    const cases = all.filter(({ example }) => example === number)
    expect(cases).not.toEqual([])
    for (const { lua, javascript, rows } of cases) {
      expect([lua.length > 0, javascript.length > 0, rows.length > 0]).toEqual([true, true, true])
    }
  })
})
