import * as fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { diffLines } from './diff-lines.ts'

function told(expected: string, got: string): string[] {
  const signs = { both: ' ', expected: '-', got: '+' }
  return diffLines(expected, got).map(({ side, text }) => `${signs[side]}${text}`)
}

describe('diffLines()', () => {
  it.each([
    { expected: 'a', got: 'a', lines: [' a'] },
    { expected: 'a\nb\nc', got: 'a\nc', lines: [' a', '-b', ' c'] },
    { expected: 'a\nc', got: 'a\nb\nc', lines: [' a', '+b', ' c'] },
    { expected: 'a\nb', got: 'a\nx', lines: [' a', '-b', '+x'] },
    { expected: '', got: 'x', lines: ['-', '+x'] },
  ])('compares $expected with $got', ({ expected, got, lines }) => {
    expect(told(expected, got)).toEqual(lines)
  })

  it('has both texts in it, each in its order', () => {
    const texts = fc.array(fc.constantFrom('a', 'b', 'c'), { minLength: 1, maxLength: 12 })
    fc.assert(
      fc.property(texts, texts, (left, right) => {
        const lines = diffLines(left.join('\n'), right.join('\n'))
        const side = (other: string) =>
          lines.filter((line) => line.side !== other).map(({ text }) => text)
        expect(side('got')).toEqual(left)
        expect(side('expected')).toEqual(right)
      }),
    )
  })

  it.each([
    { count: 500, isCompared: true },
    { count: 501, isCompared: false },
  ])('compares $count lines: $isCompared', ({ count, isCompared }) => {
    const text = Array.from({ length: count }, (_, index) => `line ${index}`).join('\n')
    expect(diffLines(text, text).every(({ side }) => side === 'both')).toBe(isCompared)
  })
})
