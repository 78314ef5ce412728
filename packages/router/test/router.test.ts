import { describe, expect, it } from 'vitest'
import {
  createRouter,
  type RouteFields,
  type Router,
  type RouterOptions,
  type ServiceFields,
} from '../src/index.ts'
import { type About, requestOf } from './request.ts'

function routerOf(
  routes: readonly RouteFields[],
  options: RouterOptions = {},
): Router<RouteFields, ServiceFields> {
  return createRouter(
    routes.map((route) => ({ route, service: undefined })),
    options,
  )
}

function winner(
  routes: readonly Omit<RouteFields, 'id'>[],
  about: About,
  options?: RouterOptions,
): number {
  const withIds = routes.map((route, i) => ({ ...route, id: String(i) }))
  const match = routerOf(withIds, options).match(requestOf(about))
  return match === undefined ? -1 : Number(match.route.id)
}

describe('match(): hosts', () => {
  it.each([
    { host: 'a.test', request: 'a.test', takes: true },
    { host: 'a.test', request: 'A.TEST', takes: true },
    { host: 'A.test', request: 'a.test', takes: true },
    { host: 'a.test', request: 'a.test.', takes: true },
    { host: 'a.test.', request: 'a.test', takes: true },
    { host: 'a.test', request: 'a.test:9000', takes: true },
    { host: 'a.test', request: 'a.test.:9000', takes: true },
    { host: 'a.test', request: 'xa.test', takes: false },
    { host: 'a.test', request: 'a.test:', takes: false },
    { host: 'a.test', request: 'a.test:x', takes: false },
    { host: 'a.test', request: '', takes: false },
    { host: 'a.test', request: undefined, takes: false },
    { host: 'a.test:80', request: 'a.test', takes: true },
    { host: 'a.test:81', request: 'a.test', takes: false },
    { host: 'a.test:81', request: 'a.test:81', takes: true },
    { host: 'a.test:81', request: 'a.test:82', takes: false },
    { host: '*.a.test', request: 'x.a.test', takes: true },
    { host: '*.a.test', request: 'X.Y.A.test.', takes: true },
    { host: '*.a.test', request: '.a.test', takes: true },
    { host: '*.a.test', request: 'a.test', takes: false },
    { host: '*.a.test', request: 'x.a.test.evil', takes: false },
    { host: '*.a.test:81', request: 'x.a.test:81', takes: true },
    { host: '*.a.test:81', request: 'x.a.test', takes: false },
    { host: 'a.*', request: 'a.co.uk', takes: true },
    { host: 'a.*', request: 'a.', takes: true },
    { host: 'a.*', request: 'a', takes: false },
    { host: 'a.*', request: 'xa.test', takes: false },
    { host: 'a.*:81', request: 'a.test:81', takes: true },
    { host: 'a.b.*', request: 'a.b.c', takes: true },
    { host: '10.0.0.1', request: '10.0.0.1:80', takes: true },
    { host: '[::1]', request: '[::1]', takes: true },
    { host: '[::1]', request: '[::1]:80', takes: false },
  ])('takes $request for the host $host: $takes', ({ host, request, takes }) => {
    expect(winner([{ hosts: [host] }], { host: request })).toBe(takes ? 0 : -1)
  })

  it.each([{ name: '__proto__' }, { name: 'constructor' }, { name: 'hasOwnProperty' }])(
    'finds no Route for the host $name',
    ({ name }) => {
      expect(winner([{ hosts: ['a.test'] }], { host: name })).toBe(-1)
    },
  )

  it('takes a host of 100000 dots for none', () => {
    expect(winner([{ hosts: ['*.test', 'a.*'] }], { host: `a${'.'.repeat(100_000)}test` })).toBe(-1)
  })
})

describe('match(): paths', () => {
  it.each([
    { path: '/', request: '/anything', prefix: '/' },
    { path: '/orders', request: '/orders', prefix: '/orders' },
    { path: '/orders', request: '/ordersx', prefix: '/orders' },
    { path: '/orders', request: '/order', prefix: undefined },
    { path: '/orders', request: '/Orders', prefix: undefined },
    { path: '/orders', request: '/v1/orders', prefix: undefined },
    { path: '~/orders/\\d+', request: '/orders/7/items', prefix: '/orders/7' },
    { path: '~/orders/\\d+', request: '/v1/orders/7', prefix: undefined },
    { path: '~/orders/\\d+$', request: '/orders/7/items', prefix: undefined },
    { path: '/café', request: '/café/x', prefix: '/café' },
  ])('takes $prefix of $request for $path', ({ path, request, prefix }) => {
    const router = routerOf([{ id: '1', paths: [path] }])
    expect(router.match(requestOf({ path: request }))?.prefix).toBe(prefix)
  })

  it('matches no Route with a path that is not UTF-8', () => {
    expect(winner([{ methods: ['GET'] }, { paths: ['/'] }], { path: '/\udcff' })).toBe(-1)
  })

  it('does not lift a short path by a long one beside it', () => {
    const routes = [{ paths: ['/a', '/a/very/long/one'] }, { paths: ['/a/b'] }]
    expect(winner(routes, { path: '/a/b' })).toBe(1)
    expect(winner(routes, { path: '/a/very/long/one/x' })).toBe(0)
  })

  it('takes the first of several expressions that match', () => {
    const router = routerOf([{ id: '1', paths: ['~/a/(?<x>b)', '~/a', '~/a/b/c'] }])
    expect(router.match(requestOf({ path: '/a/b/c' }))).toMatchObject({ prefix: '/a/b' })
  })
})

describe('match(): other attributes', () => {
  it.each([
    { headers: { 'x-v': ['a'] }, request: { 'x-v': 'A' }, takes: true },
    { headers: { 'X-V': ['a', 'B'] }, request: { 'x-v': 'b' }, takes: true },
    { headers: { 'x-v': ['a'] }, request: { 'x-v': 'a, b' }, takes: false },
    { headers: { 'x-v': ['a'] }, request: { 'x-v': ['b', 'a'] }, takes: true },
    { headers: { 'x-v': [''] }, request: { 'x-v': '' }, takes: true },
    { headers: { 'x-v': ['a'] }, request: {}, takes: false },
    { headers: { 'x-a': ['1'], 'x-b': ['2'] }, request: { 'x-a': '1' }, takes: false },
    { headers: { 'x-a': ['1'], 'x-b': ['2'] }, request: { 'x-a': '1', 'x-b': '2' }, takes: true },
    { headers: { 'x-v': ['~*^v[0-9]+$'] }, request: { 'x-v': 'V12' }, takes: true },
    { headers: { 'x-v': ['a', '~*^v1$'] }, request: { 'x-v': ['x', 'v1'] }, takes: true },
    { headers: { 'x-v': ['~*^v1$'] }, request: { 'x-v': '~*^v1$' }, takes: false },
    { headers: { 'X-V': ['a'] }, request: { x_v: 'a' }, takes: true },
    { headers: { x_v: ['a'] }, request: { 'x-v': 'a' }, takes: true },
    { headers: { 'x-v': ['~*a'] }, request: { 'x-v': 'a'.repeat(8192) }, takes: true },
    { headers: { 'x-v': ['~*a'] }, request: { 'x-v': 'a'.repeat(8193) }, takes: false },
  ])('takes the headers $request for $headers: $takes', ({ headers, request, takes }) => {
    const lists = headers as Record<string, string[]>
    expect(winner([{ headers: lists }], { headers: request })).toBe(takes ? 0 : -1)
  })

  it.each([
    { methods: ['GET', 'PUT'], method: 'PUT', takes: true },
    { methods: ['GET'], method: 'get', takes: false },
    { methods: [], method: 'GET', takes: true },
    { methods: null, method: 'GET', takes: true },
  ])('takes $method for $methods: $takes', ({ methods, method, takes }) => {
    expect(winner([{ methods, paths: ['/'] }], { method })).toBe(takes ? 0 : -1)
  })

  it.each([
    { about: { scheme: 'https', sni: 'a.test' }, takes: true },
    { about: { scheme: 'https', sni: 'b.test' }, takes: false },
    { about: { scheme: 'https' }, takes: false },
    { about: { scheme: 'http' }, takes: true },
  ] as const)('takes a handshake $about for an SNI: $takes', ({ about, takes }) => {
    expect(winner([{ snis: ['a.test'] }], about)).toBe(takes ? 0 : -1)
  })

  it.each([
    { matchCalculation: 'strict', takes: false },
    { matchCalculation: 'original', takes: true },
  ] as const)(
    'takes plain http for a Route of https with an SNI when $matchCalculation: $takes',
    (row) => {
      const route = { protocols: ['https'], snis: ['a.test'] }
      const options = { matchCalculation: row.matchCalculation }
      expect(winner([route], { scheme: 'http' }, options)).toBe(row.takes ? 0 : -1)
      expect(winner([route], { scheme: 'https', sni: 'a.test' }, options)).toBe(0)
    },
  )

  it('does not look at protocols otherwise', () => {
    expect(winner([{ protocols: ['https'], paths: ['/'] }], { scheme: 'http' })).toBe(0)
  })
})

describe('match(): captures', () => {
  it.each([
    {
      paths: ['~/(users/)?(?<id>\\d+)'],
      path: '/7',
      unnamed: ['/7', undefined, '7'],
      named: { id: '7' },
    },
    {
      paths: ['~/(?P<a>x)(?P<b>y)?'],
      path: '/x',
      unnamed: ['/x', 'x', undefined],
      named: { a: 'x' },
    },
    { paths: ['~/(\\w*)'], path: '/', unnamed: ['/', ''], named: {} },
  ])('of $paths in $path are $unnamed', ({ paths, path, unnamed, named }) => {
    const captures = routerOf([{ id: '1', paths }]).match(requestOf({ path }))?.captures
    expect(captures?.unnamed).toEqual(unnamed)
    expect({ ...captures?.named }).toEqual(named)
    expect(Object.getPrototypeOf(captures?.named)).toBeNull()
  })

  it.each([{ paths: ['/a'] }, { paths: ['~/a'] }, { paths: ['~/(?:a)'] }])(
    'are none for $paths',
    ({ paths }) => {
      expect(
        routerOf([{ id: '1', paths }]).match(requestOf({ path: '/a' }))?.captures,
      ).toBeUndefined()
    },
  )

  it('come from headers too, those of the path first', () => {
    const route = { id: '1', paths: ['~/(a)'], headers: { 'x-v': ['~*(?<v>v)(\\d)'] } }
    const match = routerOf([route]).match(requestOf({ path: '/a', headers: { 'x-v': 'v1' } }))
    expect(match?.captures).toEqual({ unnamed: ['/a', 'a', '1'], named: { v: 'v' } })
  })
})

describe('match(): order', () => {
  const https = { scheme: 'https', sni: 'a.test', path: '/p/q', headers: { x: '1' } } as const
  const host = { hosts: ['a.test'] }
  const wildcard = { hosts: ['*.test'] }
  const pathMethod = { paths: ['/p'], methods: ['GET'] }

  it.each([
    { a: host, b: pathMethod, strict: 1, original: 0 },
    { a: { paths: ['~/p'] }, b: pathMethod, strict: 1, original: 0 },
    { a: wildcard, b: { paths: ['/p'] }, strict: 1, original: 1 },
    { a: { ...host, paths: ['/p'] }, b: { ...wildcard, paths: ['/p/q'] }, strict: 0, original: 0 },
    { a: { paths: ['/p/q'] }, b: { paths: ['~/p'] }, strict: 1, original: 1 },
    {
      a: { headers: { x: ['1'] }, paths: ['/p/q'] },
      b: { paths: ['/p'], methods: ['GET'] },
      strict: 0,
      original: 0,
    },
    { a: { paths: ['/p'] }, b: { paths: ['/p'] }, strict: 1, original: 1 },
    {
      a: { ...wildcard, paths: ['/p'] },
      b: { hosts: ['a.*'], paths: ['/p'] },
      strict: 1,
      original: 1,
    },
  ])(
    'prefers among $a and $b number $strict, originally $original',
    ({ a, b, strict, original }) => {
      expect(winner([a, b], https, { matchCalculation: 'strict' })).toBe(strict)
      expect(winner([a, b], https, { matchCalculation: 'original' })).toBe(original)
    },
  )

  it('goes on to the next best when an attribute does not fit', () => {
    const routes = [
      { paths: ['/'] },
      { paths: ['/p'], methods: ['POST'] },
      { paths: ['/p/q'], headers: { x: ['2'] } },
    ]
    expect(winner(routes, https)).toBe(0)
  })
})

describe('createRouter()', () => {
  it('answers what was given, undefined Service included', () => {
    const routed = {
      route: { id: '1', paths: ['/'], extra: true },
      service: { path: '/x', name: 's' },
    }
    const match = createRouter([routed]).match(requestOf())
    expect(match?.route).toBe(routed.route)
    expect(match?.service).toBe(routed.service)
    expect(routerOf([{ id: '1', paths: ['/'] }]).match(requestOf())?.service).toBeUndefined()
  })

  it('finds nothing without Routes', () => {
    expect(routerOf([]).match(requestOf())).toBeUndefined()
  })

  it('takes everything for a Route without attributes', () => {
    expect(winner([{}], {})).toBe(0)
  })

  it.each([{ paths: ['/ok', '~/('] }, { paths: ['/ok'], headers: { x: ['~*('] } }])(
    'leaves out a Route that does not compile, and says so: $paths',
    (broken) => {
      const router = routerOf([
        { id: 'bad', ...broken },
        { id: 'good', paths: ['/'] },
      ])
      expect(router.match(requestOf({ path: '/ok' }))?.route.id).toBe('good')
      expect(router.warnings).toMatchObject([{ kind: 'invalid-regex', routeId: 'bad' }])
    },
  )

  it.each([
    { route: { paths: ['~/(a+)+$'] }, kinds: ['nested-quantifier'] },
    { route: { headers: { x: ['~*(a*)*'] }, paths: ['/', '/a'] }, kinds: [] },
    { route: { paths: ['~/a+', '~/(a|b)+'] }, kinds: [] },
  ])('warns of $route: $kinds', ({ route, kinds }) => {
    const router = routerOf([{ id: '1', ...(route as Partial<RouteFields>) }])
    expect(router.warnings.map(({ kind }) => kind)).toEqual(kinds)
  })

  it.each([
    { count: 100, kinds: [] },
    { count: 101, kinds: ['many-regexes'] },
  ])('warns of $count expressions with one beginning: $kinds', ({ count, kinds }) => {
    const routes = Array.from({ length: count }, (_, i) => ({
      id: `${i}`,
      paths: [`~/[a-z]+/${i}`],
    }))
    expect(routerOf(routes).warnings.map(({ kind }) => kind)).toEqual(kinds)
  })

  it('does not try expressions on longer paths than it is told', () => {
    const router = routerOf(
      [
        { id: '1', paths: ['~/a+'] },
        { id: '0', paths: ['/'] },
      ],
      { maxRegexInput: 10 },
    )
    expect(router.match(requestOf({ path: `/${'a'.repeat(9)}` }))?.route.id).toBe('1')
    expect(router.match(requestOf({ path: `/${'a'.repeat(10)}` }))?.route.id).toBe('0')
  })
})
