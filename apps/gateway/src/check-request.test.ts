import { describe, expect, it } from 'vitest'
import { checkFields, checkLine, MAX_HEADER_LINES, MAX_TARGET_BYTES } from './check-request.ts'
import type { Exchange } from './listener/listener.ts'

function request(facts: Partial<Exchange>): Exchange {
  return {
    method: 'GET',
    target: '/',
    httpVersion: '1.1',
    rawHeaders: ['Host', 'example.com'],
    ...facts,
  } as Exchange
}

function checkRequest(exchange: Exchange) {
  return checkLine(exchange) ?? checkFields(exchange, 0)
}

const lines = (count: number) =>
  Array.from({ length: count }, (_, i) => (i === 0 ? ['Host', 'a'] : [`X-${i}`, 'v'])).flat()

describe('checkLine() and checkFields()', () => {
  it.each([
    { what: 'an ordinary request', facts: {} },
    { what: 'HTTP/1.0 without Host', facts: { httpVersion: '1.0', rawHeaders: [] } },
    {
      what: 'a chunked body',
      facts: { rawHeaders: ['Host', 'a', 'Transfer-Encoding', 'Chunked'] },
    },
    { what: 'the last port', facts: { rawHeaders: ['Host', 'a:65535'] } },
    { what: 'a Host with an empty port', facts: { rawHeaders: ['Host', 'a:'] } },
    { what: 'an empty Host', facts: { rawHeaders: ['Host', ''] } },
    { what: 'a Host with a port', facts: { rawHeaders: ['host', 'a.test:8000'] } },
    { what: 'an IPv6 Host', facts: { rawHeaders: ['HOST', '[::1]:8000'] } },
    { what: 'a whole URL', facts: { target: 'http://a.test/b?c' } },
    { what: 'the longest target', facts: { target: '/'.repeat(MAX_TARGET_BYTES) } },
    { what: 'the most header lines', facts: { rawHeaders: lines(MAX_HEADER_LINES) } },
  ])('lets $what pass', ({ facts }) => {
    expect(checkRequest(request(facts))).toBeUndefined()
  })

  it.each([
    { what: 'HTTP/1.1 without Host', facts: { rawHeaders: [] }, status: 400 },
    { what: 'two Hosts', facts: { rawHeaders: ['Host', 'a', 'host', 'a'] }, status: 400 },
    { what: 'a Host with a space', facts: { rawHeaders: ['Host', 'a b'] }, status: 400 },
    { what: 'a Host with a slash', facts: { rawHeaders: ['Host', 'a/b'] }, status: 400 },
    { what: 'a Host with user info', facts: { rawHeaders: ['Host', 'u@a'] }, status: 400 },
    { what: 'a Host with a bad port', facts: { rawHeaders: ['Host', 'a:8x'] }, status: 400 },
    { what: 'OPTIONS *', facts: { method: 'OPTIONS', target: '*' }, status: 400 },
    { what: 'a target without a slash', facts: { target: 'b' }, status: 400 },
    { what: 'a port that is none', facts: { rawHeaders: ['Host', 'a:65536'] }, status: 400 },
    {
      what: 'another coding before chunked',
      facts: { rawHeaders: ['Host', 'a', 'Transfer-Encoding', 'gzip, chunked'] },
      status: 501,
    },
    {
      what: 'two lines of codings',
      facts: {
        rawHeaders: ['Host', 'a', 'Transfer-Encoding', 'chunked', 'transfer-encoding', 'chunked'],
      },
      status: 501,
    },
    { what: 'HTTP/2.0', facts: { httpVersion: '2.0' }, status: 505 },
    { what: 'TRACE', facts: { method: 'TRACE' }, status: 405 },
    { what: 'CONNECT', facts: { method: 'CONNECT' }, status: 405 },
    { what: 'a longer target', facts: { target: '/'.repeat(MAX_TARGET_BYTES + 1) }, status: 414 },
    {
      what: 'one header line more',
      facts: { rawHeaders: lines(MAX_HEADER_LINES + 1) },
      status: 431,
    },
  ])('answers $status to $what', ({ facts, status }) => {
    expect(checkRequest(request(facts))?.status).toBe(status)
  })
})
