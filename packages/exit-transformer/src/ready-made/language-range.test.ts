import * as fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { lookUpLanguage } from './language-range.ts'

const available = new Set(['en', 'de', 'de-ch', 'zh-hant', 'pt-br', 'fr'])

describe('lookUpLanguage()', () => {
  it.each<[string | undefined, string | undefined]>([
    [undefined, undefined],
    ['', undefined],
    ['de', 'de'],
    ['DE', 'de'],
    ['de-CH', 'de-ch'],
    ['de-AT', 'de'],
    ['de-CH-1996', 'de-ch'],
    ['zh-Hant-TW', 'zh-hant'],
    ['zh-Hant-CN-x-private1-private2', 'zh-hant'],
    ['zh', undefined],
    ['pt', undefined],
    ['es, fr;q=0.5', 'fr'],
    ['fr;q=0.5, de;q=0.8', 'de'],
    ['fr;q=0.5, de;q=0.5', 'fr'],
    ['es-ES, es;q=0.9, en;q=0.8', 'en'],
    ['*', undefined],
    ['*, de;q=0.5', undefined],
    ['es, *;q=0.5, de;q=0.1', undefined],
    ['de;q=0', undefined],
    ['de-AT, de;q=0, en;q=0.1', 'en'],
    ['x-de', undefined],
    ['i-x', undefined],
    ['a', undefined],
    [';q=1,,', undefined],
    ['constructor, __proto__', undefined],
  ])('for %j is %s', (acceptLanguage, language) => {
    expect(lookUpLanguage(acceptLanguage, available)).toBe(language)
  })

  it.each([
    [1024, 'de'],
    [1025, undefined],
  ])('reads an Accept-Language of %d characters as %s', (length, language) => {
    expect(lookUpLanguage('de'.padEnd(length, ' '), available)).toBe(language)
  })

  it.each([
    [31, 'de'],
    [32, undefined],
  ])('sees a range behind %d others as %s', (count, language) => {
    expect(lookUpLanguage(`${'es,'.repeat(count)}de`, available)).toBe(language)
  })

  it('answers one of those there are, or none, whatever the client says', () => {
    fc.assert(
      fc.property(fc.string(), (text) => {
        const language = lookUpLanguage(text, available)
        expect(language === undefined || available.has(language)).toBe(true)
      }),
    )
  })
})
