import type { Exit } from '@postern/pdk-response'
import { describe, expect, it } from 'vitest'
import { createRedactor } from './redactor.ts'
import { diffExits } from './shadow-diff.ts'

const exit: Exit = {
  status: 401,
  body: '{"message":"no key"}',
  headers: { 'X-A': '1', 'X-B': '2' },
  source: 'exit',
  kind: 'ordinary',
  reason: 'key-auth.no_key',
  message: 'no key',
  phase: 'access',
  plugin: 'key-auth',
}

describe('diffExits()', () => {
  it.each<{ name: string; after: Partial<Exit>; diff: unknown }>([
    { name: 'nothing', after: {}, diff: undefined },
    { name: 'the same body, decoded', after: { body: { message: 'no key' } }, diff: undefined },
    { name: 'the status', after: { status: 418 }, diff: { status: { from: 401, to: 418 } } },
    {
      name: 'the body, place by place',
      after: { body: { error: true } },
      diff: {
        body: {
          changes: [
            { path: '/message', from: 'no key' },
            { path: '/error', to: true },
          ],
        },
      },
    },
    {
      name: 'a removed body',
      after: { body: undefined },
      diff: { body: { changes: [{ path: '', from: { message: 'no key' } }] } },
    },
    {
      name: 'a body of another sort, cut',
      after: { body: 'x'.repeat(257) },
      diff: {
        body: {
          changes: [{ path: '', from: { message: 'no key' }, to: `${'x'.repeat(256)}...` }],
        },
      },
    },
    {
      name: 'bytes',
      after: { body: new Uint8Array([255, 0]) },
      diff: { body: { changes: [{ path: '', from: { message: 'no key' }, to: '2 bytes' }] } },
    },
    {
      name: 'headers',
      after: { headers: { 'X-A': '9', 'X-C': '3' } },
      diff: {
        headers: {
          added: { 'X-C': '3' },
          changed: { 'X-A': { from: '1', to: '9' } },
          removed: { 'X-B': '2' },
        },
      },
    },
    {
      name: 'all headers gone',
      after: { headers: undefined },
      diff: { headers: { removed: { 'X-A': '1', 'X-B': '2' } } },
    },
  ])('tells $name', ({ after, diff }) => {
    expect(diffExits(exit, { ...exit, ...after })).toEqual(diff)
  })

  it('tells 32 headers and counts the others', () => {
    const headers = Object.fromEntries(Array.from({ length: 200 }, (_, n) => [`X-${n}`, 'v']))
    const diff = diffExits({ ...exit, headers: undefined }, { ...exit, headers })
    expect(Object.keys(diff?.headers?.added ?? {})).toHaveLength(32)
    expect(diff?.headers).toMatchObject({ omitted: 168 })
  })

  it('takes secrets out by their names and by their values', () => {
    const redactor = createRedactor(['X-My-Key'], ['s3cr3t-value'])
    const after = {
      status: 401,
      body: { message: 'you sent s3cr3t-value', password: 'hunter', nested: { token: { a: 1 } } },
      headers: { 'Set-Cookie': 'sid=1', X_My_Key: 'abc', 'X-Echo': 'Bearer s3cr3t-value' },
    }
    const diff = diffExits({ ...exit, headers: undefined }, after, redactor)
    expect(diff).toEqual({
      headers: {
        added: { 'Set-Cookie': 'REDACTED', X_My_Key: 'REDACTED', 'X-Echo': 'Bearer REDACTED' },
      },
      body: {
        changes: [
          { path: '/message', from: 'no key', to: 'you sent REDACTED' },
          { path: '/password', to: 'REDACTED' },
          { path: '/nested', to: { token: 'REDACTED' } },
        ],
      },
    })
  })

  it('stays below 64 KiB, whatever is compared', () => {
    const long = 'x'.repeat(8192)
    const headers = Object.fromEntries(Array.from({ length: 200 }, (_, n) => [`X-${n}`, long]))
    const body = Object.fromEntries(Array.from({ length: 1000 }, (_, n) => [`${long}${n}`, long]))
    const diff = diffExits({ ...exit, body: {} }, { ...exit, headers, body })
    expect(JSON.stringify(diff).length).toBeLessThan(64 * 1024)
    expect(diff).toMatchObject({ body: { omitted: 968 }, headers: { omitted: 170 } })
  })
})
