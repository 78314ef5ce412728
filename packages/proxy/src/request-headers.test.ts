import { describe, expect, it } from 'vitest'
import { hostHeader, type RequestHeaderFacts, requestHeaders } from './request-headers.ts'

const facts: RequestHeaderFacts = {
  upstreamHost: 'service.test',
  method: 'GET',
  preserveHost: false,
  host: 'Shop.test:8000',
  peerAddress: '10.0.0.9',
  clientAddress: '10.0.0.9',
  trusted: false,
  scheme: 'http',
  port: 8000,
  path: '/a%2Fb',
  prefix: '',
  requestId: 'id-1',
  via: '1.1 postern/0.1.0',
  upgrade: false,
}

const CHUNKED = ['Transfer-Encoding', 'chunked']

/** The headers as a Map; a name that occurs twice fails the test. */
function sent(
  raw: readonly string[],
  about: Partial<RequestHeaderFacts> = {},
): Map<string, string> {
  const headers = requestHeaders(raw, { ...facts, ...about })
  const map = new Map<string, string>()
  for (let i = 0; i < headers.length; i += 2) {
    const name = (headers[i] as string).toLowerCase()
    expect(map.has(name), name).toBe(false)
    map.set(name, headers[i + 1] as string)
  }
  return map
}

describe('requestHeaders()', () => {
  it('sends what the gateway says about a request without headers', () => {
    expect(requestHeaders([], facts)).toEqual([
      'Host',
      'service.test',
      'Connection',
      'keep-alive',
      'X-Forwarded-Path',
      '/a%2Fb',
      'X-Kong-Request-Id',
      'id-1',
      'X-Real-IP',
      '10.0.0.9',
      'X-Forwarded-For',
      '10.0.0.9',
      'X-Forwarded-Proto',
      'http',
      'X-Forwarded-Host',
      'shop.test',
      'X-Forwarded-Port',
      '8000',
      'Via',
      '1.1 postern/0.1.0',
    ])
  })

  it('keeps order, letter case and repetition of the others', () => {
    const raw = ['Host', 'x', 'x-B', '2', 'Accept', '*/*', 'X-b', '3']
    expect(requestHeaders(raw, facts).slice(8, 14)).toEqual([
      'x-B',
      '2',
      'Accept',
      '*/*',
      'X-b',
      '3',
    ])
  })

  it.each([
    { preserveHost: true, host: 'Shop.test:8000', expected: 'Shop.test:8000' },
    { preserveHost: true, host: undefined, expected: 'service.test' },
    { preserveHost: false, host: 'Shop.test:8000', expected: 'service.test' },
  ])('sends Host $expected with preserve_host $preserveHost', ({ expected, ...about }) => {
    expect(sent(['Host', 'Shop.test:8000'], about).get('host')).toBe(expected)
  })

  it.each([
    { raw: ['Connection', 'X-Foo, X-Bar', 'X-Foo', '1', 'x-bar', '2'] },
    { raw: ['X-Foo', '1', 'connection', ' x-foo ,,', 'Connection', 'X-BAR', 'X-Bar', '2'] },
    { raw: ['X-Foo', '1', 'Connection', 'x-foo, not a token!'] },
    {
      raw: ['Keep-Alive', '5', 'Proxy', '1', 'Proxy-Connection', 'close', 'Expect', '100-continue'],
    },
    { raw: ['TE', 'gzip', 'Upgrade', 'example/1', 'HTTP2-Settings', 'AAMAAABk'] },
    { raw: ['Transfer-Encoding', 'chunked', 'Content-Length', '5'] },
    { raw: ['X_Real_IP', '1', 'X_Forwarded_For', '1', 'x-forwarded_proto', 'https'] },
    {
      raw: [
        'X_Consumer_ID',
        '1',
        'X-Consumer.ID',
        '2',
        'x-consumer~id',
        '3',
        'Content_Length',
        '7',
      ],
    },
    {
      raw: [
        'X-Consumer-Username',
        'alice',
        'X-Authenticated-Scope',
        'all',
        'X-Anonymous-Consumer',
        'false',
      ],
    },
    { raw: ['Proxy-Authorization', 'Basic eDp5'] },
  ])('leaves out $raw', ({ raw }) => {
    expect(sent(raw)).toEqual(sent([]))
  })

  it.each([
    { name: 'Proxy-Authenticate' },
    { name: 'X_Own_Name' },
    { name: 'x-forwarded' },
    { name: '__proto__' },
    { name: 'constructor' },
  ])('passes $name on', ({ name }) => {
    expect(sent([name, 'v']).get(name.toLowerCase())).toBe('v')
  })

  it.each([
    { name: 'Host' },
    { name: 'X-Forwarded-For' },
    { name: 'X-Real-IP' },
    { name: 'Content-Length' },
  ])('sends $name though Connection names it', ({ name }) => {
    expect(sent([name, '5', 'Connection', name]).has(name.toLowerCase())).toBe(true)
  })

  it('keeps a header named close, as the option close is no list', () => {
    expect(sent(['close', 'Keep-Me', 'Connection', 'close']).get('close')).toBe('Keep-Me')
  })

  it.each([
    { te: ['TE', 'trailers'], sentTe: 'trailers' },
    { te: ['TE', 'trailers', 'Connection', 'TE'], sentTe: 'trailers' },
    { te: ['te', 'gzip, Trailers , deflate;q=0.5'], sentTe: 'trailers' },
    { te: ['TE', 'gzip', 'TE', 'trailers'], sentTe: 'trailers' },
    { te: ['TE', 'xtrailers'], sentTe: undefined },
    { te: ['TE', ''], sentTe: undefined },
  ])('makes TE $sentTe of $te', ({ te, sentTe }) => {
    expect(sent(te).get('te')).toBe(sentTe)
  })

  it.each([
    { raw: ['Trailer', 'X-Sum'], sentTrailer: undefined },
    { raw: ['Trailer', 'X-Sum', 'Content-Length', '2'], sentTrailer: undefined },
    { raw: ['Trailer', 'X-Sum', ...CHUNKED], sentTrailer: 'X-Sum' },
    { raw: [...CHUNKED, 'trailer', 'X-Sum', 'Trailer', 'X-B'], sentTrailer: 'X-Sum, X-B' },
    { raw: ['Trailer', 'X-Sum', ...CHUNKED, 'Connection', 'trailer'], sentTrailer: undefined },
  ])('makes Trailer $sentTrailer of $raw', ({ raw, sentTrailer }) => {
    expect(sent(raw).get('trailer')).toBe(sentTrailer)
  })

  it.each([
    { method: 'OPTIONS', said: '5', left: '4' },
    { method: 'OPTIONS', said: '1', left: '0' },
    { method: 'OPTIONS', said: '-1', left: '-1' },
    { method: 'OPTIONS', said: 'x', left: 'x' },
    { method: 'GET', said: '5', left: '5' },
    { method: 'GET', said: '0', left: '0' },
  ])('forwards $method with Max-Forwards $said as $left', ({ method, said, left }) => {
    expect(sent(['Max-Forwards', said], { method }).get('max-forwards')).toBe(left)
  })

  it('asks for websocket where the connection is to switch', () => {
    const headers = sent(['Connection', 'Upgrade', 'Upgrade', 'WebSocket'], { upgrade: true })
    expect([headers.get('connection'), headers.get('upgrade')]).toEqual([
      'keep-alive, Upgrade',
      'websocket',
    ])
  })

  it.each([
    { raw: [], expected: '10.0.0.1' },
    { raw: ['X-Forwarded-For', '1.1.1.1'], expected: '1.1.1.1, 10.0.0.9' },
    {
      raw: ['X-Forwarded-For', '1.1.1.1', 'x-forwarded-for', '2.2.2.2'],
      expected: '1.1.1.1, 2.2.2.2, 10.0.0.9',
    },
    { raw: ['X-Forwarded-For', ''], expected: '10.0.0.1' },
  ])('appends the peer to X-Forwarded-For, trusted or not: $raw', ({ raw, expected }) => {
    for (const trusted of [true, false]) {
      expect(sent(raw, { trusted, clientAddress: '10.0.0.1' }).get('x-forwarded-for')).toBe(
        expected,
      )
    }
  })

  it.each([
    { name: 'x-forwarded-proto', theirs: 'https', ours: 'http' },
    { name: 'x-forwarded-host', theirs: 'Outer.test:1', ours: 'shop.test' },
    { name: 'x-forwarded-port', theirs: '443', ours: '8000' },
    { name: 'x-forwarded-path', theirs: '/outer', ours: '/a%2Fb' },
    { name: 'x-forwarded-prefix', theirs: '/outer', ours: '/a' },
    { name: 'x-consumer-id', theirs: 'alice', ours: undefined },
  ])('takes $name from a trusted peer only', ({ name, theirs, ours }) => {
    const raw = [name, theirs, name, 'second']
    const single = [name, theirs]
    expect(
      sent(name === 'x-consumer-id' ? single : raw, { prefix: '/a', trusted: true }).get(name),
    ).toBe(theirs)
    expect(sent(raw, { prefix: '/a', trusted: false }).get(name)).toBe(ours)
  })

  it.each([
    { prefix: '', expected: undefined },
    { prefix: '/', expected: undefined },
    { prefix: '/foo', expected: '/foo' },
    { prefix: '/café', expected: '/caf\xc3\xa9' },
    { prefix: '/a\r\nX: 1', expected: '/a%0D%0AX: 1' },
  ])('sends X-Forwarded-Prefix $expected for the prefix $prefix', ({ prefix, expected }) => {
    expect(sent([], { prefix }).get('x-forwarded-prefix')).toBe(expected)
  })

  it.each([
    { host: undefined, expected: '' },
    { host: 'A.test', expected: 'a.test' },
    { host: '[::1]:8000', expected: '[::1]' },
    { host: '[broken', expected: '[broken' },
  ])('sends X-Forwarded-Host $expected for Host $host', ({ host, expected }) => {
    expect(sent([], { host }).get('x-forwarded-host')).toBe(expected)
  })

  it.each([
    { requestId: 'ours', raw: ['X-Kong-Request-Id', 'theirs'], expected: 'ours' },
    { requestId: undefined, raw: ['X-Kong-Request-Id', 'theirs'], expected: 'theirs' },
    { requestId: undefined, raw: [], expected: undefined },
  ])('sends the request id $expected', ({ requestId, raw, expected }) => {
    expect(sent(raw, { requestId }).get('x-kong-request-id')).toBe(expected)
  })

  it('appends this hop to Via', () => {
    expect(sent(['Via', '1.1 dev', 'via', '2 edge']).get('via')).toBe(
      '1.1 dev, 2 edge, 1.1 postern/0.1.0',
    )
  })

  it('sends the first Content-Length of several', () => {
    expect(sent(['Content-Length', '5', 'content-length', '5']).get('content-length')).toBe('5')
  })

  it('keeps its memory of names bounded', () => {
    for (let i = 0; i < 3000; i++)
      expect(sent([`X-Random-${i}`, 'v']).get(`x-random-${i}`)).toBe('v')
    expect(sent(['X-Late', 'v', 'KEEP-alive', '5']).has('keep-alive')).toBe(false)
  })
})

describe('hostHeader()', () => {
  it.each([
    { name: 'a.test', port: 80, scheme: 'http', expected: 'a.test' },
    { name: 'a.test', port: 443, scheme: 'https', expected: 'a.test' },
    { name: 'a.test', port: 443, scheme: 'http', expected: 'a.test:443' },
    { name: 'a.test', port: 80, scheme: 'https', expected: 'a.test:80' },
    { name: '::1', port: 8000, scheme: 'http', expected: '[::1]:8000' },
    { name: '[::1]', port: 80, scheme: 'http', expected: '[::1]' },
  ] as const)('writes $expected for $scheme', ({ name, port, scheme, expected }) => {
    expect(hostHeader(name, port, scheme)).toBe(expected)
  })
})
