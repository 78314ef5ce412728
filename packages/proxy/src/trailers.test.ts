import { describe, expect, it } from 'vitest'
import { acceptsTrailers, trailers } from './trailers.ts'

describe('acceptsTrailers()', () => {
  it.each([
    { te: 'trailers', is: true },
    { te: 'gzip, Trailers', is: true },
    { te: 'trailers;q=0.5', is: false },
    { te: 'no-trailers', is: false },
    { te: '', is: false },
    { te: undefined, is: false },
  ])('answers $is to $te', ({ te, is }) => {
    expect(acceptsTrailers(te)).toBe(is)
  })
})

describe('trailers()', () => {
  it('hands on what is about the content, in order, with every line', () => {
    const raw = [
      'Digest',
      'a',
      'grpc-status',
      '0',
      'X-A',
      '1',
      'X-A',
      '2',
      'Server-Timing',
      'b;dur=1',
    ]
    expect(trailers(raw)).toEqual(raw)
  })

  it.each([
    ...['Content-Length', 'Transfer-Encoding', 'Host', 'Connection', 'Trailer', 'TE', 'Upgrade'],
    ...['X-Forwarded-For', 'X_Forwarded_For', 'X-Real-IP', 'X-Consumer-ID', 'x.consumer.id'],
    ...['X-Credential-Identifier', 'X-Anonymous-Consumer', 'X-Kong-Request-Id', 'Via', 'Server'],
    ...['Authorization', 'Cookie', 'Set-Cookie', 'Content-Type', 'Content-Encoding', 'If-Match'],
    ...['Cache-Control', 'Location', 'Expect', 'Range', 'Access-Control-Allow-Origin', 'Date'],
  ])('leaves %s out: it means something in the header section', (name) => {
    expect(trailers([name, 'x', 'X-A', '1'])).toEqual(['X-A', '1'])
  })

  it.each([
    { name: 'X A', value: 'b' },
    { name: '', value: 'b' },
    { name: 'X-A', value: 'b\r\nSet-Cookie: c' },
    { name: 'X-A', value: 'b\0' },
    { name: 'X-A', value: '\u0100' },
  ])('leaves out what is no field: $name: $value', ({ name, value }) => {
    expect(trailers([name, value])).toEqual([])
  })
})
