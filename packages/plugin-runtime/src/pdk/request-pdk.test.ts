import { describe, expect, it } from 'vitest'
import { testContext } from '../../test/test-context.ts'
import { type Kong, pdkFunctions } from '../index.ts'

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

  it.each([
    { length: 8192, max: 1, told: undefined },
    { length: 8193, max: 1, told: 'request body file too big: 8193 > 1' },
    { length: 9000, max: 9000, told: undefined },
    { length: 9000, max: 8999, told: 'request body file too big: 9000 > 8999' },
    { length: 9000, max: 0, told: undefined },
    { length: 9000, max: -1, told: undefined },
    { length: 9000, max: undefined, told: undefined },
  ])('takes a body of $length bytes where $max may be in a file', async ({ length, max, told }) => {
    const text = JSON.stringify(['x'.repeat(length - 4)])
    const failures = (call: () => unknown) =>
      Promise.resolve()
        .then(call)
        .then(() => undefined, textOf)
    for (const isRead of [false, true]) {
      const { ctx } = testContext({ body: text, headers: ['Content-Type', 'application/json'] })
      ctx.phase = 'access'
      if (isRead) await ctx.readBody()
      expect(await failures(() => ctx.kong.request.getRawBody(max))).toBe(told)
      expect(await failures(() => ctx.kong.request.getBody(undefined, undefined, max))).toBe(told)
    }
  })

  it('refuses a limit that is no number', () => {
    const { ctx } = testContext({ body: '{}', headers: ['Content-Type', 'application/json'] })
    ctx.phase = 'access'
    const { request } = ctx.kong
    const message = 'max_allowed_file_size must be a number'
    expect(() => request.getRawBody('1' as never)).toThrow(message)
    expect(() => request.getBody(null, null, {} as never)).toThrow(message)
  })

  it.each([
    { type: 'application/x-www-form-urlencoded', max: 0, told: 'max_args must be >= 1' },
    { type: 'application/x-www-form-urlencoded', max: '1', told: 'max_args must be a number' },
    { type: 'application/x-www-form-urlencoded', max: 1001, told: 'max_args must be <= 1000' },
    { type: 'application/json', max: 0, told: undefined },
    { type: 'multipart/form-data; boundary=b', max: 'x', told: undefined },
  ])('looks at the limit of fields for forms alone: $type, $max', async ({ type, max, told }) => {
    const { ctx } = testContext({ body: '{}', headers: ['Content-Type', type] })
    ctx.phase = 'access'
    await ctx.readBody()
    const call = (): unknown => ctx.kong.request.getBody(null, max as number)
    if (told === undefined) expect(call).not.toThrow()
    else expect(call).toThrow(told)
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

function textOf(error: unknown): string {
  return (error as Error).message
}

const JSON_TYPE = 'application/json'
const FORM_TYPE = 'application/x-www-form-urlencoded'

describe('the type that get_body answers third', () => {
  it.each([
    { header: 'application/json; charset=utf-8', told: JSON_TYPE, body: '{}' },
    { header: 'Application/JSON', told: JSON_TYPE, body: '{' },
    { header: 'application/json-patch+json', told: JSON_TYPE, body: '[]' },
    { header: `${FORM_TYPE};charset=x`, told: FORM_TYPE, body: 'a=1' },
    { header: 'multipart/form-data; boundary=b', told: 'multipart/form-data', body: '--b--' },
    { header: 'multipart/form-data', told: 'multipart/form-data', body: '--b--' },
    { header: 'Image/PNG; q=1', told: 'Image/PNG; q=1', body: 'x' },
    { header: 'image/png', mime: 'application/json;x=y', told: JSON_TYPE, body: '{}' },
    { header: 'application/json', mime: 'text/x', told: 'text/x', body: '{}' },
    { header: undefined, told: undefined, body: '{}' },
  ])('is $told for $header and $mime', async ({ header, mime, told, body }) => {
    const headers = header === undefined ? [] : ['Content-Type', header]
    const { ctx } = testContext({ body, headers })
    const bytes = await ctx.readBody()
    ctx.serviceResponse = { status: 200, headers: ctx.request.headers, body: bytes }
    for (const [phase, name] of [
      ['access', 'request.get_body'],
      ['response', 'service.response.get_body'],
    ] as const) {
      ctx.phase = phase
      const [fields, problem, type] =
        pdkFunctions.find((one) => one.name === name)?.call(ctx.kong, [mime]) ?? []
      expect(type, name).toBe(told)
      expect(fields === undefined, name).toBe(problem !== undefined)
    }
  })
})
