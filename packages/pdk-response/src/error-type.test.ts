import { describe, expect, it } from 'vitest'
import { errorTypeOf, errorTypeOfRequest, negotiateErrorType } from './error-type.ts'

describe('negotiateErrorType()', () => {
  it.each([
    ['', 'json'],
    ['*/*', 'json'],
    ['text/*', 'plain'],
    ['application/*', 'json'],
    ['text/html', 'html'],
    ['TEXT/HTML', 'html'],
    ['text/html;charset=utf-8', 'html'],
    ['text/html;level=1;q=0.2, text/plain;Q=0.3', 'plain'],
    ['application/xml', 'xml'],
    ['application/json', 'json'],
    ['application/grpc', 'grpc'],
    ['text/html, application/json', 'html'],
    ['application/json, text/html', 'json'],
    ['application/json;q=0.4, text/html;q=0.5', 'html'],
    ['application/json;q=0.5, text/html;q=0.5', 'json'],
    ['text/html;q=0', 'json'],
    ['text/html;q=0, text/plain;q=0.001', 'plain'],
    ['*/*;q=0.1, text/html;q=0', 'json'],
    ['*/*, application/json;q=0', 'plain'],
    ['*/*, text/html', 'html'],
    ['text/*, text/html', 'html'],
    ['text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8', 'html'],
    ['image/png', 'json'],
    ['image/png, text/html;q=0.5', 'json'],
    ['image/png;q=0.5, text/html', 'html'],
  ])('reads %j as %s', (accept, type) => {
    expect(negotiateErrorType(accept)).toBe(type)
    expect(negotiateErrorType(accept)).toBe(type)
  })

  it.each([
    ['no slash', 'html'],
    [',,,', ''],
    ['a very long one', 'text/html,'.repeat(10_000)],
    ['a quality that is no number', 'text/html;q=x'],
    ['an open quote', 'text/x;a="'],
    ['control characters', 'text/\0html'],
    ['a name of prototypes', '__proto__/constructor'],
    ['a type of prototypes', 'constructor'],
  ])('gives JSON for %s', (_, accept) => {
    expect(negotiateErrorType(accept)).toBe('json')
  })

  it('forgets what it remembers before that becomes much', () => {
    for (let i = 0; i < 1000; i++)
      expect(negotiateErrorType(`text/html;v=${i}, text/plain`)).toBe('html')
    expect(negotiateErrorType('text/html')).toBe('html')
  })
})

describe('errorTypeOfRequest()', () => {
  it.each([
    { accept: 'text/html', type: 'application/json', answer: 'html' },
    { accept: undefined, type: 'application/json; charset=x', answer: 'json' },
    { accept: undefined, type: 'image/png', answer: 'plain' },
    { accept: undefined, type: undefined, answer: 'plain' },
    { accept: 'image/png', type: 'text/html', answer: 'json' },
  ] as const)('asks Accept, then Content-Type, then the setting: $answer', (row) => {
    expect(errorTypeOfRequest(row.accept, row.type, 'plain')).toBe(row.answer)
  })
})

describe('errorTypeOf()', () => {
  it.each([
    ['text/html', 'html'],
    ['Text/HTML; charset=utf-8', 'html'],
    [' application/xml ', 'xml'],
    ['application/grpc+proto', 'grpc'],
    ['text/csv', undefined],
    ['', undefined],
  ])('reads %j as %s', (mediaType, type) => {
    expect(errorTypeOf(mediaType)).toBe(type)
  })
})
