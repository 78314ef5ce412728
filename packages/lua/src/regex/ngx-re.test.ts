import { describe, expect, it } from 'vitest'
import { choiceFrom } from '../../test/random-choice.ts'
import { createLua, ngxRegexFunctions } from '../index.ts'

const lua = createLua({ globals: { re: ngxRegexFunctions() }, requires: ['ngx.re'] })
const run = (source: string): unknown[] => lua.compile(source).call()

describe('ngx.re', () => {
  it.each<[source: string, ...values: unknown[]]>([
    [
      String.raw`local m = re.match("hello 123", [[([a-z]+) (?<n>\d+)]]) return m[0], m[1], m.n`,
      'hello 123',
      'hello',
      '123',
    ],
    [`return re.match("x", "y")`, undefined],
    [`return re.match("a", "(a)|(b)")[2]`, false],
    [
      `return re.find("foo bar", "b(a)r"), select(2, re.find("foo bar", "b(a)r", "", nil, 1))`,
      5,
      6,
    ],
    [`return re.find("foo", "x")`, undefined],
    [`return re.find("foo", "o", "", nil, 3)`, undefined, undefined, 'nth out of bound'],
    [`return re.gsub("hello", "l", "L")`, 'heLLo', 2],
    [`return re.sub("hello", "l", "[$0$$${'$'}{0}]")`, 'he[l$l]lo', 1],
    [`return re.gsub("a1b2", "[0-9]", function(m) return "<" .. m[0] .. ">" end)`, 'a<1>b<2>', 2],
    [`return re.gsub("abc", "", "-")`, '-a-b-c-', 4],
    [
      `local t = {} for m in re.gmatch("a=1, b=2", [[(\\w)=(\\d)]]) do t[#t + 1] = m[1] .. m[2] end return t`,
      ['a1', 'b2'],
    ],
    [`local c = { pos = 3 } return re.match("1a2b3", "[0-9]", "", c)[0], c.pos`, '2', 4],
    [`return re.match("ab", "b", "a"), re.match("ab", "b", "a", { pos = 2 })[0]`, undefined, 'b'],
    [`return re.match("A\\nB", "^b$", "im")[0]`, 'B'],
    [`return re.match("a\\nb", "a.b"), re.match("a\\nb", "a.b", "s")[0]`, undefined, 'a\nb'],
    [`return re.match("ab", "a # first\\n b", "x")[0]`, 'ab'],
    [`return #re.match("\\195\\169", ".")[0], re.match("\\195\\169", ".", "u")[0]`, 1, 'é'],
    [`return re.find("é!é", "é$", "u")`, 4, 5],
    [`return re.match("aXb", "a(?i)x(?-i)b")[0], re.match("aXB", "a(?i:x)b")`, 'aXb', undefined],
    [`return re.match("5 EUR", [[\\d+(?= EUR)]])[0], re.match("$5", [[(?<=\\$)\\d]])[0]`, '5', '5'],
    [
      `return re.match("abab", [[^(ab)\\1$]])[0], re.match("xx", [[(?<c>x)\\k<c>]])[0]`,
      'abab',
      'xx',
    ],
    [`return re.match("aaa", "a++a"), re.match("aaab", "(?>a+)b")[0]`, undefined, 'aaab'],
    [
      `return re.match("a]-", "[]a-]+")[0], re.match("x7", "[[:alpha:]][[:digit:]]")[0]`,
      'a]-',
      'x7',
    ],
    [`return re.match("\\255", "x", "u")`, undefined, 'pcre_exec() failed: -10'],
    [`return require "ngx.re".split("a,b;c", "[,;]")`, ['a', 'b', 'c']],
    [`return require "ngx.re".split("a1b2c", "([0-9])")`, ['a', '1', 'b', '2', 'c']],
    [`return require "ngx.re".split("a,b,c", ",", nil, nil, 2)`, ['a', 'b,c']],
    [`return require "ngx.re".split("abc", "")`, ['a', 'b', 'c']],
  ])('%s', (source, ...values) => {
    expect(run(source)).toEqual(values)
  })

  it.each([
    ['(', 'missing closing parenthesis'],
    [')', 'unmatched closing parenthesis'],
    ['[a', 'missing terminating ]'],
    ['*', 'quantifier does not follow'],
    ['a{2,1}', 'numbers out of order'],
    ['a{2000}', 'number too big'],
    ['[b-a]', 'range out of order'],
    [String.raw`\p{L}`, String.raw`unrecognized or unsupported \p`],
    ['(?<=a+)b', 'not fixed length'],
    ['(?R)', 'unrecognized or unsupported'],
    ['((a{900}){900}){900}', 'too large'],
    ['('.repeat(200), 'too deeply nested'],
  ])('refuses %s', (regex, message) => {
    const [found, problem] = lua.compile('local x = ... return re.match("a", x)').call(regex)
    expect(found).toBeUndefined()
    expect(problem).toContain(message)
  })

  it('says that a flag is unknown', () => {
    expect(() => run('re.match("a", "a", "q")')).toThrow('unknown flag "q"')
  })

  it('ends a match that would take for ever, and one that is too deep', () => {
    expect(() => run('re.match(("a"):rep(40), "^(a+)+$x")')).toThrow('ran out of steps')
    expect(run('return re.match(("ab"):rep(5000), "^(?:ab)*$")')).toEqual([
      undefined,
      'pcre_exec() failed: -8',
    ])
  })

  it('finds what the engine of JavaScript finds', () => {
    const search = lua.compile('local text, regex, flags = ... return re.find(text, regex, flags)')
    for (let seed = 1; seed <= 1500; seed++) {
      const choice = choiceFrom(seed)
      const regex = randomRegex(choice, 3)
      const flags = choice.pick(['', 'i', 's', 'm', 'ims'])
      const text = choice.several(0, 12, '', () => choice.pick([...'aabbcAB1 \n-']))
      const found = new RegExp(regex, flags).exec(text)
      const expected =
        found === null ? [undefined] : [found.index + 1, found.index + found[0].length]
      expect(search.call(text, regex, flags), `${seed}: /${regex}/${flags} in ${text}`).toEqual(
        expected,
      )
    }
  })
})

type Choice = ReturnType<typeof choiceFrom>

/** What Perl and JavaScript read alike. `$` is left out: in JavaScript it is not before a last newline. */
function randomRegex(choice: Choice, depth: number): string {
  const piece = (): string => {
    if (depth === 0 || choice.next() < 0.5) {
      return choice.pick([
        'a',
        'b',
        'c',
        '.',
        String.raw`\d`,
        String.raw`\w`,
        String.raw`\s`,
        '[ab]',
        '[^a]',
        '[a-c1]',
        String.raw`\W`,
        '-',
      ])
    }
    const inner = randomRegex(choice, depth - 1)
    return choice.pick([
      `(${inner})`,
      `(?:${inner})`,
      `(?=${inner})`,
      `(?!${inner})`,
      `(?:${inner}|${randomRegex(choice, depth - 1)})`,
    ])
  }
  // Of an optional turn that matches nothing, JavaScript says that it was none: so none may.
  const item = (): string => {
    const one = piece()
    if (one.startsWith('(?=') || one.startsWith('(?!')) return one
    if (!one.startsWith('(')) return one + choice.pick(QUANTIFIERS)
    return choice.pick([one, `${one}{2}`, `(?:a${one})${choice.pick(QUANTIFIERS)}`])
  }
  return (
    choice.pick(['', '', '', '^', String.raw`\b`, String.raw`\B`]) + choice.several(1, 3, '', item)
  )
}

const QUANTIFIERS = ['', '', '', '*', '+', '?', '*?', '+?', '??', '{2}', '{1,2}', '{0,2}?', '{1,}']
