import * as fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { acceptedType } from './media-range.ts'

const available = ['application/json', 'text/html', 'application/xml', 'text/plain']

describe('acceptedType()', () => {
  it.each<[string | undefined, string | undefined]>([
    [undefined, 'application/json'],
    ['', 'application/json'],
    [' ', 'application/json'],
    ['*/*', 'application/json'],
    ['text/html', 'text/html'],
    ['TEXT/HTML', 'text/html'],
    ['text/html;level=1', 'text/html'],
    ['text/*', 'text/html'],
    ['text/*;q=0.5, text/plain', 'text/plain'],
    ['text/html;q=0.4, application/xml;q=0.6', 'application/xml'],
    ['text/html;q=0.6, application/json;q=0.6', 'application/json'],
    ['application/xml, text/html', 'text/html'],
    ['text/html, application/json;q=0.9, */*;q=0.8', 'text/html'],
    ['text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8', 'text/html'],
    ['*/*, application/json;q=0', 'text/html'],
    ['*/*;q=0.1, application/json;q=0.05', 'text/html'],
    ['image/png', undefined],
    ['image/*, audio/*;q=0.1', undefined],
    ['*/*;q=0', undefined],
    ['text/html;q=0', undefined],
    ['text/html;q=2', undefined],
    ['text/html;q=-1', undefined],
    ['text/html;q=x', undefined],
    ['text/html; Q = 0.5', 'text/html'],
    ['*/json', undefined],
    ['text, /html, text/, ;;;,,', undefined],
    ['text/html; charset="a,b"', 'text/html'],
  ])('for %j is %s', (accept, type) => {
    expect(acceptedType(accept, available)).toBe(type)
  })

  it.each([
    [4096, undefined],
    [4097, 'application/json'],
  ])('reads an Accept of %d characters as %s', (length, type) => {
    expect(acceptedType('image/png,'.padEnd(length, ' '), available)).toBe(type)
  })

  it.each([
    [63, 'text/html'],
    [64, undefined],
  ])('sees a range behind %d others as %s', (count, type) => {
    expect(acceptedType(`${'a/b,'.repeat(count)}text/html`, available)).toBe(type)
  })

  it('answers one of those there are, or none, whatever the client says', () => {
    fc.assert(
      fc.property(fc.string(), (accept) => {
        expect([...available, undefined]).toContain(acceptedType(accept, available))
      }),
    )
  })
})
