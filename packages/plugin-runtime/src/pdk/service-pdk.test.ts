import { describe, expect, it } from 'vitest'
import { route, testContext, type TestFacts } from '../../test/test-context.ts'
import type { Kong, PhaseContext } from '../index.ts'

function access(facts: TestFacts = {}): PhaseContext {
  const { ctx } = testContext(facts)
  ctx.phase = 'access'
  ctx.route = route('r')
  return ctx
}

describe('kong.service', () => {
  it('changes where the request goes', () => {
    const ctx = access()
    const { service } = ctx.kong
    expect(service.setUpstream('known')).toBe(true)
    expect(ctx.upstreamRequest.host).toBe('known')
    service.setTarget('10.0.0.9', 8080)
    service.setRetries(0)
    service.setTimeouts(1, 2, 3)
    service.setTlsVerify(false)
    expect(ctx.upstreamRequest).toMatchObject({
      host: '10.0.0.9',
      port: 8080,
      hostHeader: '10.0.0.9:8080',
      retries: 0,
      timeouts: { connectMs: 1, writeMs: 2, readMs: 3 },
      tlsVerify: false,
    })
  })

  it.each<readonly [string, (kong: Kong) => unknown]>([
    ['host must be a string', (kong) => kong.service.setUpstream(5 as never)],
    ["could not find an Upstream named 'x'", (kong) => kong.service.setUpstream('x')],
    ['host must be a string', (kong) => kong.service.setTarget(null as never, 80)],
    ['port must be an integer', (kong) => kong.service.setTarget('h', '80' as never)],
    ['port must be an integer', (kong) => kong.service.setTarget('h', 80.5)],
    [
      'port must be an integer between 0 and 65535: given -1',
      (kong) => kong.service.setTarget('h', -1),
    ],
    [
      'port must be an integer between 0 and 65535: given 65536',
      (kong) => kong.service.setTarget('h', 65536),
    ],
    [
      'retries must be an integer between 0 and 32767: given 32768',
      (kong) => kong.service.setRetries(32768),
    ],
    ['connect_timeout must be an integer between 1', (kong) => kong.service.setTimeouts(0, 1, 1)],
    ['write_timeout must be an integer', (kong) => kong.service.setTimeouts(1, Number.NaN, 1)],
    [
      'read_timeout must be an integer between 1',
      (kong) => kong.service.setTimeouts(1, 1, 2147483647),
    ],
    ['argument must be a boolean', (kong) => kong.service.setTlsVerify('on' as never)],
    ['argument must be a number', (kong) => kong.service.setTlsVerifyDepth('1' as never)],
  ])('refuses: %s', (message, call) => {
    expect(() => call(access().kong)).toThrow(message)
  })
})

describe('kong.service.request', () => {
  it.each([
    { path: '/a b', sent: '/a%20b' },
    { path: '/a%20b', sent: '/a%20b' },
    { path: '/100%', sent: '/100%25' },
    { path: '/é', sent: '/%C3%A9' },
    { path: '/a?b#c', sent: '/a%3Fb%23c' },
    { path: '/a\r\nHost: x', sent: '/a%0D%0AHost:%20x' },
    { path: '/\ud800', sent: '/%EF%BF%BD' },
    { path: "/-._~!$&'()*+,;=:@[]|", sent: "/-._~!$&'()*+,;=:@[]|" },
  ])('escapes a path for the wire: $path', ({ path, sent }) => {
    const ctx = access()
    ctx.kong.service.request.setPath(path)
    expect(ctx.upstreamRequest.path).toBe(sent)
  })

  it.each([
    { query: 'a=1&b', sent: 'a=1&b' },
    { query: 'a= b\r\n', sent: 'a=%20b%0D%0A' },
    { query: 'a=%20#x', sent: 'a=%20%23x' },
  ])('lets no query end the request line: $query', ({ query, sent }) => {
    const ctx = access()
    ctx.kong.service.request.setRawQuery(query)
    expect(ctx.upstreamRequest.query).toBe(sent)
  })

  it('changes headers of the Service alone', () => {
    const ctx = access({ headers: ['A', '1', 'B', '2'] })
    const { request } = ctx.kong.service
    request.setHeader('A', ['x', 'y'])
    request.addHeader('B', '3')
    request.clearHeader('C')
    request.setHeaders({ D: 4, E: true })
    expect(ctx.upstreamRequest.headers.toRaw()).toEqual([
      'B',
      '2',
      'A',
      'x',
      'A',
      'y',
      'B',
      '3',
      'D',
      '4',
      'E',
      'true',
    ])
    expect(ctx.request.headers.toRaw()).toEqual(['A', '1', 'B', '2'])
  })

  it('escapes what may not stand in a name or a value, and keeps underscores', () => {
    const ctx = access()
    const { request } = ctx.kong.service
    request.setHeader('X a:b', '1\r\nEvil: 2')
    request.addHeader('X a:b', '3')
    request.setHeaders({ X_Under: '4', 'gone\u0001': '5' })
    request.clearHeader('gone\u0001')
    expect(ctx.upstreamRequest.headers.toRaw()).toEqual([
      'X%20a%3Ab',
      '1%0D%0AEvil: 2',
      'X%20a%3Ab',
      '3',
      'X_Under',
      '4',
    ])
  })

  it('sends Host where it belongs', () => {
    const ctx = access()
    ctx.kong.service.request.setHeader('HOST', 'other.example')
    expect(ctx.upstreamRequest.hostHeader).toBe('other.example')
    expect(ctx.upstreamRequest.headers.has('host')).toBe(false)
  })

  it('writes a body with its type', () => {
    const ctx = access({ headers: ['Content-Type', 'application/json'] })
    ctx.kong.service.request.setBody({ a: 1 })
    expect(Buffer.from(ctx.upstreamRequest.body ?? []).toString()).toBe('{"a":1}')
    ctx.kong.service.request.setBody({ a: 'x y' }, 'application/x-www-form-urlencoded')
    expect(Buffer.from(ctx.upstreamRequest.body ?? []).toString()).toBe('a=x%20y')
    expect(ctx.upstreamRequest.headers.get('content-type')).toBe(
      'application/x-www-form-urlencoded',
    )
    ctx.kong.service.request.setRawBody('raw')
    expect(Buffer.from(ctx.upstreamRequest.body ?? []).toString()).toBe('raw')
  })

  it('writes a multipart body under the boundary that its type names', () => {
    const ctx = access({ headers: ['Content-Type', 'multipart/form-data'] })
    ctx.kong.service.request.setBody({ a: '1' })
    const boundary = ctx.upstreamRequest.headers.get('content-type')?.split('boundary=')[1]
    expect(boundary).toBeDefined()
    expect(Buffer.from(ctx.upstreamRequest.body ?? []).toString()).toContain(`--${boundary}--`)
  })

  it.each<readonly [string, (kong: Kong) => unknown]>([
    ['scheme must be a string', (kong) => kong.service.request.setScheme(5 as never)],
    ['invalid scheme: ftp', (kong) => kong.service.request.setScheme('ftp')],
    ['path must be a string', (kong) => kong.service.request.setPath(undefined as never)],
    ['path must start with /', (kong) => kong.service.request.setPath('a')],
    ['query must be a string', (kong) => kong.service.request.setRawQuery({} as never)],
    ['method must be a string', (kong) => kong.service.request.setMethod(null as never)],
    ['invalid method: FOO', (kong) => kong.service.request.setMethod('FOO')],
    ['args must be a table', (kong) => kong.service.request.setQuery('a' as never)],
    ['arg keys must be strings', (kong) => kong.service.request.setQuery(['a'] as never)],
    ['invalid header name "5"', (kong) => kong.service.request.setHeader(5 as never, 'x')],
    ['header must be a string', (kong) => kong.service.request.clearHeader(5 as never)],
    ['headers must be a table', (kong) => kong.service.request.setHeaders(null as never)],
    [
      'invalid header value for "a": got 1048577 characters, expected at most 1048576',
      (kong) => kong.service.request.setHeader('a', 'v'.repeat(1024 * 1024)),
    ],
    ['body must be a string', (kong) => kong.service.request.setRawBody({} as never)],
    [
      'cannot set :authority pseudo-header',
      (kong) => kong.service.request.setHeader(':authority', 'x'),
    ],
    ['mime must be a string', (kong) => kong.service.request.setBody({}, 5 as never)],
    [
      'attempt to use table as query arg value',
      (kong) => kong.service.request.setQuery({ a: [{}] }),
    ],
    ['content type was neither explicitly given', (kong) => kong.service.request.setBody({})],
    [
      'unsupported content type text/plain',
      (kong) => kong.service.request.setBody({}, 'text/plain'),
    ],
  ])('refuses: %s', (message, call) => {
    expect(() => call(access().kong)).toThrow(message)
  })
})

describe('kong.service.response', () => {
  it('has nothing where the request was not proxied', () => {
    const ctx = access()
    ctx.phase = 'header_filter'
    const { response } = ctx.kong.service
    expect([response.getStatus(), response.getHeader('a')]).toEqual([undefined, undefined])
    expect(Object.keys(response.getHeaders())).toEqual([])
    expect(() => response.getRawBody()).toThrow('service body is only available with buffered')
  })

  it('keeps what the Service said, whatever is made of it', () => {
    const ctx = access({ headers: ['X-A', '1'] })
    ctx.phase = 'response'
    ctx.serviceResponse = { status: 201, headers: ctx.request.headers, body: Buffer.from('a=1') }
    ctx.kong.response.setStatus(500)
    const { response } = ctx.kong.service
    expect([response.getStatus(), response.getHeader('x_a')]).toEqual([201, '1'])
    expect({ ...response.getBody('application/x-www-form-urlencoded') }).toEqual({ a: '1' })
    expect(() => response.getBody()).toThrow('missing content type')
  })
})
