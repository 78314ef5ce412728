import { describe, expect, it } from 'vitest'
import { testContext } from '../../test/test-context.ts'
import type { Kong } from '../index.ts'

const PROXY = [
  'X-Forwarded-Proto',
  'HTTPS',
  'X-Forwarded-Host',
  'user@Public.example:8443',
  'X-Forwarded-Path',
  '/p',
  'X-Forwarded-Prefix',
  '/pre',
]

describe('kong.request', () => {
  it.each([
    { trusted: true, told: ['https', 'public.example', 8443, '/p', '/pre'] },
    { trusted: false, told: ['http', 'example.com', 80, '/', undefined] },
  ])('believes a proxy only where it is trusted: $trusted', ({ trusted, told }) => {
    const { ctx } = testContext({ headers: PROXY, node: { isTrusted: () => trusted } })
    const { request } = ctx.kong
    expect([
      request.getForwardedScheme(),
      request.getForwardedHost(),
      request.getForwardedPort(),
      request.getForwardedPath(),
      request.getForwardedPrefix(),
    ]).toEqual(told)
  })

  it.each([
    { port: '8443', host: undefined, told: 8443 },
    { port: '1', host: undefined, told: 1 },
    { port: '65535', host: undefined, told: 65535 },
    { port: '0', host: 'h:81', told: 81 },
    { port: '65536', host: 'h:81', told: 81 },
    { port: 'x', host: '[::1]:82', told: 82 },
    { port: '', host: 'h', told: 80 },
    { port: '1e3', host: 'h:', told: 80 },
  ])('reads a forwarded port $port of $host as $told', ({ port, host, told }) => {
    const headers = [
      'X-Forwarded-Port',
      port,
      ...(host === undefined ? [] : ['X-Forwarded-Host', host]),
    ]
    const { ctx } = testContext({ headers, node: { isTrusted: () => true } })
    expect(ctx.kong.request.getForwardedPort()).toBe(told)
  })

  it('tells of the request what it was made with', () => {
    const { ctx } = testContext({
      request: {
        method: 'POST',
        target: '/a/../b?x=1',
        rawPath: '/a/../b',
        path: '/b',
        rawQuery: 'x=1',
        scheme: 'https',
      },
    })
    const { request } = ctx.kong
    expect([
      request.getMethod(),
      request.getPathWithQuery(),
      request.getRawPath(),
      request.getPath(),
      request.getRawQuery(),
      request.getScheme(),
      request.getHost(),
      request.getPort(),
      request.getHttpVersion(),
      request.getStartTime(),
      request.getId(),
      request.getUriCaptures(),
    ]).toEqual([
      'POST',
      '/a/../b?x=1',
      '/a/../b',
      '/b',
      'x=1',
      'https',
      'example.com',
      8000,
      1.1,
      1_000,
      'cafe',
      { unnamed: [], named: {} },
    ])
  })

  it.each([
    { query: 'a=1&a=2', name: 'a', value: '1' },
    { query: 'a', name: 'a', value: true },
    { query: 'a=', name: 'a', value: '' },
    { query: 'a=1', name: 'A', value: undefined },
    { query: 'a=1', name: '__proto__', value: undefined },
    { query: 'a=1', name: 'toString', value: undefined },
    { query: `${'x&'.repeat(100)}a=1`, name: 'a', value: undefined },
  ])('finds $value under $name in a query', ({ query, name, value }) => {
    const { ctx } = testContext({ request: { rawQuery: query } })
    expect(ctx.kong.request.getQueryArg(name)).toBe(value)
  })

  it('finds a header in any spelling, and all its values', () => {
    const { ctx } = testContext({ headers: ['X-Api-Key', '1', 'x_api_key', '2'] })
    const { request } = ctx.kong
    expect(request.getHeader('x_API-key')).toBe('1')
    expect(request.getHeaderValues('X-Api-Key')).toEqual(['1', '2'])
    expect({ ...request.getHeaders() }).toEqual({ 'x-api-key': '1', x_api_key: '2' })
  })

  it.each([
    [(kong: Kong) => kong.request.getHeader(5 as never), 'header name must be a string'],
    [
      (kong: Kong) => kong.request.getQueryArg(null as never),
      'query argument name must be a string',
    ],
    [(kong: Kong) => kong.request.getHeaders(0), 'max_headers must be >= 1'],
    [(kong: Kong) => kong.request.getQuery(1001), 'max_args must be <= 1000'],
  ])('refuses what it cannot use (%#)', (call, message) => {
    expect(() => call(testContext().ctx.kong)).toThrow(message)
  })

  it('reads the body once, and knows it from then on', async () => {
    const { ctx } = testContext({ body: '{"a":1}', headers: ['Content-Type', 'application/json'] })
    ctx.phase = 'access'
    const { request } = ctx.kong
    const [first, second] = await Promise.all([request.getRawBody(), request.getBody()])
    expect([first.toString(), second]).toEqual(['{"a":1}', { a: 1 }])
    expect(request.getBody()).toEqual({ a: 1 })
    expect(request.getRawBody()).toEqual(Buffer.from('{"a":1}'))
  })

  it('has an empty body where there is none', async () => {
    const { ctx } = testContext()
    ctx.phase = 'access'
    expect((await ctx.kong.request.getRawBody()).length).toBe(0)
  })

  it('tells the headers as they came', () => {
    const { ctx } = testContext({ headers: ['X-B', '1', 'x-a', '2', 'X-B', '3'] })
    expect(ctx.kong.request.getRawHeaders()).toBe('X-B: 1\r\nx-a: 2\r\nX-B: 3\r\n')
    expect(testContext().ctx.kong.request.getRawHeaders()).toBe('')
  })

  it.each([
    { isTrusted: true, path: '/%7Ea/../b' },
    { isTrusted: false, path: '/raw/./path' },
  ])('believes a forwarded path of a trusted peer alone ($isTrusted)', ({ isTrusted, path }) => {
    const { ctx } = testContext({
      headers: ['X-Forwarded-Path', '/%7Ea/../b'],
      request: { rawPath: '/raw/./path' },
      node: { isTrusted: () => isTrusted },
    })
    expect(ctx.kong.request.getRawForwardedPath()).toBe(path)
  })

  it('does not read a body of a type that it cannot use', () => {
    const { ctx } = testContext({ body: 'x', headers: ['Content-Type', 'image/png'] })
    ctx.phase = 'access'
    expect(() => ctx.kong.request.getBody()).toThrow("unsupported content type 'image/png'")
    expect(ctx.body).toBeUndefined()
  })
})
