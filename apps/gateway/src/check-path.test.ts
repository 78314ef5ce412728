import { describe, expect, it } from 'vitest'
import { checkPath } from './check-path.ts'

describe('checkPath()', () => {
  it.each([
    '/',
    '/a/b',
    // Removed before a Route is looked for.
    '/open/../secure',
    '/open/%2e%2e/secure',
    '/a/..',
    '/%41',
    // Three dots are a name, and so are dots beside other letters.
    '/open/.../secure',
    '/a..b/c',
    '/v1..%2f',
    '/a%2fb',
    '/100%25',
    '/a;x=..',
    '/%e2%80%a5',
  ])('lets %s pass', (path) => {
    expect(checkPath(path)).toBeUndefined()
  })

  it.each([
    '/open/..%2fsecure',
    '/..',
    '/a/../..',
    '/a/%2e%2e/%2E./b',
    '/%zz',
    '/%',
    '/a%4',
    '/a%00b',
    '/open/..%2Fsecure',
    '/open%2f..%2fsecure',
    '/open%2f%2e%2e%2fsecure',
    '/open%2f../secure',
    '/open/..;/secure',
    '/open/..;x=y/secure',
    '/open/%2e%2e;/secure',
    '/open/..%3b/secure',
    '/open/..\\secure',
    '/open\\..\\secure',
    '/open/..%5csecure',
    '/open/%252e%252e/secure',
    '/open/%252e./secure',
    '/open/.%25252e/secure',
    '/open/..%252fsecure',
    '/open/..%00/secure',
    '/..%2f',
    '/a%2f..',
  ])('refuses %s', (path) => {
    expect(checkPath(path)).toEqual({ status: 400, reason: 'request.bad_path', kind: 'unexpected' })
  })

  it('takes as long as the path is', () => {
    const path = `/${'%25'.repeat(2700)}`
    expect(checkPath(path)).toBeUndefined()
    expect(checkPath(`/${'..%25'.repeat(1600)}`)).toBeUndefined()
  })
})
