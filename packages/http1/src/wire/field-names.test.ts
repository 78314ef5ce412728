import { describe, expect, it } from 'vitest'
import { fieldName } from './field-names.ts'

describe('fieldName()', () => {
  it.each([
    ['X-One', { lower: 'x-one', isToken: true, role: 'plain', prefix: 'X-One: ' }],
    ['content-LENGTH', { lower: 'content-length', isToken: true, role: 'content-length' }],
    ['Keep-Alive', { lower: 'keep-alive', isToken: true, role: 'hop' }],
    ['', { isToken: false }],
    ['a b', { isToken: false }],
    ['caf\u00e9', { isToken: false }],
    // Its low byte is that of the letter A.
    ['\u0141', { isToken: false, lower: '\u0142' }],
    ['x'.repeat(65), { isToken: true, lower: 'x'.repeat(65) }],
  ])('tells what %j is', (name, expected) => {
    expect(fieldName(name)).toMatchObject(expected)
    expect(fieldName(name)).toMatchObject(expected)
  })

  it('works out a usual name once', () => {
    expect(fieldName('X-Seen-Twice')).toBe(fieldName('X-Seen-Twice'))
  })
})
