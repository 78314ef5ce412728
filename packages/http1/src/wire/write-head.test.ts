import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { HeadReader } from './head-reader.ts'
import { DEFAULT_WIRE_LIMITS } from './limits.ts'
import { parseRequestHead } from './parse-request-head.ts'
import { parseResponseHead } from './parse-response-head.ts'
import { statusLine, writeRequestHead, writeResponseHead } from './write-head.ts'

describe('writeResponseHead()', () => {
  it('writes the usual reason, or another one', () => {
    expect(writeResponseHead(404, ['A', 'b'])).toBe('HTTP/1.1 404 Not Found\r\nA: b\r\n\r\n')
    expect(writeResponseHead(404, [], 'Gone Fishing')).toBe('HTTP/1.1 404 Gone Fishing\r\n\r\n')
    expect(writeResponseHead(599, [])).toBe('HTTP/1.1 599 Unknown\r\n\r\n')
  })

  it.each([100, 999])('writes status %i', (status) => {
    expect(statusLine(status)).toContain(` ${status} `)
  })

  it.each([99, 1000, 200.5, Number.NaN, -1])('refuses status %d', (status) => {
    expect(() => statusLine(status)).toThrow(
      expect.objectContaining({ code: 'POSTERN_HTTP1_HEAD_INVALID' }),
    )
  })

  it.each([
    ['CR LF in a value', ['A', 'b\r\nSet-Cookie: x=1']],
    ['LF in a value', ['A', 'b\nc']],
    ['NUL in a value', ['A', 'b\0']],
    ['a character whose low byte is LF', ['A', 'b\u560ac']],
    ['an empty name', ['', 'b']],
    ['a space in a name', ['A B', 'b']],
    ['CR LF in a name', ['A\r\nB', 'b']],
  ])('refuses %s', (_what, fields) => {
    expect(() => writeResponseHead(200, fields)).toThrow(
      expect.objectContaining({ code: 'POSTERN_HTTP1_HEAD_INVALID' }),
    )
  })

  it('refuses CR LF in a reason', () => {
    expect(() => writeResponseHead(200, [], 'OK\r\nA: b')).toThrow(/cannot be sent/)
  })
})

describe('writeRequestHead()', () => {
  it.each([
    ['a space in the method', 'GE T', '/'],
    ['an empty method', '', '/'],
    ['a space in the target', 'GET', '/ HTTP/1.1\r\nA: b'],
    ['an empty target', 'GET', ''],
  ])('refuses %s', (_what, method, target) => {
    expect(() => writeRequestHead(method, target, [])).toThrow(
      expect.objectContaining({ code: 'POSTERN_HTTP1_HEAD_INVALID' }),
    )
  })
})

const TOKEN = fc.string({
  unit: fc.constantFrom(..."!#$%&'*+-.^_`|~0123456789abcxyzABCXYZ"),
  minLength: 1,
  maxLength: 20,
})
/** Any byte that a value may have, without white space at its ends. */
const VALUE = fc
  .string({ unit: fc.constantFrom(...valueCharacters()), maxLength: 30 })
  .map((text) => text.replace(/^[ \t]+|[ \t]+$/g, ''))
const FIELDS = fc
  .array(
    fc.tuple(
      TOKEN.map((name) => `X-${name}`),
      VALUE,
    ),
    { maxLength: 20 },
  )
  .map((pairs) => pairs.flat())
const TARGET = fc
  .string({ unit: fc.constantFrom(...'abcXYZ019-._~%/?&=+:@!$\'()*,;{}|^`"<>\\[]'), maxLength: 40 })
  .map((text) => `/${text}`)

function valueCharacters(): string[] {
  const codes = Array.from({ length: 256 }, (_, code) => code)
  return codes
    .filter((code) => code === 9 || (code >= 32 && code !== 127))
    .map((code) => String.fromCharCode(code))
}

function headOf(text: string): string {
  const heads = new HeadReader({ maxHeadBytes: 100_000 })
  const bytes = Buffer.from(text, 'latin1')
  expect(heads.push(bytes, 0, bytes.length)).toBe(bytes.length)
  return heads.head
}

describe('what is written', () => {
  it('is read as the same request', () => {
    fc.assert(
      fc.property(TOKEN, TARGET, FIELDS, (method, target, fields) => {
        fc.pre(method !== 'CONNECT')
        const all = ['Host', 'a.test', ...fields]
        expect(
          parseRequestHead(headOf(writeRequestHead(method, target, all)), DEFAULT_WIRE_LIMITS),
        ).toMatchObject({
          method,
          target,
          minorVersion: 1,
          rawHeaders: all,
          framing: { kind: 'none' },
        })
      }),
    )
  })

  it('is read as the same response', () => {
    fc.assert(
      fc.property(fc.integer({ min: 100, max: 999 }), VALUE, FIELDS, (status, reason, fields) => {
        const head = headOf(writeResponseHead(status, fields, reason))
        expect(parseResponseHead(head, 'GET', DEFAULT_WIRE_LIMITS)).toMatchObject({
          status,
          reason,
          minorVersion: 1,
          rawHeaders: fields,
        })
      }),
    )
  })
})
