import { checkRecord } from '@postern/schema'
import { describe, expect, it } from 'vitest'
import { exitTransformerSchema } from './schema.ts'

const good = 'return function(status, body, headers) return status, body, headers end'

/** An engine's check that refuses sources which say `bad`, and tells the language it was asked for. */
const schema = exitTransformerSchema((source, language) =>
  source.includes('bad') ? `[${language}]:1:3: unexpected symbol near 'bad'` : undefined,
)

describe('exitTransformerSchema()', () => {
  it('fills in the defaults', () => {
    expect(checkRecord(schema, { config: { functions: [good] } })).toEqual({
      ok: true,
      value: {
        protocols: ['grpc', 'grpcs', 'http', 'https'],
        config: {
          functions: [good],
          handle_unknown: false,
          handle_unexpected: false,
          mode: 'enforce',
          timeout_ms: null,
          language: 'auto',
        },
      },
    })
  })

  it.each([
    { functions: [] },
    { functions: [good], mode: 'shadow' },
    { functions: [good], timeout_ms: 1 },
    { functions: [good], timeout_ms: 10_000 },
    { functions: [good], language: 'lua' },
    { functions: [good], language: 'javascript' },
    { functions: [good], language: 'typescript' },
    { functions: [good], handle_unknown: true, handle_unexpected: true },
  ])('takes %j', (config) => {
    expect(checkRecord(schema, { config })).toMatchObject({ ok: true, value: { config } })
  })

  it.each([
    { config: {}, violations: { functions: 'required field missing' } },
    { config: { functions: 'x' }, violations: { functions: 'expected an array' } },
    { config: { functions: [1] }, violations: { functions: ['expected a string'] } },
    { config: { functions: [''] }, violations: { functions: ['length must be at least 1'] } },
    { config: { functions: [], mode: 'off' }, violations: { mode: expect.any(String) } },
    { config: { functions: [], timeout_ms: 0 }, violations: { timeout_ms: expect.any(String) } },
    {
      config: { functions: [], timeout_ms: 10_001 },
      violations: { timeout_ms: expect.any(String) },
    },
    { config: { functions: [], timeout_ms: 1.5 }, violations: { timeout_ms: expect.any(String) } },
    { config: { functions: [], language: 'go' }, violations: { language: expect.any(String) } },
    {
      config: { functions: [], handle_unknown: 1 },
      violations: { handle_unknown: 'expected a boolean' },
    },
    {
      config: { functions: [], handle_admin: true },
      violations: { handle_admin: 'unknown field' },
    },
    {
      config: { functions: [good, 'bad'] },
      violations: {
        functions: [null, "Error parsing function: [auto]:1:3: unexpected symbol near 'bad'"],
      },
    },
    {
      config: { functions: ['bad', good], language: 'lua' },
      violations: {
        functions: ["Error parsing function: [lua]:1:3: unexpected symbol near 'bad'"],
      },
    },
  ])('refuses $config', ({ config, violations }) => {
    expect(checkRecord(schema, { config })).toEqual({
      ok: false,
      violations: { config: violations },
    })
  })

  it.each(['tcp', 'tls', 'ws'])('refuses the protocol %s', (protocol) => {
    const checked = checkRecord(schema, { protocols: [protocol], config: { functions: [] } })
    expect(checked).toMatchObject({ ok: false, violations: { protocols: expect.anything() } })
  })
})
