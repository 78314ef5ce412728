import type { Exit } from '@postern/pdk-response'
import { describe, expect, it } from 'vitest'
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
      name: 'the body',
      after: { body: { error: true } },
      diff: { body: { from: { message: 'no key' }, to: { error: true } } },
    },
    {
      name: 'a removed body',
      after: { body: undefined },
      diff: { body: { from: { message: 'no key' }, to: null } },
    },
    {
      name: 'a long body, cut',
      after: { body: 'x'.repeat(1025) },
      diff: { body: { from: { message: 'no key' }, to: `${'x'.repeat(1024)}...` } },
    },
    {
      name: 'bytes',
      after: { body: new Uint8Array([255, 0]) },
      diff: { body: { from: { message: 'no key' }, to: '2 bytes' } },
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
})
