import { describe, expect, it } from 'vitest'
import { DEFAULT_WIRE_LIMITS } from './limits.ts'
import { parseResponseHead } from './parse-response-head.ts'
import { Problem } from './problem.ts'

function parse(
  line: string,
  fields: readonly string[] = [],
  method = 'GET',
): ReturnType<typeof parseResponseHead> {
  return parseResponseHead(`${[line, ...fields].join('\r\n')}\r\n`, method, DEFAULT_WIRE_LIMITS)
}

describe('parseResponseHead()', () => {
  it.each([
    ['HTTP/1.1 200 OK', 200, 'OK'],
    ['HTTP/1.0 404 Not  Found\t!', 404, 'Not  Found\t!'],
    ['HTTP/1.1 200 ', 200, ''],
    ['HTTP/1.1 200', 200, ''],
    ['HTTP/1.1 999 \xe4', 999, '\xe4'],
  ])('reads %j', (line, status, reason) => {
    expect(parse(line)).toMatchObject({ status, reason })
  })

  it.each([
    'HTTP/1.1 099 A',
    'HTTP/1.1 000 A',
    'HTTP/1.1 20 A',
    'HTTP/1.1 2000 A',
    'HTTP/1.1 2x0 A',
    'HTTP/1.1  200 A',
    'HTTP/1.1 200\tA',
    'HTTP/2.0 200 A',
    'HTTP/1.2 200 A',
    'http/1.1 200 A',
    'ICY 200 A',
    'HTTP/1.1 200 A\0',
    'HTTP/1.1 200 A\x7f',
    ' HTTP/1.1 200 A',
    '',
  ])('refuses %j', (line) => {
    expect(parse(line)).toBeInstanceOf(Problem)
  })

  it.each([
    ['GET', 'HTTP/1.1 200 A', [], { kind: 'close' }],
    ['GET', 'HTTP/1.1 200 A', ['Content-Length: 5'], { kind: 'length', bytes: 5 }],
    ['GET', 'HTTP/1.1 200 A', ['Content-Length: 0'], { kind: 'none' }],
    ['GET', 'HTTP/1.1 200 A', ['Transfer-Encoding: chunked'], { kind: 'chunked' }],
    ['HEAD', 'HTTP/1.1 200 A', ['Content-Length: 5'], { kind: 'none' }],
    ['GET', 'HTTP/1.1 304 A', ['Content-Length: 5'], { kind: 'none' }],
    ['GET', 'HTTP/1.1 204 A', [], { kind: 'none' }],
    ['GET', 'HTTP/1.1 103 A', [], { kind: 'none' }],
  ])('frames the answer to %s: %s with %j as %j', (method, line, fields, framing) => {
    expect(parse(line, fields, method)).toMatchObject({ framing })
  })

  it.each([
    [['Content-Length: 5', 'Content-Length: 5']],
    [['Content-Length: 5, 5']],
    [['Content-Length: x']],
    [['Content-Length: 5', 'Transfer-Encoding: chunked']],
    [['Transfer-Encoding: gzip, chunked']],
    [['Transfer-Encoding: gzip']],
    [['Bad Name: x']],
  ])('refuses %j', (fields) => {
    expect(parse('HTTP/1.1 200 A', fields)).toBeInstanceOf(Problem)
  })
})
