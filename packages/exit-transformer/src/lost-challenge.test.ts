import type { Exit, ExitHeaders } from '@postern/pdk-response'
import { describe, expect, it } from 'vitest'
import { losesChallenge } from './lost-challenge.ts'

function exitOf(status: number, headers: ExitHeaders | undefined): Exit {
  return {
    status,
    body: undefined,
    headers,
    source: 'exit',
    kind: 'ordinary',
    reason: 'key-auth.no_key',
    message: undefined,
    phase: 'access',
    plugin: 'key-auth',
  }
}

const key = { 'WWW-Authenticate': 'Key' }

describe('losesChallenge()', () => {
  it.each([
    { from: 401, had: key, to: 401, has: undefined, loses: true },
    { from: 401, had: key, to: 401, has: {}, loses: true },
    { from: 401, had: key, to: 401, has: { 'www-authenticate': 'Key' }, loses: false },
    { from: 401, had: key, to: 401, has: { www_authenticate: 'Key' }, loses: false },
    { from: 401, had: key, to: 403, has: undefined, loses: false },
    { from: 403, had: key, to: 401, has: undefined, loses: false },
    { from: 401, had: undefined, to: 401, has: undefined, loses: false },
  ])('$from with $had to $to with $has: $loses', ({ from, had, to, has, loses }) => {
    expect(losesChallenge(exitOf(from, had), exitOf(to, has))).toBe(loses)
  })
})
