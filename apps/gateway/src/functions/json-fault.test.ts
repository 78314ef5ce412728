import { describe, expect, it } from 'vitest'
import { jsonFault } from './json-fault.ts'

describe('jsonFault()', () => {
  it.each(['{}', '[1, "a"]', '"a"', ' null\n'])('finds nothing in %j', (text) => {
    expect(jsonFault(text)).toBeUndefined()
  })

  it.each([
    { text: '', place: [1, 1], message: 'Unexpected end of JSON input' },
    { text: '{ "a": }', place: [1, 8], message: "Unexpected token '}'" },
    { text: '[1,\n 2,\n]', place: [3, 1], message: "Unexpected token ']'" },
    { text: '{\r\n"a": tru }', place: [2, 9], message: "Unexpected token ' '" },
    { text: '// a\n{}', place: [1, 1], message: "Unexpected token '/'" },
    { text: '{"a": 1,}', place: [1, 9], message: 'Expected double-quoted property name' },
    { text: '{"a": 1\n"b": 2}', place: [2, 1], message: "Expected ',' or '}' after" },
    { text: '{\n', place: [2, 1], message: "Expected property name or '}'" },
    { text: '["a\n"]', place: [1, 4], message: 'Bad control character in string literal' },
    { text: '["a', place: [1, 4], message: 'Unterminated string' },
    { text: `[${'1,\n'.repeat(1000)}}`, place: [1001, 1], message: "Unexpected token '}'" },
  ])('tells what is wrong in $text and where', ({ text, place, message }) => {
    const fault = jsonFault(text)
    expect([fault?.line, fault?.column]).toEqual(place)
    expect(fault?.message).toContain(message)
    expect(fault?.message).not.toContain('position')
  })
})
