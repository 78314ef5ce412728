import { describe, expect, it } from 'vitest'
import { printable } from './printable.ts'

describe('printable()', () => {
  it.each([
    { text: 'plain täxt', shown: 'plain täxt' },
    { text: 'a\r\nlevel=info', shown: 'a\\u000d\\u000alevel=info' },
    { text: '\u001b[2J', shown: '\\u001b[2J' },
    { text: '\u0000\u007f\u009b', shown: '\\u0000\\u007f\\u009b' },
    { text: '\u2028\u202e', shown: '\\u2028\\u202e' },
    { text: '', shown: '' },
  ])('shows $shown', ({ text, shown }) => {
    expect(printable(text)).toBe(shown)
  })
})
