import { describe, expect, it } from 'vitest'
import { parseFields } from './parse-head.ts'
import { Problem } from './problem.ts'

function parse(...lines: string[]): readonly string[] | number {
  const fields = parseFields(lines.map((line) => `${line}\r\n`).join(''), 0, { maxFields: 10 })
  return fields instanceof Problem ? fields.status : fields
}

describe('parseFields()', () => {
  it.each([
    ['no line', [], []],
    ['a field', ['A: b'], ['A', 'b']],
    ['two of the same name', ['A: b', 'a: c'], ['A', 'b', 'a', 'c']],
    ['no white space', ['A:b'], ['A', 'b']],
    ['white space around the value', ['A: \t b\t c \t'], ['A', 'b\t c']],
    ['no value', ['A:'], ['A', '']],
    ['white space for a value', ['A: \t '], ['A', '']],
    ['a colon in the value', ['A: b:c'], ['A', 'b:c']],
    ['bytes beyond ASCII in the value', ['A: \x80\xe4\xff'], ['A', '\x80\xe4\xff']],
    ['every character of a name', ["!#$%&'*+-.^_`|~09azAZ: b"], ["!#$%&'*+-.^_`|~09azAZ", 'b']],
    [
      'a name of the prototype',
      ['__proto__: b', 'constructor: c'],
      ['__proto__', 'b', 'constructor', 'c'],
    ],
  ])('reads %s', (_what, lines, wanted) => {
    expect(parse(...lines)).toEqual(wanted)
  })

  it.each([
    ['no colon', 'A'],
    ['no name', ': b'],
    ['a space before the colon', 'A : b'],
    ['a tab before the colon', 'A\t: b'],
    ['a folded line', ' A: b'],
    ['a line folded with a tab', '\tb'],
    ['an empty line', ''],
    ...[...'"(),/;<=>?@[\\]{}\0\x07\x7f\x80\xff'].map((c) => [
      `${JSON.stringify(c)} in a name`,
      `A${c}B: b`,
    ]),
    ...[...'\0\x01\x07\x08\x0a\x0b\x0c\x0d\x1b\x1f\x7f'].map((c) => [
      `${JSON.stringify(c)} in a value`,
      `A: b${c}c`,
    ]),
  ])('refuses %s', (_what, line) => {
    expect(parse('Before: x', line, 'After: y')).toBe(400)
  })

  it('takes as many lines as the limit says', () => {
    const lines = Array.from({ length: 10 }, (_, i) => `A: ${i}`)
    expect(parse(...lines)).toHaveLength(20)
    expect(parse(...lines, 'A: 10')).toBe(431)
  })
})
