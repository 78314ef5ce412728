import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { regexOfLuaPattern } from './lua-pattern.ts'

describe('regexOfLuaPattern()', () => {
  it.each([
    ['abc', 'xabcx', 'abc'],
    ['^abc$', 'abc', 'abc'],
    ['^abc$', 'xabc', undefined],
    ['a^b$c', 'a^b$c', 'a^b$c'],
    ['%d+', 'a12b', '12'],
    ['%D+', '12ab', 'ab'],
    ['[%w_]+', '-a_1-', 'a_1'],
    ['[^%s]+', ' ab ', 'ab'],
    ['[a-c]*', 'abcd', 'abc'],
    ['[a-]+', 'x-a-', '-a-'],
    ['[]x]+', 'a]x', ']x'],
    ['[^]]+', 'ab]', 'ab'],
    ['%.%-%%', 'a.-%', '.-%'],
    ['<.->', '<a><b>', '<a>'],
    ['a.c', 'a\nc', 'a\nc'],
    ['(a)%1', 'aa', 'aa'],
    ['(ab)*', 'ab*', 'ab*'],
    ['-a', '-a', '-a'],
    ['a+?', 'aa?', 'aa?'],
    ['{x}|/', '{x}|/', '{x}|/'],
    ['%u%l', 'aBc', 'Bc'],
    ['%p', 'a!b', '!'],
    ['%x+', 'xyz0aF', '0aF'],
    ['é+', 'aéé', 'éé'],
  ])('finds by %s in %j %j', (pattern, text, found) => {
    expect(new RegExp(regexOfLuaPattern(pattern), 'u').exec(text)?.[0]).toBe(found)
  })

  it.each([
    ['%', 'ends with "%"'],
    ['[a', 'missing "]"'],
    ['[', 'missing "]"'],
    ['[%', 'ends with "%"'],
    ['(a', 'Invalid regular expression'],
    ['a)', 'Invalid regular expression'],
    ['%bxy', '%b is not supported'],
    ['%f[a]', '%f is not supported'],
    ['[%W]', '%W within [] is not supported'],
    ['[z-a]', 'Invalid regular expression'],
    ['%1', 'Invalid regular expression'],
  ])('refuses %s', (pattern, message) => {
    expect(() => regexOfLuaPattern(pattern)).toThrow(message)
  })

  it('finds any text by that text, escaped', () => {
    fc.assert(
      fc.property(fc.string(), (text) => {
        const pattern = text.replace(/[^\w\s]/gu, (one) =>
          one.length === 1 && one < '\x7f' ? `%${one}` : one,
        )
        expect(new RegExp(`^${regexOfLuaPattern(pattern)}$`, 'u').test(text)).toBe(true)
      }),
    )
  })
})
