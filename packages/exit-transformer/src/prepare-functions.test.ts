import { describe, expect, it } from 'vitest'
import { prepareFunctions } from './prepare-functions.ts'
import type { ExitTransformerConfig } from './schema.ts'

const config: ExitTransformerConfig = {
  functions: ['one', 'two'],
  handle_unknown: true,
  handle_unexpected: false,
  mode: 'enforce',
  timeout_ms: 50,
  language: 'auto',
}
const instance = { id: 'i', route: null, service: null, consumer: null }
const compile = () => () => ({ kind: 'unchanged' }) as const

describe('prepareFunctions()', () => {
  it.each([
    [1, 500],
    [50, 500],
    [51, 510],
    [10_000, 100_000],
  ])('with timeout_ms %d, gives all functions together %d ms', (timeout_ms, totalMs) => {
    expect(prepareFunctions({ ...config, timeout_ms }, instance, compile)).toMatchObject({
      totalMs,
    })
  })

  it.each([
    [{}, true],
    [{ route: { id: 'r' } }, false],
    [{ service: { id: 's' } }, false],
    [{ consumer: { id: 'c' } }, false],
  ])('knows from %j whether the instance is global: %s', (bound, isGlobal) => {
    const prepared = prepareFunctions(config, { ...instance, ...bound }, compile)
    expect(prepared.reach).toEqual({ handleUnknown: true, handleUnexpected: false, isGlobal })
  })
})
