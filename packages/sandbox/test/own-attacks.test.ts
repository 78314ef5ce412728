import { readFileSync } from 'node:fs'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { createFunctionHost, type FunctionHost } from '../src/index.ts'
import { type Attack, expectContained } from './run-attack.ts'

const ATTACKS = JSON.parse(
  readFileSync(new URL('./cases/own-attacks.cases.json', import.meta.url), 'utf8'),
) as readonly Attack[]

let host: FunctionHost

beforeAll(async () => {
  host = createFunctionHost({ mode: 'sandbox' })
  await host.start()
})
afterAll(() => host.close())

describe('attacks on this implementation', () => {
  it('are many, each with a name of its own', () => {
    expect(ATTACKS.length).toBeGreaterThanOrEqual(120)
    expect(new Set(ATTACKS.map(({ id }) => id)).size).toBe(ATTACKS.length)
  })

  it.each(ATTACKS)('$id: $what', (attack) => expectContained(host, attack))
})
