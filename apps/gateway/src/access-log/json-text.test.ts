import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { escapeText } from './json-text.ts'

describe('escapeText()', () => {
  it.each([
    { text: '', json: '""' },
    { text: '/a b?c=~', json: '"/a b?c=~"' },
    { text: '"', json: '"\\""' },
    { text: '\\', json: '"\\\\"' },
    { text: 'a\r\nb', json: '"a\\u000d\\u000ab"' },
    { text: '\u001b[31m', json: '"\\u001b[31m"' },
    { text: '\u0000', json: '"\\u0000"' },
    { text: '\u007f', json: '"\\u007f"' },
    { text: '\u009b', json: '"\\u009b"' },
    { text: 'ü', json: '"\\u00fc"' },
    { text: '\u202e', json: '"\\u202e"' },
    { text: '\ud800', json: '"\\ud800"' },
    { text: '😀', json: '"\\ud83d\\ude00"' },
  ])('writes $json', ({ text, json }) => {
    expect(`"${escapeText(text)}"`).toBe(json)
  })

  it('gives any text back through JSON.parse, and is printable ASCII', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), (text) => {
        const json = `"${escapeText(text)}"`
        expect(JSON.parse(json)).toBe(text)
        expect(json).toMatch(/^[ -~]*$/)
      }),
    )
  })

  it('gives halves of surrogate pairs back', () => {
    const unit = fc.integer({ min: 0, max: 0xff_ff }).map((code) => String.fromCharCode(code))
    fc.assert(
      fc.property(fc.string({ unit }), (text) => {
        expect(JSON.parse(`"${escapeText(text)}"`)).toBe(text)
      }),
    )
  })
})
