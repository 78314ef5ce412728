import { describe, expect, it } from 'vitest'
import { ConfigError } from '../config/config-error.ts'
import { parseYaml } from './yaml-document.ts'

const valueOf = (text: string) => parseYaml(text, 'kong.yml').value

/** `line:column code message` of everything that is wrong. */
function problemsOf(text: string): readonly string[] {
  try {
    parseYaml(text, 'kong.yml')
    return []
  } catch (error) {
    if (!(error instanceof ConfigError)) throw error
    return error.problems.map(({ line, column, message }) => `${line}:${column} ${message}`)
  }
}

describe('parseYaml()', () => {
  it.each([
    ['a: 1', { a: 1 }],
    ['{"a": [1,\n\t"b"]}', { a: [1, 'b'] }],
    ['a: 1\r\nb:\r\n- c\r\n', { a: 1, b: ['c'] }],
    ['', null],
    ['# only a comment\n', null],
    ['a: |\n  one\n  two\n', { a: 'one\ntwo\n' }],
    // As Kong's parser, which knows YAML 1.1.
    ['a: [yes, no, on, off]', { a: [true, false, true, false] }],
    ['a: "yes"', { a: 'yes' }],
    ['v: 3.0\nw: "3.0"', { v: 3, w: '3.0' }],
    ['base: &b {x: 1, y: 1}\nc: {<<: *b, y: 2}', { base: { x: 1, y: 1 }, c: { x: 1, y: 2 } }],
    ['a: &x [1]\nb: *x', { a: [1], b: [1] }],
    ['on: 1\nY: 2\n8: 3', { on: 1, Y: 2, 8: 3 }],
    // A configuration has no times.
    ['tag: 2024-01-01', { tag: '2024-01-01' }],
    ['__proto__: {a: 1}', JSON.parse('{"__proto__": {"a": 1}}')],
  ])('reads %j', (text, value) => {
    expect(valueOf(text)).toEqual(value)
  })

  it.each([
    ['a: [b', /^1:6 .*Flow sequence/],
    ['a: 1\nb: 2\na: 3', /^3:1 .*Map keys must be unique/],
    ['{"a": 1,\n "a": 2}', /^2:2 .*Map keys must be unique/],
    ['a: 1\n---\nb: 2', /^2:1 .*multiple documents/],
    ['a:\n\tb: 1', /^2:1 .*[Tt]ab/],
    ['a: *nobody', /^1:1 .*nobody/],
    ['a: !!binary aGk=', /^1:4 .*[Tt]ag/],
    ['a: !include other.yml', /^1:4 .*[Tt]ag/],
    ['{bad', /^1:\d .*/],
  ])('tells where %j is broken', (text, told) => {
    expect(problemsOf(text)[0]).toMatch(told)
  })

  it('tells twenty errors at most', () => {
    expect(problemsOf('a: 1\n'.repeat(100))).toHaveLength(20)
  })
})

describe('parseYaml(): hostile documents', () => {
  const bomb = ['a0: &a0 [x, x, x, x, x, x, x, x, x, x]']
  for (let i = 1; i < 10; i++) {
    bomb.push(`a${i}: &a${i} [${Array.from({ length: 10 }, () => `*a${i - 1}`).join(', ')}]`)
  }
  const block = `base: &b [${Array.from({ length: 1000 }, () => 'x').join(', ')}]\n`

  it.each([
    ['a billion laughs', bomb.join('\n'), 'alias'],
    ['lists in lists', `${'['.repeat(3000)}${']'.repeat(3000)}`, 'nested too deeply'],
    ['maps in maps', `${'{a: '.repeat(3000)}1${'}'.repeat(3000)}`, 'nested too deeply'],
    ['a part that contains itself', 'a: &x [*x]', 'more than 2000000 parts'],
    [
      'a long block that stands in thousands of places',
      `${block}all: [${Array.from({ length: 3000 }, () => '*b').join(', ')}]`,
      'more than 2000000 parts',
    ],
  ])('refuses %s', (_what, text, told) => {
    expect(problemsOf(text).join('\n')).toContain(told)
  })

  it('lets a thousand Routes share a block', () => {
    const routes = Array.from({ length: 1000 }, (_, i) => `- {name: r${i}, <<: *b}`).join('\n')
    expect(problemsOf(`base: &b {paths: [/a]}\nroutes:\n${routes}\n`)).toEqual([])
  })
})

describe('parseYaml().placeOf()', () => {
  const text = [
    'services:',
    '- name: a',
    '  port: many',
    '  url:',
    'base: &b {host: h}',
    'routes:',
    '- <<: *b',
    '  paths: ["/a", "b"]',
  ].join('\n')
  it.each([
    [['services', 0, 'port'], 'value', '3:9'],
    [['services', 0, 'port'], 'key', '3:3'],
    [['services', 0], 'value', '2:3'],
    // What is missing has the place of what it is missing in; what is empty that of its name.
    [['services', 0, 'host'], 'value', '2:3'],
    [['services', 0, 'url'], 'value', '4:3'],
    [['services', 7, 'name'], 'value', '2:1'],
    [['routes', 0, 'paths', 1], 'value', '8:17'],
    [['routes', 0, 'host'], 'value', '7:3'],
    [['nope'], 'value', '1:1'],
    [[], 'value', '1:1'],
  ] as const)('says of the place of %j (%s): %s', (keys, which, place) => {
    const { line, column } = parseYaml(text, 'kong.yml').placeOf(keys, which)
    expect(`${line}:${column}`).toBe(place)
  })
})
