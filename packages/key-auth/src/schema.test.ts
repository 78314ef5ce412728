import { checkEntity, checkRecord } from '@postern/schema'
import { describe, expect, it } from 'vitest'
import { keyauthCredentials, keyAuthSchema } from './index.ts'

describe('keyAuthSchema', () => {
  it("fills in Kong's defaults", () => {
    expect(checkRecord(keyAuthSchema, {})).toMatchObject({
      ok: true,
      value: {
        config: {
          key_names: ['apikey'],
          hide_credentials: false,
          anonymous: null,
          key_in_header: true,
          key_in_query: true,
          key_in_body: false,
          run_on_preflight: true,
          realm: null,
        },
      },
    })
  })

  it.each([
    { config: { key_names: [] }, ok: true },
    { config: { key_names: ['X-Api_Key', 'k2'] }, ok: true },
    { config: { anonymous: 'guest', realm: 'r' }, ok: true },
    { config: { key_names: 'apikey' }, ok: false },
    { config: { key_names: ['a b'] }, ok: false },
    { config: { key_names: [''] }, ok: false },
    { config: { key_names: null }, ok: false },
    { config: { hide_credentials: 'yes' }, ok: false },
    { config: { anonymous: '' }, ok: false },
    { config: { unknown: 1 }, ok: false },
  ])('judges $config: $ok', ({ config, ok }) => {
    expect(checkRecord(keyAuthSchema, { config }).ok).toBe(ok)
  })
})

describe('keyauthCredentials', () => {
  const consumer = { id: 'b1b6cb4c-6f9d-4d9c-8d38-2ae9d9b0a7f1' }
  const check = (input: object) => checkEntity(keyauthCredentials, input, { operation: 'insert' })

  it('makes a key of 32 letters and digits when none is given', () => {
    const checked = check({ consumer })
    expect(checked).toMatchObject({
      ok: true,
      value: { key: expect.stringMatching(/^[0-9A-Za-z]{32}$/) },
    })
  })

  it.each([
    { input: { consumer, key: 'k' }, ok: true },
    { input: { consumer, key: null }, ok: true },
    { input: { consumer, key: '' }, ok: false },
    { input: { consumer, key: 5 }, ok: false },
    { input: { key: 'k' }, ok: false },
  ])('judges $input: $ok', ({ input, ok }) => {
    expect(check(input).ok).toBe(ok)
  })
})
