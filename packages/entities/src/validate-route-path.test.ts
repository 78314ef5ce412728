import { checkEntity } from '@postern/schema'
import { describe, expect, it } from 'vitest'
import { normalizeRoutePath } from './normalize-route-path.ts'
import { createRoutes } from './routes.ts'
import {
  checkRouteExpressions,
  validateRouteHeader,
  validateRoutePath,
} from './validate-route-path.ts'

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

const nest = (count: number): string => `${'(a|'.repeat(count)}b${')'.repeat(count)}`
const invalid = (quoted: string, reason: string): string =>
  `invalid regex: '${quoted}' (PCRE returned: ${reason})`

describe('expressions that are too large', () => {
  const LONG = 'regular expression is longer than 2048 characters'
  const DEEP = 'parentheses are nested deeper than 100 levels'
  const MANY = 'nested repetitions multiply to more than 10000'

  it.each([
    { source: `/${'a'.repeat(2047)}`, expected: undefined },
    { source: `/${'a'.repeat(2048)}`, expected: invalid(`/${'a'.repeat(199)}...`, LONG) },
    {
      source: `/${'a'.repeat(198)}${'🐟'.repeat(1000)}`,
      expected: invalid(`/${'a'.repeat(198)}\ufffd...`, LONG),
    },
    { source: `/${nest(100)}`, expected: undefined },
    { source: `/${nest(101)}`, expected: invalid(`/${nest(101).slice(0, 199)}...`, DEEP) },
    { source: `/${nest(20_000)}`, expected: invalid(`/${nest(20_000).slice(0, 199)}...`, LONG) },
    { source: `/${'['.repeat(1_000_000)}`, expected: invalid(`/${'['.repeat(199)}...`, LONG) },
    { source: '/(?:a{0,100}){0,100}$', expected: undefined },
    { source: '/(?:a{0,101}){0,100}$', expected: invalid('/(?:a{0,101}){0,100}$', MANY) },
    { source: '/(?:a{0,500}){0,500}$', expected: invalid('/(?:a{0,500}){0,500}$', MANY) },
  ])('are refused in paths and headers: $source', ({ source, expected }) => {
    expect(validateRoutePath(`~${source}`)).toBe(expected)
    expect(validateRouteHeader(`~*${source}`)).toBe(expected)
  })

  it.each(['a{10001}', '*~a{10001}', ' ~*a{10001}', '~a{10001}', `${'a'.repeat(3000)}`])(
    'are not what a header without ~* has: %s',
    (value) => {
      expect(validateRouteHeader(value)).toBeUndefined()
    },
  )

  it.each(['traditional', 'traditional_compatible'] as const)(
    'are told at their place in Routes of the flavor %s',
    (flavor) => {
      const input = {
        paths: ['/a', '~/(?:a{500}){500}'],
        headers: { 'x-a': ['b', '~*(?:a{500}){500}'] },
      }
      expect(checkEntity(createRoutes({ flavor }), input, { operation: 'insert' })).toEqual({
        ok: false,
        violations: {
          paths: [null, invalid('/(?:a{500}){500}', MANY)],
          headers: [null, invalid('(?:a{500}){500}', MANY)],
        },
      })
    },
  )
})
