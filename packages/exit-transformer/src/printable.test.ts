import { describe, expect, it } from 'vitest'
import { printable } from './printable.ts'

describe('printable()', () => {
  it.each([
    ['plain é 日', 'plain é 日'],
    ['a\r\nb', 'a\\u000d\\u000ab'],
    ['\u001b[2J', '\\u001b[2J'],
    ['\u0000\u007f\u0085\u2028', '\\u0000\\u007f\\u0085\\u2028'],
    ['x'.repeat(1000), 'x'.repeat(1000)],
    ['x'.repeat(1001), `${'x'.repeat(1000)}...`],
  ])('writes %j as %j', (text, line) => {
    expect(printable(text)).toBe(line)
  })
})
