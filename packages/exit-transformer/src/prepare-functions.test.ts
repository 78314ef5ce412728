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
const engine = { compile: () => () => ({ kind: 'unchanged' }) as const }

describe('prepareFunctions()', () => {
  it.each([
    [1, 500],
    [50, 500],
    [51, 510],
    [10_000, 100_000],
  ])('with timeout_ms %d, gives all functions together %d ms', (timeout_ms, totalMs) => {
    expect(prepareFunctions({ ...config, timeout_ms }, instance, engine)).toMatchObject({
      totalMs,
    })
  })

  it.each([
    { timeout_ms: null, ofEngine: undefined, timeoutMs: 50, totalMs: 500 },
    { timeout_ms: null, ofEngine: 200, timeoutMs: 200, totalMs: 2000 },
    { timeout_ms: 70, ofEngine: 200, timeoutMs: 70, totalMs: 700 },
  ])(
    'gives a function $timeoutMs ms where the configuration says $timeout_ms and the engine $ofEngine',
    ({ timeout_ms, ofEngine, timeoutMs, totalMs }) => {
      const compiled: number[] = []
      const prepared = prepareFunctions({ ...config, timeout_ms }, instance, {
        compile: (_source, options) => {
          compiled.push(options.timeoutMs)
          return engine.compile()
        },
        ...(ofEngine !== undefined && { timeoutMs: ofEngine }),
      })
      expect(compiled).toEqual([timeoutMs, timeoutMs])
      expect(prepared.totalMs).toBe(totalMs)
    },
  )

  it.each([
    [{}, true],
    [{ route: { id: 'r' } }, false],
    [{ service: { id: 's' } }, false],
    [{ consumer: { id: 'c' } }, false],
  ])('knows from %j whether the instance is global: %s', (bound, isGlobal) => {
    const prepared = prepareFunctions(config, { ...instance, ...bound }, engine)
    expect(prepared.reach).toEqual({ handleUnknown: true, handleUnexpected: false, isGlobal })
  })
})
