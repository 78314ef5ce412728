import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { histogramLines, sampleLine } from './prometheus-text.ts'

describe('sampleLine()', () => {
  it.each([
    { labels: {}, line: 'm 1' },
    { labels: { a: '' }, line: 'm{a=""} 1' },
    { labels: { a: 'x', b: 'y z' }, line: 'm{a="x",b="y z"} 1' },
    { labels: { a: 'say "hi"' }, line: 'm{a="say \\"hi\\""} 1' },
    { labels: { a: 'back\\slash' }, line: 'm{a="back\\\\slash"} 1' },
    { labels: { a: 'two\nlines' }, line: 'm{a="two\\nlines"} 1' },
  ])('writes $line', ({ labels, line }) => {
    expect(sampleLine('m', labels, 1)).toBe(line)
  })

  it('is one line that gives the label back, whatever it holds', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), (text) => {
        const line = sampleLine('m', { a: text }, 1)
        const quoted = /^m\{a="((?:[^"\\\n]|\\["\\n])*)"\} 1$/.exec(line)?.[1]
        const value = quoted?.replace(/\\(.)/g, (_, one: string) => (one === 'n' ? '\n' : one))
        expect(value).toBe(text)
      }),
    )
  })
})

describe('histogramLines()', () => {
  it('adds the cells up from the left', () => {
    expect(histogramLines('m', { a: 'x' }, { bounds: [1, 5], counts: [2, 0, 3], sum: 40 })).toEqual(
      [
        'm_bucket{a="x",le="1"} 2',
        'm_bucket{a="x",le="5"} 2',
        'm_bucket{a="x",le="+Inf"} 5',
        'm_sum{a="x"} 40',
        'm_count{a="x"} 5',
      ],
    )
  })

  it('writes nothing where nothing was observed', () => {
    expect(histogramLines('m', {}, { bounds: [1], counts: [0, 0], sum: 0 })).toEqual([])
  })
})
