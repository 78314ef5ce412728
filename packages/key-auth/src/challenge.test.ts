import { describe, expect, it } from 'vitest'
import { challengeOf } from './challenge.ts'

describe('challengeOf()', () => {
  it.each([
    [null, 'Key'],
    ['', 'Key realm=""'],
    ['test-realm', 'Key realm="test-realm"'],
    ['a "b" \\c', 'Key realm="a \\"b\\" \\\\c"'],
  ])('challenges for the realm %j with %s', (realm, challenge) => {
    expect(challengeOf(realm)).toBe(challenge)
  })
})
