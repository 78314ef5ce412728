import { describe, expect, it } from 'vitest'
import { checkHeader, headerTexts, isHeader, namesHeader, wireName } from './header-values.ts'

describe('headerTexts()', () => {
  it.each([
    { value: 42, text: '42' },
    { value: 12.5, text: '12.5' },
    { value: true, text: 'true' },
    { value: '', text: '' },
    { value: '  a b  ', text: 'a b' },
    { value: 'tab\there', text: 'tab\there' },
    { value: ['a', ' b'], text: ['a', 'b'] },
    { value: [], text: [] },
    { value: {}, text: [] },
    { value: Buffer.from([0x61, 0xe9]), text: 'a\u00e9' },
  ])('sends $value', ({ value, text }) => {
    expect(headerTexts(value)).toEqual(text)
  })

  it.each([
    { value: 'a\r\nSet-Cookie: x=1', text: 'a%0D%0ASet-Cookie: x=1' },
    { value: 'a\nb', text: 'a%0Ab' },
    { value: 'a\0b', text: 'a%00b' },
    { value: 'a\x7fb', text: 'a%7Fb' },
    { value: ['ok', 'x\ry'], text: ['ok', 'x%0Dy'] },
    { value: '\u20ac', text: Buffer.from('\u20ac').toString('latin1') },
    { value: '\u0560\u0a0d', text: Buffer.from('\u0560\u0a0d').toString('latin1') },
  ])('lets no value end its line: $value', ({ value, text }) => {
    expect(headerTexts(value)).toEqual(text)
    for (const line of [headerTexts(value)].flat()) expect(line).not.toMatch(/[\r\n\0]/)
  })
})

describe('wireName()', () => {
  it.each([
    { name: 'X-Foo', wire: 'X-Foo' },
    { name: 'x_foo_bar', wire: 'x-foo-bar' },
    { name: 'a b', wire: 'a%20b' },
    { name: 'a:b', wire: 'a%3Ab' },
    { name: 'a\r\nb', wire: 'a%0D%0Ab' },
    { name: '\u20ac', wire: '%E2%82%AC' },
  ])('writes $name as $wire', ({ name, wire }) => {
    expect(wireName(name, 'dash')).toBe(wire)
  })

  it('keeps underscores where the setting says so', () => {
    expect(wireName('x_foo', 'keep')).toBe('x_foo')
  })
})

describe('checkHeader()', () => {
  it.each([
    { name: undefined, value: 'x', message: 'invalid header name "nil": got nil, expected string' },
    { name: true, value: 'x', message: 'invalid header name "true": got boolean, expected string' },
    { name: '', value: 'x', message: 'invalid header name "": it is empty' },
    {
      name: 'a"b',
      value: undefined,
      message:
        'invalid header value for "a\\"b": got nil, expected array of string, string, number or boolean',
    },
    {
      name: 'a',
      value: [true],
      message: 'invalid header value in array "a": got boolean, expected string',
    },
    {
      name: 'a',
      value: Symbol('x'),
      message:
        'invalid header value for "a": got userdata, expected array of string, string, number or boolean',
    },
  ])('refuses $name', ({ name, value, message }) => {
    expect(() => checkHeader(name, value)).toThrow(message)
  })
})

describe('namesHeader()', () => {
  it.each([
    { name: 'Content-Type', answer: true },
    { name: 'content_type', answer: true },
    { name: 'CONTENT-TYPE', answer: true },
    { name: 'content type', answer: false },
    { name: 'X-Content-Type', answer: false },
  ])('answers $answer for $name', ({ name, answer }) => {
    expect(isHeader(name, 'content-type')).toBe(answer)
    expect(namesHeader({ [name]: 'x' }, 'content-type')).toBe(answer)
  })

  it('finds nothing where there are no headers', () => {
    expect(namesHeader(undefined, 'content-type')).toBe(false)
  })
})
