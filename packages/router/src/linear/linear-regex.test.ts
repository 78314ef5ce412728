import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { LinearRegex } from './linear-regex.ts'

describe('LinearRegex', () => {
  it.each<[source: string, text: string, caught: readonly (string | undefined)[] | null]>([
    ['a', 'a', ['a']],
    ['a', 'b', null],
    ['a|ab', 'ab', ['a']],
    ['ab|a', 'ab', ['ab']],
    ['a*', 'aab', ['aa']],
    ['a*?', 'aab', ['']],
    ['a+?b', 'aab', ['aab']],
    ['a??a', 'aa', ['a']],
    ['(a)(b)?', 'a', ['a', 'a', undefined]],
    ['(a|b)*c', 'abc', ['abc', 'b']],
    ['(?<x>a)(?<y>b)', 'ab', ['ab', 'a', 'b']],
    ['(a{2,3})(a*)', 'aaaaa', ['aaaaa', 'aaa', 'aa']],
    ['(a{2,3}?)(a*)', 'aaaaa', ['aaaaa', 'aa', 'aaa']],
    ['a{0}b', 'b', ['b']],
    ['(?:)', 'a', ['']],
    ['(?:a*)*b', 'aab', ['aab']],
    ['(?:a*)+', '', ['']],
    ['[^]', '\n', ['\n']],
    ['[^]', '🐟', ['🐟']],
    ['^a$', 'a', ['a']],
    ['(?m:a$)', 'a\nb', ['a']],
    ['a$', 'a\nb', null],
    ['a\\b', 'a-', ['a']],
    ['a\\b', 'ab', null],
    ['a\\Bb', 'ab', ['ab']],
    ['(?i:A)a', 'aa', ['aa']],
    ['(?i:a(?-i:a))', 'AA', null],
    ['\\u{1f41f}+', '🐟🐟', ['🐟🐟']],
    ['[\\]a]+', ']a', [']a']],
  ])('%j on %j', (source, text, caught) => {
    const regex = new LinearRegex(source, { ignoreCase: false, anchor: 'at-start' })
    const exec = regex.exec(text)
    expect(exec === null ? null : [...exec]).toEqual(caught)
    expect(regex.test(text)).toBe(caught !== null)
  })

  it('finds the leftmost match where it may begin anywhere', () => {
    const regex = new LinearRegex('b+|c', { ignoreCase: false, anchor: 'anywhere' })
    expect(regex.exec('aacbb')).toMatchObject({ 0: 'c', index: 2 })
    expect(regex.exec('aab')).toMatchObject({ 0: 'b', index: 2 })
    expect(regex.exec('aaa')).toBeNull()
    expect(regex.exec('')).toBeNull()
  })

  it('names its groups', () => {
    const regex = new LinearRegex('(?<id>\\d+)(?<rest>x)?', {
      ignoreCase: false,
      anchor: 'at-start',
    })
    expect(regex.exec('42')?.groups).toEqual({ id: '42', rest: undefined })
  })

  // What goes round takes something each time: engines differ in how they count rounds without. No
  // \B: V8 finds one between the halves of a surrogate pair.
  it('agrees with V8', () => {
    const { pattern } = fc.letrec<{ pattern: string; sequence: string; item: string }>((tie) => ({
      item: fc.oneof(
        { maxDepth: 4, withCrossShrink: true },
        fc.constantFrom('a', 'b', '[ab]', '[^a]', '\\w', '[^]', 'é', '🐟', '^', '$', '\\b'),
        tie('pattern').map((inner) => `(?:${inner})`),
        fc
          .tuple(
            tie('item'),
            fc.constantFrom('*', '+', '?', '{2}', '{0,2}', '{1,}', '*?', '+?', '??'),
          )
          .map(([item, sign]) => `(?:${item}[ab])${sign}`),
      ),
      sequence: fc.array(tie('item'), { maxLength: 4 }).map((items) => items.join('')),
      pattern: fc
        .array(tie('sequence'), { minLength: 1, maxLength: 3 })
        .map((all) => all.join('|')),
    }))
    const text = fc.array(fc.constantFrom('a', 'b', 'A', '-', 'é', '🐟', '\n'), { maxLength: 8 })
    const options = fc.record({
      ignoreCase: fc.boolean(),
      anchor: fc.constantFrom('at-start' as const, 'anywhere' as const),
    })
    fc.assert(
      fc.property(pattern, text, options, (source, characters, flags) => {
        const input = characters.join('')
        // Groups around the parts tell how far each of them went.
        const grouped = `(${source})(${source})`
        const v8 = new RegExp(
          grouped,
          `u${flags.ignoreCase ? 'i' : ''}${flags.anchor === 'at-start' ? 'y' : ''}`,
        )
        const expected = v8.exec(input)
        const found = new LinearRegex(grouped, flags).exec(input)
        expect(found === null ? null : { at: found.index, caught: [...found] }).toEqual(
          expected === null ? null : { at: expected.index, caught: [...expected] },
        )
      }),
      { numRuns: 2000 },
    )
  })
})
