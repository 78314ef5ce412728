import { describe, expect, it } from 'vitest'
import { DEFAULT_WIRE_LIMITS } from './limits.ts'
import { parseRequestHead } from './parse-request-head.ts'
import { Problem } from './problem.ts'

const LIMITS = { ...DEFAULT_WIRE_LIMITS, maxTargetBytes: 20, maxFields: 3 }

function parse(line: string, ...fields: string[]): ReturnType<typeof parseRequestHead> {
  return parseRequestHead(`${[line, ...fields].join('\r\n')}\r\n`, LIMITS)
}

function outcome(read: ReturnType<typeof parseRequestHead>): unknown {
  return read instanceof Problem ? read.status : 'accepted'
}

const HOST = 'Host: a.test'

describe('parseRequestHead()', () => {
  it('reads method, target, version and fields as they were received', () => {
    expect(
      parse('POST /a?b=c HTTP/1.1', 'hOsT: a.test', 'X-A: \t b  c\t ', 'Content-Length: 5'),
    ).toEqual({
      method: 'POST',
      target: '/a?b=c',
      minorVersion: 1,
      rawHeaders: ['hOsT', 'a.test', 'X-A', 'b  c', 'Content-Length', '5'],
      framing: { kind: 'length', bytes: 5 },
      keepsAlive: true,
      expectsContinue: false,
      upgrade: '',
    })
  })

  it.each([
    ['GET / HTTP/1.1', 'accepted'],
    ['get / HTTP/1.1', 'accepted'],
    ['M-SEARCH / HTTP/1.1', 'accepted'],
    [`${'A'.repeat(24)} / HTTP/1.1`, 'accepted'],
    [`${'A'.repeat(25)} / HTTP/1.1`, 400],
    ['GE"T / HTTP/1.1', 400],
    ['G\xc4T / HTTP/1.1', 400],
    [' / HTTP/1.1', 400],
    ['GET', 400],
    ['GET /', 400],
    ['GET / ', 400],
    ['GET  / HTTP/1.1', 400],
    ['GET /  HTTP/1.1', 400],
    ['GET / HTTP/1.1 ', 400],
    ['GET /\tHTTP/1.1', 400],
    ['GET / http/1.1', 400],
    ['GET / HTTP/1.1x', 400],
    ['GET / HTTP/1.10', 400],
    ['GET / HTTP/1', 400],
    ['GET / RTSP/1.0', 400],
    ['GET / HTTP/1.2', 505],
    ['GET / HTTP/0.9', 505],
    ['GET / HTTP/2.0', 505],
    ['GET / HTTP/9.9', 505],
    ['GET / HTTP/65536.9', 400],
    ['', 400],
  ])('takes the request line %j as: %s', (line, wanted) => {
    expect(outcome(parse(line, HOST))).toBe(wanted)
  })

  it.each([
    ['GET', '/', 'accepted'],
    ['GET', '*', 400],
    ['OPTIONS', '*', 'accepted'],
    ['GET', 'p', 400],
    ['GET', '?a=b', 400],
    ['GET', 'http://a.test/', 'accepted'],
    ['GET', 'HTTPS://a.test?q', 'accepted'],
    ['GET', 'http://', 400],
    ['GET', 'http:///a', 400],
    ['GET', 'http://?a', 400],
    ['GET', 'http://:80/', 400],
    ['GET', 'http://u@a.test/', 400],
    ['GET', 'http://a:65536/', 400],
    ['GET', 'ftp://a.test/', 400],
    ['GET', 'http:\\\\a.test\\p', 400],
    ['CONNECT', 'a.test:443', 'accepted'],
    ['CONNECT', '[::1]:443', 'accepted'],
    ['CONNECT', 'a.test', 400],
    ['CONNECT', ':443', 400],
    ['CONNECT', 'a.test:65536', 400],
    ['CONNECT', '/', 400],
    ['GET', '/#a', 400],
    ['GET', '/\x01', 400],
    ['GET', '/\x7f', 400],
    ['GET', '/\xe4', 400],
    ['GET', '/{}|^`', 'accepted'],
    ['GET', `/${'a'.repeat(19)}`, 'accepted'],
    ['GET', `/${'a'.repeat(20)}`, 414],
  ])('takes %s of %j as: %s', (method, target, wanted) => {
    expect(outcome(parse(`${method} ${target} HTTP/1.1`, HOST))).toBe(wanted)
  })

  it.each([
    ['no Host', 'HTTP/1.1', [], 400],
    ['no Host', 'HTTP/1.0', [], 'accepted'],
    ['two Hosts', 'HTTP/1.1', ['Host: a', 'Host: a'], 400],
    ['two Hosts', 'HTTP/1.0', ['Host: a', 'host: a'], 400],
    ['an empty Host', 'HTTP/1.1', ['Host:'], 'accepted'],
    ['a port', 'HTTP/1.1', ['Host: a:65535'], 'accepted'],
    ['a port too large', 'HTTP/1.1', ['Host: a:65536'], 400],
    ['an empty port', 'HTTP/1.1', ['Host: a:'], 'accepted'],
    ['an IPv6 address', 'HTTP/1.1', ['Host: [::1]:80'], 'accepted'],
    ['more behind it', 'HTTP/1.1', ['Host: [::1]x'], 400],
    ['a list', 'HTTP/1.1', ['Host: a, b'], 400],
    ['a path', 'HTTP/1.1', ['Host: a/b'], 400],
    ['a user', 'HTTP/1.1', ['Host: u@a'], 400],
    ['a scheme', 'HTTP/1.1', ['Host: http://a'], 400],
    ['a space', 'HTTP/1.1', ['Host: a b'], 400],
  ])('takes %s in %s as: %4$s', (_what, version, fields, wanted) => {
    expect(outcome(parse(`GET / ${version}`, ...fields))).toBe(wanted)
  })

  it('leaves Host and the form of the target alone where its caller answers for them', () => {
    const checks = { checksTarget: false }
    expect(outcome(parseRequestHead('GET p HTTP/1.1\r\n', LIMITS, checks))).toBe('accepted')
    expect(outcome(parseRequestHead('GET p\x01 HTTP/1.1\r\n', LIMITS, checks))).toBe(400)
  })

  it.each([
    [['Content-Length: 0'], { kind: 'none' }],
    [['Content-Length: 5'], { kind: 'length', bytes: 5 }],
    [['Content-Length: 010'], { kind: 'length', bytes: 10 }],
    [['content-length:  5\t'], { kind: 'length', bytes: 5 }],
    [['Content-Length: 9007199254740991'], { kind: 'length', bytes: 9_007_199_254_740_991 }],
    [['Content-Length: 9007199254740992'], 413],
    [['Content-Length: 18446744073709551621'], 413],
    [['Content-Length: 5', 'Content-Length: 5'], 400],
    [['Content-Length: 5, 5'], 400],
    [['Content-Length: ,5'], 400],
    [['Content-Length:'], 400],
    [['Content-Length: +5'], 400],
    [['Content-Length: -5'], 400],
    [['Content-Length: 5e0'], 400],
    [['Content-Length: 0x5'], 400],
    [['Content-Length: 5 0'], 400],
    [['Content-Length: 5.0'], 400],
    [['Content-Length: \xb25'], 400],
    [['Transfer-Encoding: chunked'], { kind: 'chunked' }],
    [['transfer-encoding: CHUNKED'], { kind: 'chunked' }],
    [['Transfer-Encoding: chunked', 'Content-Length: 5'], 400],
    [['Content-Length: 5', 'Transfer-Encoding: identity'], 400],
    [['Transfer-Encoding: gzip, chunked'], 501],
    [['Transfer-Encoding: gzip', 'Transfer-Encoding: chunked'], 501],
    [['Transfer-Encoding: chunked', 'Transfer-Encoding: chunked'], 501],
    [['Transfer-Encoding: chunked, gzip'], 400],
    [['Transfer-Encoding: gzip'], 400],
    [['Transfer-Encoding: identity'], 400],
    [['Transfer-Encoding:'], 400],
    [['Transfer-Encoding: xchunked'], 400],
    [['Transfer-Encoding: "chunked"'], 400],
    [['Transfer-Encoding: chunked;a=b'], 400],
    [['Transfer-Encoding: chunked\xa0'], 400],
    [['Content-Encoding: chunked'], { kind: 'none' }],
  ])('frames a body by %j as %j', (fields, wanted) => {
    const read = parse('POST / HTTP/1.1', HOST, ...fields)
    expect(read instanceof Problem ? read.status : read.framing).toEqual(wanted)
  })

  it('refuses a coding in HTTP/1.0, and a body of CONNECT', () => {
    expect(outcome(parse('POST / HTTP/1.0', HOST, 'Transfer-Encoding: chunked'))).toBe(400)
    expect(outcome(parse('CONNECT a:1 HTTP/1.1', HOST, 'Content-Length: 1'))).toBe(400)
    expect(outcome(parse('CONNECT a:1 HTTP/1.1', HOST, 'Content-Length: 0'))).toBe('accepted')
  })

  it.each([
    ['HTTP/1.1', [], true],
    ['HTTP/1.1', ['Connection: close'], false],
    ['HTTP/1.1', ['Connection: foo, \tcLoSe'], false],
    ['HTTP/1.1', ['Connection: keep-alive', 'Connection: close'], false],
    ['HTTP/1.1', ['Connection: closed'], true],
    ['HTTP/1.0', [], false],
    ['HTTP/1.0', ['Connection: Keep-Alive'], true],
    ['HTTP/1.0', ['Connection: keep-alive, close'], false],
  ])('knows of %s with %j whether the connection goes on: %s', (version, fields, wanted) => {
    expect(parse(`GET / ${version}`, HOST, ...fields)).toMatchObject({ keepsAlive: wanted })
  })

  it.each([
    ['HTTP/1.1', 'Expect: 100-Continue', true],
    ['HTTP/1.1', 'Expect: x 100-continue', false],
    ['HTTP/1.0', 'Expect: 100-continue', false],
  ])('knows of %s with %s whether the client waits to be asked: %s', (version, field, wanted) => {
    expect(parse(`POST / ${version}`, HOST, field)).toMatchObject({ expectsContinue: wanted })
  })

  it.each([
    ['HTTP/1.1', ['Connection: upgrade', 'Upgrade: websocket'], 'websocket'],
    ['HTTP/1.1', ['Connection: x, Upgrade', 'Upgrade: a', 'Upgrade: b'], 'a,b'],
    ['HTTP/1.1', ['Upgrade: websocket'], ''],
    ['HTTP/1.0', ['Connection: upgrade', 'Upgrade: websocket'], ''],
  ])('knows of %s with %j what the client wants to speak: %j', (version, fields, wanted) => {
    const read = parseRequestHead(
      `${[`GET / ${version}`, HOST, ...fields].join('\r\n')}\r\n`,
      DEFAULT_WIRE_LIMITS,
    )
    expect(read).toMatchObject({ upgrade: wanted })
  })

  it('takes as many fields as the limit says', () => {
    expect(outcome(parse('GET / HTTP/1.1', HOST, 'A: 1', 'B: 2'))).toBe('accepted')
    expect(outcome(parse('GET / HTTP/1.1', HOST, 'A: 1', 'B: 2', 'C: 3'))).toBe(431)
  })
})
