import { describe, expect, it } from 'vitest'
import { regexProblem } from './regex-problem.ts'

const LONG = 'regular expression is longer than 2048 characters'
const DEEP = 'parentheses are nested deeper than 100 levels'
const MANY = 'nested repetitions multiply to more than 10000'

function nest(open: string, count: number, inner = 'a'): string {
  return `/${open.repeat(count)}${inner}${')'.repeat(count)}`
}

describe('regexProblem()', () => {
  it.each([
    { title: 'nothing', source: '', problem: undefined },
    { title: '2048 characters', source: 'a'.repeat(2048), problem: undefined },
    { title: '2049 characters', source: 'a'.repeat(2049), problem: LONG },
    { title: '1024 characters of two units', source: '🐟'.repeat(1024), problem: undefined },
    { title: '1025 characters of two units', source: '🐟'.repeat(1025), problem: LONG },
    { title: '20,000 groups', source: nest('(a|', 20_000), problem: LONG },
    { title: 'a million open classes', source: '['.repeat(1_000_000), problem: LONG },
  ])('says of the length of $title: $problem', ({ source, problem }) => {
    expect(regexProblem(source)).toBe(problem)
  })

  it.each([
    { title: '100 groups', source: nest('(', 100), problem: undefined },
    { title: '101 groups', source: nest('(', 101), problem: DEEP },
    { title: '101 groups that nobody closes', source: '('.repeat(101), problem: DEEP },
    { title: '100 groups without capture', source: nest('(?:', 100), problem: undefined },
    { title: '101 groups without capture', source: nest('(?:', 101), problem: DEEP },
    { title: '100 named groups', source: nest('(?<a>', 100), problem: undefined },
    { title: '101 named groups', source: nest('(?<a>', 101), problem: DEEP },
    { title: '101 groups named as in Rust', source: nest('(?P<a>', 101), problem: DEEP },
    { title: '100 groups with flags', source: nest('(?i-s:', 100), problem: undefined },
    { title: '101 groups with flags', source: nest('(?i-s:', 101), problem: DEEP },
    { title: '101 look-aheads', source: nest('(?=', 101), problem: DEEP },
    { title: '101 look-behinds', source: nest('(?<!', 101), problem: DEEP },
    { title: '100 groups and (?i)', source: nest('(', 100, '(?i)a'), problem: undefined },
    { title: '300 times (?i)', source: '(?i)'.repeat(300), problem: undefined },
    { title: '100 groups, each with (?i)', source: nest('((?i)', 100), problem: undefined },
    { title: '101 groups, each with (?i)', source: nest('((?i)', 101), problem: DEEP },
    { title: '500 groups beside each other', source: '(a)'.repeat(500), problem: undefined },
    { title: '500 escaped parentheses', source: '\\('.repeat(500), problem: undefined },
    { title: '101 groups behind a backslash', source: nest('\\\\(', 101), problem: DEEP },
    { title: '500 parentheses in a class', source: `[${'('.repeat(500)}]`, problem: undefined },
    { title: 'a class that begins with ]', source: `[]${'('.repeat(500)}]`, problem: undefined },
    { title: 'a class that begins with ^]', source: `[^]${'('.repeat(500)}]`, problem: undefined },
    { title: 'an escaped ] in a class', source: `[\\]${'('.repeat(500)}]`, problem: undefined },
    { title: 'a class in a class', source: `[[:alpha:]${'('.repeat(500)}]`, problem: undefined },
    { title: 'groups behind a class', source: `[a]${nest('(', 101)}`, problem: DEEP },
    { title: 'groups behind [\\\\]', source: `[\\\\]${nest('(', 101)}`, problem: DEEP },
    { title: 'groups behind [[:alpha:]]', source: `[[:alpha:]]${nest('(', 101)}`, problem: DEEP },
    { title: 'groups behind an escaped [', source: `\\[${nest('(', 101)}]`, problem: DEEP },
  ])('says of the depth of $title: $problem', ({ source, problem }) => {
    expect(regexProblem(source)).toBe(problem)
  })

  it.each([
    { source: 'a{10000}', problem: undefined },
    { source: 'a{10001}', problem: MANY },
    { source: 'a{0,10000}', problem: undefined },
    { source: 'a{0,10001}', problem: MANY },
    { source: 'a{10000,}', problem: undefined },
    { source: 'a{10001,}', problem: MANY },
    { source: 'a{99999999999999999999999}', problem: MANY },
    { source: '(?:a{0,100}){0,100}', problem: undefined },
    { source: '(?:a{0,100}){0,101}', problem: MANY },
    { source: '~/(?:a{0,500}){0,500}$', problem: MANY },
    { source: '(?:(?:a{100}b){10}c){10}', problem: undefined },
    { source: '(?:(?:a{100}b){10}c){11}', problem: MANY },
    { source: '(?:a{100}?){101}?', problem: MANY },
    { source: 'a{100}{101}', problem: MANY },
    { source: 'a{100}+{101}', problem: MANY },
    { source: '(?:(?:a{101})+){100}', problem: MANY },
    { source: '(?:(?:a{101})?){100}', problem: MANY },
    { source: '(?:a+){10000}', problem: undefined },
    { source: '((((a+)+)*)+)*', problem: undefined },
    { source: '(?:b|a{101}|c){100}', problem: MANY },
    { source: '(?:a{101}b){100}', problem: MANY },
    { source: '(?:(?:a{101}){0}){100}', problem: MANY },
    { source: '(?<n>a{101}){100}', problem: MANY },
    { source: '(?P<n>a{101}){100}', problem: MANY },
    { source: '(?i:a{101}){100}', problem: MANY },
    { source: '(?:(?i)a{101}){100}', problem: MANY },
    { source: '(?i)a{100}b{101}', problem: undefined },
    { source: '(?:a{100})b{101}', problem: undefined },
    { source: '(?:a{100}b)(?:c{101})', problem: undefined },
    { source: '[a{200}]{100}', problem: undefined },
    { source: '[a]{10001}', problem: MANY },
    { source: '[^]{10001}]', problem: undefined },
    { source: '\\x{20000}', problem: undefined },
    { source: '\\u{20000}', problem: undefined },
    { source: '[\\x{20000}]', problem: undefined },
    { source: '\\p{Greek}{10001}', problem: MANY },
    { source: '\\x{41}{10001}', problem: MANY },
    { source: 'a\\{20000}', problem: undefined },
    { source: 'a\\\\{20000}', problem: MANY },
    { source: 'a{,20000}', problem: undefined },
    { source: '/v{id}/{20000}', problem: MANY },
    { source: ')){100}', problem: undefined },
    { source: ')a{101}){100}', problem: MANY },
  ])('says of the repetitions of $source: $problem', ({ source, problem }) => {
    expect(regexProblem(source)).toBe(problem)
  })
})
