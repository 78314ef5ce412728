import { describe, expect, it } from 'vitest'
import { decodeBody } from './decode-body.ts'

const utf8 = new TextEncoder()

describe('decodeBody()', () => {
  it.each([
    { body: undefined, seen: undefined },
    { body: '', seen: '' },
    { body: 'text', seen: 'text' },
    { body: '{"a":1}', seen: { a: 1 } },
    { body: ' \n[1]\n', seen: [1] },
    { body: '[]', seen: [] },
    { body: '{}', seen: {} },
    { body: '{"a":', seen: '{"a":' },
    { body: '[1] and more', seen: '[1] and more' },
    { body: 'false', seen: 'false' },
    { body: 'null', seen: 'null' },
    { body: '"text"', seen: '"text"' },
    { body: '1', seen: '1' },
    { body: '\ufeff{}', seen: '\ufeff{}' },
    { body: utf8.encode('{"a":"é"}'), seen: { a: 'é' } },
    { body: utf8.encode('é'), seen: 'é' },
    { body: new Uint8Array([255, 254]), seen: new Uint8Array([255, 254]) },
    { body: new Uint8Array(), seen: '' },
    { body: { a: 1 }, seen: { a: 1 } },
  ])('shows $body as $seen', ({ body, seen }) => {
    expect(decodeBody(body)).toEqual(seen)
  })

  it('keeps a key named __proto__ as data', () => {
    const seen = decodeBody('{"__proto__":{"polluted":1}}') as object
    expect(Object.getPrototypeOf(seen)).toBe(Object.prototype)
    expect(JSON.stringify(seen)).toBe('{"__proto__":{"polluted":1}}')
  })
})
