import { describe, expect, it } from 'vitest'
import { compileHeaderRegex, compilePathRegex } from './compile-regex.ts'
import { LinearRegex } from './linear/linear-regex.ts'
import { translateRegex } from './translate-regex.ts'

/** By V8 and by the matcher of ours, which have to agree. */
function matched(source: string, path: string): string | undefined {
  const flags = { ignoreCase: false, anchor: 'at-start' } as const
  const linear = new LinearRegex(translateRegex(source).source, flags)
  const found = compilePathRegex(source).exec(path)?.[0]
  expect(linear.exec(path)?.[0]).toBe(found)
  expect(linear.test(path)).toBe(found !== undefined)
  return found
}

const nest = (count: number): string => `${'(a|'.repeat(count)}b${')'.repeat(count)}`

describe('compilePathRegex()', () => {
  it.each([
    { source: '/foo', path: '/foobar', takes: '/foo' },
    { source: '/foo', path: '/x/foo', takes: undefined },
    { source: '/foo$', path: '/foobar', takes: undefined },
    { source: '/a|/b', path: '/b', takes: '/b' },
    { source: '/a|/b', path: '/x/b', takes: undefined },
    { source: '/(?i)foo', path: '/FOO', takes: '/FOO' },
    { source: '/a(?i)b', path: '/Ab', takes: undefined },
    { source: '/a(?i)b', path: '/aB', takes: '/aB' },
    { source: '/(?:(?i)a)b', path: '/Ab', takes: '/Ab' },
    { source: '/(?:(?i)a)b', path: '/AB', takes: undefined },
    { source: '/(?i:a)b', path: '/Ab', takes: '/Ab' },
    { source: '/(?:(?i)a|b)c', path: '/Bc', takes: '/Bc' },
    { source: '/(?i)a(?-i)b', path: '/AB', takes: undefined },
    { source: '/(?i)a|/b', path: '/B', takes: '/B' },
    { source: '/a.b', path: '/a\nb', takes: undefined },
    { source: '/a.b', path: '/a\rb', takes: '/a\rb' },
    { source: '/(?s)a.b', path: '/a\nb', takes: '/a\nb' },
    { source: '/(?s:a.)b.', path: '/a\nb\n', takes: undefined },
    { source: '\\A/a\\z', path: '/a', takes: '/a' },
    { source: '\\A/a\\z', path: '/a\n', takes: undefined },
    { source: '/[[:alpha:]]+', path: '/ab1', takes: '/ab' },
    { source: '/[^[:digit:]]+', path: '/ab1', takes: '/ab' },
    { source: '/[\\w-.]+', path: '/a-b.c', takes: '/a-b.c' },
    { source: '/[]a]+', path: '/]a', takes: '/]a' },
    { source: '/[a\\]\\-z]+', path: '/]-', takes: '/]-' },
    { source: '/\\pL+\\p{Nd}', path: '/é1', takes: '/é1' },
    { source: '/[\\pL]+', path: '/é', takes: '/é' },
    { source: '/\\x41\\x{42}', path: '/AB', takes: '/AB' },
    { source: '/\\-\\_\\"\\%\\/\\.', path: '/-_"%/.', takes: '/-_"%/.' },
    { source: '/]}', path: '/]}', takes: '/]}' },
    { source: '/a{2}', path: '/aaa', takes: '/aa' },
    { source: '/a{2,}?b', path: '/aaab', takes: '/aaab' },
    { source: '/.', path: '/🐟', takes: '/🐟' },
  ])('takes $takes of $path for $source', ({ source, path, takes }) => {
    expect(matched(source, path)).toBe(takes)
  })

  it.each([{ source: '/(?P<id>\\d+)' }, { source: '/(?<id>\\d+)' }])(
    'names the group of $source',
    ({ source }) => {
      expect(compilePathRegex(source).exec('/42')?.groups).toMatchObject({ id: '42' })
    },
  )

  it.each([
    { source: '/(a', reason: 'group' },
    { source: '/a)', reason: 'unopened group' },
    { source: '/[a', reason: 'unclosed' },
    { source: '/a\\', reason: 'backslash' },
    { source: '/*+*', reason: 'repeat' },
    { source: '/a{', reason: 'literal {' },
    { source: '/(?=a)', reason: 'look-around' },
    { source: '/(?!a)', reason: 'look-around' },
    { source: '/(?<=a)', reason: 'look-around' },
    { source: '/(?<!a)', reason: 'look-around' },
    { source: '/(a)\\1', reason: 'back-references' },
    { source: '/(?<n>a)\\k<n>', reason: 'back-references' },
    { source: '/(?>a)', reason: 'group' },
    { source: '/(?P=n)', reason: 'group' },
    { source: '/(?x)a', reason: 'flag' },
    { source: '/[[a]', reason: 'literal [' },
    { source: '/[a&&b]', reason: 'set operations' },
    { source: '/[[:nope:]]', reason: ':nope:' },
    { source: '/(?<a>x)(?<a>y)', reason: 'Duplicate' },
    { source: '/[z-a]', reason: 'order' },
  ])('refuses $source and says why', ({ source, reason }) => {
    expect(() => compilePathRegex(source)).toThrow(
      expect.objectContaining({
        code: 'POSTERN_ROUTER_REGEX_INVALID',
        message: expect.stringContaining(reason),
      }),
    )
  })

  it.each([
    { source: `/${'a'.repeat(2047)}`, reason: undefined },
    { source: `/${'a'.repeat(2048)}`, reason: 'longer than 2048 characters' },
    { source: `/${nest(100)}`, reason: undefined },
    { source: `/${nest(101)}`, reason: 'deeper than 100 levels' },
    { source: `/${nest(20_000)}`, reason: 'longer than 2048 characters' },
    { source: '/(?:a{0,44}){0,44}$', reason: undefined },
    { source: '/(?:a{0,100}){0,100}$', reason: 'more than 4096 steps' },
    { source: '/a{0,2000}$', reason: undefined },
    { source: '/(?:a{0,101}){0,100}$', reason: 'multiply to more than 10000' },
  ])('says of the size of $source: $reason', ({ source, reason }) => {
    for (const compile of [compilePathRegex, compileHeaderRegex]) {
      if (reason === undefined) expect(() => compile(source)).not.toThrow()
      else {
        const message = expect.stringMatching(new RegExp(`^.{0,300}${reason}$`))
        expect(() => compile(source)).toThrow(
          expect.objectContaining({ code: 'POSTERN_ROUTER_REGEX_INVALID', message }),
        )
      }
    }
  })

  it.each([
    { source: '/users/\\d+', prefix: '/users/' },
    { source: '/foo\\.bar$', prefix: '/foo.bar' },
    { source: '/ab?c', prefix: '/a' },
    { source: '/ab*', prefix: '/a' },
    { source: '/ab{0,2}', prefix: '/a' },
    { source: '/ab+c', prefix: '/ab' },
    { source: '/a\\.?b', prefix: '/a' },
    { source: '/(a|b)', prefix: '/' },
    { source: '/a|/b', prefix: '' },
    { source: '/(?i)a', prefix: '/' },
    { source: '/a\\d', prefix: '/a' },
    { source: '/a\\Bx', prefix: '/a' },
    { source: '/🐟?a', prefix: '/' },
    { source: '/é/', prefix: '/é/' },
    { source: '', prefix: '' },
  ])('knows that $source begins with $prefix', ({ source, prefix }) => {
    expect(compilePathRegex(source).prefix).toBe(prefix)
  })

  it.each([
    { source: '/(a+)+', nested: true },
    { source: '/(a*b)*', nested: true },
    { source: '/((?:a+)b)*', nested: true },
    { source: '/(a+){2,}', nested: false },
    { source: '/(a{1,9})+', nested: false },
    { source: '/(?i)(a+)+', nested: false },
    { source: '/(a+)?', nested: false },
    { source: '/(a+){2}', nested: false },
    { source: '/(ab)+', nested: false },
    { source: '/(a+)b+', nested: false },
    { source: '/[a+]+', nested: false },
    { source: '/(a\\+)+', nested: false },
  ])('leaves a repetition inside a repetition to V8 in $source: $nested', ({ source, nested }) => {
    expect(compilePathRegex(source).nested).toBe(nested)
  })
})

describe('compileHeaderRegex()', () => {
  it.each([
    { source: 'v[0-9]', value: 'xxV1xx', matches: true },
    { source: '^V\\D$', value: 'vX', matches: true },
    { source: '^V\\D$', value: 'v1', matches: false },
  ])('matches $value with $source anywhere, whatever the letter case: $matches', (row) => {
    expect(compileHeaderRegex(row.source).test(row.value)).toBe(row.matches)
  })
})

describe('an expression that a backtracking engine may take for ever for', () => {
  const LONG = 'a'.repeat(8000)

  it.each([
    ['counts inside a repetition', '/(?:a{0,16})+$'],
    ['counts beyond those of V8', '/(a{1,40}){1,40}$'],
    ['letter case ignored', '/(?i)(?:a|aa)+$'],
    ['classes of Unicode', '/(?:\\pL+)+$'],
    ['many repetitions, letter case ignored', '/(?i).*a.*a.*a.*b'],
  ])('is decided at once: %s', (_, source) => {
    const compiled = compilePathRegex(source)
    expect(compiled.test(`/${LONG}!`)).toBe(false)
    expect(compiled.exec(`/${LONG}!`)).toBeNull()
  })

  it('is decided at once for text that needs the flag u', () => {
    expect(compilePathRegex('/(?:\\w+)+$').test(`/${LONG}🐟`)).toBe(false)
  })

  it.each(['(?:a+)+$', '.*a.*a.*b', '(x*)*y'])('is decided at once in a header: %s', (source) => {
    expect(compileHeaderRegex(source).test(`${LONG}!`)).toBe(false)
  })

  it.each([
    ['/(?i)(?:a{1,100}){1,20}b', undefined],
    ['/(?i)(?:a{1,100}){1,40}b', 'more than 4096 steps'],
  ])('is refused where it is too large for that: %s', (source, reason) => {
    const compile = (): unknown => compilePathRegex(source)
    if (reason === undefined) expect(compile).not.toThrow()
    else expect(compile).toThrow(reason)
  })
})
