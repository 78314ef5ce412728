import { describe, expect, it } from 'vitest'
import { normalizeRoutePath } from './normalize-route-path.ts'
import { checkRouteExpressions, validateRoutePath } from './validate-route-path.ts'

describe('normalizeRoutePath()', () => {
  it.each([
    ['/a%2fb', '/a%2Fb'],
    ['/f%6f%6f', '/foo'],
    ['/%2E', '/'],
    ['/a/%2e%2e/b', '/b'],
    ['/a%2F..%2Fb', '/a%2F..%2Fb'],
    ['/a%2520b', '/a%2520b'],
    ['/a/.', '/a/'],
    ['/a/b/..', '/a/'],
    ['/../a', '/a'],
    ['/...', '/...'],
    ['//a///b', '/a/b'],
    ['/endel%C3%B8st', '/endeløst'],
    ['/a%zz', '/a%zz'],
    ['/a%ff', '/a%FF'],
    ['/a+b', '/a+b'],
    ['/a%2Bb', '/a%2Bb'],
    ['/', '/'],
  ])('writes %j as %j', (path, normal) => {
    expect(normalizeRoutePath(path)).toBe(normal)
  })
})

describe('validateRoutePath()', () => {
  it.each([
    ['/a', undefined],
    ['/a b', undefined],
    ['/a%20b', "non-normalized path, consider use '/a b' instead"],
    ['/a/../b', "non-normalized path, consider use '/b' instead"],
    ['/a%2Fb', undefined],
    ['/a%2fb', "non-normalized path, consider use '/a%2Fb' instead"],
    ['/a%2', "invalid url-encoded value: '%2'"],
    ['~/a%2', undefined],
    ['~/a/(?<id>\\d+)$', undefined],
    ['~/a/(?P<id>\\d+)$', undefined],
    ['~/(?i)a', undefined],
    ['~/a[(?P<]', undefined],
    ['~/\\-', undefined],
  ])('says of %j: %j', (path, expected) => {
    expect(validateRoutePath(path)).toBe(expected)
  })

  it.each(['~/(', '~/[a', '~/a**', '~/(?P<1>a)'])('refuses the expression %j', (path) => {
    expect(validateRoutePath(path)).toMatch(/^invalid regex: '\/.* \(PCRE returned: .+\)$/)
  })
})

describe('checkRouteExpressions()', () => {
  it.each([
    [{ paths: null, headers: null }],
    [{ paths: ['/(?=a)'] }],
    [{ paths: ['~/[(?=]'] }],
    [{ paths: ['~/\\(?=a'] }],
    [{ headers: { 'x-a': ['(', '~*^a+$'] } }],
    [{ headers: { 'x-a': [] } }],
  ])('finds nothing in %j', (route) => {
    expect(checkRouteExpressions(route)).toBeUndefined()
  })

  it.each([
    [{ paths: ['/a', '~/a(?=b)'] }, 'look-around'],
    [{ paths: ['~/a(?<!b)'] }, 'look-around'],
    [{ paths: ['~/(a)\\1'] }, 'backreferences'],
    [{ headers: { 'x-a': ['~*('] } }, ''],
    [{ headers: { 'x-a': ['~*a(?!b)'] } }, 'look-around'],
  ])('refuses %j', (route, word) => {
    const message = checkRouteExpressions(route)
    expect(message).toMatch(/^Router Expression failed validation: ./)
    expect(message).toContain(word)
  })
})
