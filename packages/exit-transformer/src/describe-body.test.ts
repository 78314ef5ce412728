import { describe, expect, it } from 'vitest'
import { describeBody } from './describe-body.ts'

const json = 'application/json; charset=utf-8'
const html = 'text/html; charset=utf-8'
const plain = 'text/plain; charset=utf-8'

describe('describeBody()', () => {
  it.each([
    { from: {}, had: json, to: '<p>x</p>', has: json, gets: html },
    { from: {}, had: json, to: '\n <p>x</p>', has: json, gets: html },
    { from: {}, had: json, to: 'sorry', has: json, gets: plain },
    { from: {}, had: json, to: '', has: json, gets: plain },
    { from: {}, had: undefined, to: '<p>x</p>', has: undefined, gets: html },
    { from: {}, had: json, to: 'sorry', has: undefined, gets: plain },
    { from: {}, had: json, to: 'a,b', has: 'text/csv', gets: 'text/csv' },
    { from: {}, had: json, to: '{"a":1}', has: json, gets: json },
    {
      from: {},
      had: 'application/problem+json',
      to: { a: 1 },
      has: undefined,
      gets: 'application/problem+json',
    },
    { from: {}, had: undefined, to: { a: 1 }, has: undefined, gets: undefined },
    { from: '<p>x</p>', had: html, to: { a: 1 }, has: html, gets: json },
    {
      from: 'x',
      had: plain,
      to: { a: 1 },
      has: 'application/problem+json',
      gets: 'application/problem+json',
    },
    { from: 'x', had: plain, to: '<p>', has: plain, gets: plain },
    { from: 'x', had: plain, to: 'y', has: undefined, gets: plain },
    { from: 'x', had: undefined, to: 'y', has: undefined, gets: undefined },
    { from: undefined, had: undefined, to: 'y', has: undefined, gets: plain },
    { from: undefined, had: undefined, to: { a: 1 }, has: undefined, gets: json },
    { from: {}, had: json, to: undefined, has: json, gets: undefined },
    { from: {}, had: json, to: undefined, has: 'text/csv', gets: 'text/csv' },
    { from: {}, had: json, to: new Uint8Array([255]), has: json, gets: plain },
  ])('gives $gives to $to that was $from, with $has instead of $had', (c) => {
    const before = { body: c.from, headers: typed(c.had) }
    const after = { body: c.to, headers: typed(c.has) }
    expect(describeBody(before, after)).toEqual(typed(c.gets))
  })

  it('finds the type whatever its capitals, and with an underscore', () => {
    const before = { body: {}, headers: { content_type: 'application/json' } }
    const after = { body: 'x', headers: { content_type: 'application/json', 'X-A': '1' } }
    expect(describeBody(before, after)).toEqual({ 'X-A': '1', 'Content-Type': plain })
  })

  it.each([
    'Content-Length',
    'content_length',
    'Transfer-Encoding',
    'tRANSFER-eNCODING',
    'Connection',
    'Keep-Alive',
    'Trailer',
    'Upgrade',
    'TE',
    'Proxy-Connection',
  ])('drops the field %s that a function added', (name) => {
    const after = { body: 'y', headers: { 'X-A': '1', [name]: '5' } }
    expect(describeBody({ body: 'x', headers: undefined }, after)).toEqual({ 'X-A': '1' })
  })

  it('keeps the framing fields of the exit itself, such as those of a 426', () => {
    const headers = { Connection: 'Upgrade', Upgrade: 'HTTP/2' }
    expect(describeBody({ body: 'x', headers }, { body: 'y', headers })).toEqual(headers)
  })

  it('drops the length of a body that is another now, and keeps it otherwise', () => {
    const headers = { 'Content-Length': 1, 'X-A': '1' }
    expect(describeBody({ body: 'x', headers }, { body: 'yy', headers })).toEqual({ 'X-A': '1' })
    expect(describeBody({ body: 'x', headers }, { body: 'x', headers })).toEqual(headers)
  })
})

function typed(type: string | undefined): { 'Content-Type': string } | undefined {
  return type === undefined ? undefined : { 'Content-Type': type }
}
