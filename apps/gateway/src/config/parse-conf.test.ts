import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { parseConf } from './parse-conf.ts'

function valuesOf(text: string): Record<string, string> {
  return Object.fromEntries(
    parseConf(text, 'postern.conf').settings.map(({ key, value }) => [key, value]),
  )
}

describe('parseConf()', () => {
  it.each([
    { line: 'prefix = /srv', value: '/srv' },
    { line: 'prefix=/srv', value: '/srv' },
    { line: '  prefix  =   /srv  ', value: '/srv' },
    { line: 'prefix = /srv # where we write', value: '/srv' },
    { line: 'prefix = /srv\t#x', value: '/srv' },
    { line: 'prefix = a\\#b', value: 'a#b' },
    { line: 'prefix = a\\#b # c', value: 'a#b' },
    { line: 'prefix = a = b', value: 'a = b' },
    { line: 'prefix =', value: '' },
    { line: 'prefix = # nothing', value: '' },
    { line: 'prefix = "a # b"', value: 'a # b' },
    { line: "prefix = 'a # b' # c", value: 'a # b' },
    { line: 'prefix = \'say "hi"\'', value: 'say "hi"' },
    { line: "prefix = it's", value: "it's" },
    { line: 'prefix = a b \\', value: 'a b \\' },
  ])('reads $line as $value', ({ line, value }) => {
    expect(valuesOf(line)).toEqual({ prefix: value })
  })

  it('leaves out comments and empty lines, whatever ends the lines', () => {
    const text = '\uFEFF# first\r\n\r\n  # indented\r\nprefix = a\r\nworkers = 1\n'
    expect(valuesOf(text)).toEqual({ prefix: 'a', workers: '1' })
  })

  it('tells where key and value stand', () => {
    const { settings } = parseConf('# one\n  workers =  4', 'x.conf')
    expect(settings).toMatchObject([
      {
        keyPlace: { origin: 'x.conf', line: 2, column: 3 },
        valuePlace: { origin: 'x.conf', line: 2, column: 14 },
      },
    ])
  })

  it.each([
    { text: 'prefix', column: 1, message: 'found "prefix", expected "key = value"' },
    { text: '  prefix: x', column: 3, message: 'found "prefix", expected "key = value"' },
    { text: '= x', column: 1, message: 'found "", expected "key = value"' },
    { text: '[section]', column: 1, message: 'found "[section]", expected "key = value"' },
    { text: 'a = "b', column: 5, message: 'found "\\"", expected a closing " in the same line' },
    {
      text: "a = 'b' c",
      column: 5,
      message: 'found "\'", expected nothing but a comment after the closing quote',
    },
  ])('refuses $text', ({ text, column, message }) => {
    const { settings, problems } = parseConf(text, 'postern.conf')
    expect(settings).toEqual([])
    expect(problems).toMatchObject([{ severity: 'error', line: 1, column, message }])
  })

  it('goes on after a problem, so that all of them are told at once', () => {
    const { settings, problems } = parseConf('one\nprefix = a\ntwo', 'postern.conf')
    expect(settings).toHaveLength(1)
    expect(problems.map(({ line }) => line)).toEqual([1, 3])
  })

  it.each([
    { text: 'pg_password = s3cr#t', warned: true },
    { text: 'pg_password = s3cr #t', warned: false },
    { text: 'pg_password = s3cr\\#t', warned: false },
    { text: 'pg_password = "s3cr#t"', warned: false },
  ])('warns of a value that a "#" cuts in two: $text is $warned', ({ text, warned }) => {
    const { problems } = parseConf(text, 'postern.conf')
    expect(problems.map(({ severity, code }) => [severity, code])).toEqual(
      warned ? [['warning', 'POSTERN_CONFIG_VALUE_CUT']] : [],
    )
  })

  it('repeats nothing of a line that may hold a secret', () => {
    const texts = ['pg_password: s3cret', "pg_password = 's3cret' s3cret", 'pg_password = "s3cret']
    for (const text of texts) {
      expect(JSON.stringify(parseConf(text, 'postern.conf').problems)).not.toContain('s3cret')
    }
  })

  it('reads any text without failing, and places each problem in its line', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary', maxLength: 200 }), (text) => {
        const lines = text.split(/\r?\n/).length
        const { settings, problems } = parseConf(text, 'postern.conf')
        expect(settings.length + problems.filter(isError).length).toBeLessThanOrEqual(lines)
        for (const { line } of problems) expect(line).toBeLessThanOrEqual(lines)
      }),
    )
  })

  it('gives back every value that is written with its "#" escaped', () => {
    const plain = fc.stringMatching(/^[\w/.:, =#"'-]*$/).map((text) => text.trim())
    fc.assert(
      fc.property(
        plain.filter((text) => !/^["']/.test(text)),
        (text) => {
          expect(valuesOf(`key = ${text.replaceAll('#', '\\#')}`)).toEqual({ key: text })
        },
      ),
    )
  })

  it('reads a line of a megabyte in reasonable time', () => {
    const startedAtMs = performance.now()
    parseConf(`key${' '.repeat(1_000_000)}x`, 'postern.conf')
    parseConf(`key = ${'\\#'.repeat(500_000)}`, 'postern.conf')
    expect(performance.now() - startedAtMs).toBeLessThan(2_000)
  })
})

function isError({ severity }: { severity: string }): boolean {
  return severity === 'error'
}
