import { mkdirSync, mkdtempSync, realpathSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { formatProblem } from '../cli/format-problem.ts'
import { loadConfig } from '../config/load-config.ts'
import { createFunctionEngine } from '../functions/function-engine.ts'
import { createKongLog } from '../kong-log.ts'
import { createOperatorLog } from '../operator-log.ts'
import { loadPluginCatalog } from '../plugin-catalog.ts'
import { describePlugins } from '../plugin-descriptions.ts'
import { type DeclarativeNeeds, MAX_FILE_BYTES, readDeclarative } from './read-declarative.ts'

let folder: string
let needs: DeclarativeNeeds
beforeAll(async () => {
  folder = realpathSync(mkdtempSync(path.join(tmpdir(), 'postern-declarative-')))
  needs = await needsWith('sandbox')
})
afterAll(() => rmSync(folder, { recursive: true }))

async function needsWith(mode: string): Promise<DeclarativeNeeds> {
  const { config } = loadConfig({ env: {}, folder, overrides: { untrusted_functions: mode } })
  const catalog = await loadPluginCatalog(config.plugins)
  const engine = createFunctionEngine(config, { log: createKongLog(createOperatorLog('emerg')) })
  const plugins = describePlugins(catalog, engine)
  return { config, entities: catalog.entities, plugins, salt: 'salt' }
}

function write(name: string, text: string | Uint8Array): string {
  const file = path.join(folder, name)
  mkdirSync(path.dirname(file), { recursive: true })
  writeFileSync(file, text)
  return file
}

/** A kong.yml with one exit-transformer, whose functions are these. */
const withFunctions = (functions: readonly string[], config = '') =>
  `_format_version: "3.0"\nplugins:\n- name: exit-transformer\n  config:\n${config}    functions:\n${functions
    .map((one) => `    - ${JSON.stringify(one)}\n`)
    .join('')}`

/** Problems as `postern check` prints them, without the folder. */
function told(text: string | Uint8Array, using = needs): string {
  const { problems } = readDeclarative(write('kong.yml', text), using)
  const lines = problems.map((problem) => formatProblem(problem, { colours: false }))
  return lines.join('\n').replaceAll(`${folder}/`, '')
}

describe('readDeclarative()', () => {
  it('answers the entities of a file, of a byte order mark and of CRLF too', () => {
    const lines = [
      '\uFEFF_format_version: "3.0"',
      'services:',
      '- name: a',
      '  url: http://a.test',
      '',
    ]
    const file = write('kong.yml', lines.join('\r\n'))
    const { rows, problems, files } = readDeclarative(file, needs)
    expect(rows?.map(({ entity, row }) => [entity, row.host])).toEqual([['services', 'a.test']])
    expect([problems, files]).toEqual([[], [file]])
  })

  it('tells every problem at its place, with the value and the line', () => {
    const text = `_format_version: "3.0"
services:
- name: orders
  host: orders.test
  port: "8000"
  routes:
  - paths: [orders]
    plugins:
    - name: cors
  colour: red
routes:
- paths: [/a]
  service: {name: orders}
- paths: [/b]
  service: nope
`
    expect(
      told(text),
    ).toBe(`kong.yml:5:9: error: services[0].port: expected an integer, found "8000"
    5 |   port: "8000"
      |         ^
kong.yml:7:13: error: services[0].routes[0].paths[0]: should start with: / (fixed path) or ~/ (regex path), found "orders"
    7 |   - paths: [orders]
      |             ^
kong.yml:9:13: error: services[0].routes[0].plugins[0].name: plugin 'cors' not enabled; add it to the 'plugins' configuration property
    9 |     - name: cors
      |             ^
kong.yml:10:3: error: services[0].colour: unknown field
   10 |   colour: red
      |   ^
kong.yml:13:12: error: routes[0].service.id: missing primary key
   13 |   service: {name: orders}
      |            ^
kong.yml:15:12: error: routes[1].service: invalid reference 'service: nope' (no such entry in 'services')
   15 |   service: nope
      |            ^`)
  })

  it.each([
    ['no file', undefined, 'ENOENT'],
    ['an empty file', '', 'expected an object'],
    ['a list', '- a', 'expected an object'],
    ['no format', 'services: []', '_format_version: required field missing'],
    ['a format that is a number', '_format_version: 3.0', 'expected a string, found 3'],
    ['what is no YAML', 'a: [', 'not YAML or JSON'],
    [
      'a shell-style variable',
      '_format_version: "3.0"\nservices:\n- host: $HOST',
      'invalid value: $HOST',
    ],
    ['bytes that are no UTF-8', Uint8Array.of(0x61, 0xff), 'not UTF-8'],
    ['a byte that is 0', Uint8Array.of(0x61, 0), 'byte 2 is 0'],
    ['more than 10 MiB', new Uint8Array(MAX_FILE_BYTES + 1).fill(0x20), 'at most 10485760'],
  ])('tells of %s', (_what, text, message) => {
    if (text === undefined) {
      const { problems } = readDeclarative(path.join(folder, 'none.yml'), needs)
      expect(problems[0]?.message).toContain(message)
    } else expect(told(text)).toContain(message)
  })

  it('tells a hundred problems, and how many more there are', () => {
    const text = `_format_version: "3.0"\nservices:\n${'- {host: "a b"}\n'.repeat(150)}`
    const lines = told(text).split('\n')
    expect(lines.filter((line) => line.includes('error:'))).toHaveLength(101)
    expect(lines.at(-1)).toContain('50 more problems')
  })

  it('shows neither secrets nor lines that hold one', () => {
    const shown = told(`_format_version: "3.0"
consumers:
- username: ann
  keyauth_credentials:
  - {key: s3cr3t}
  - {key: s3cr3t}
  - {key: t0ps3cret2, ttl: never}
  - key: {a: t0ps3cret}
`)
    expect(shown).toContain('expected')
    expect(shown).toContain('keyauth_credentials[1]: uniqueness violation')
    expect(shown).not.toMatch(/s3cr3t|t0ps3cret/)
  })

  it('warns of what has no effect', () => {
    const text = `_format_version: "3.0"
_info: {select_tags: [a]}
services:
- host: a.test
  plugins:
  - name: exit-transformer
    config: {handle_unknown: true, functions: ["return function() end"]}
`
    expect(told(text)).toMatch(
      /^kong.yml:2:1: warning: _info.*\n.*\n.*\nkong.yml:6:5: warning: services\[0\].plugins\[0\]: handle_unknown has no effect/,
    )
  })
})

describe('readDeclarative(): functions from files', () => {
  it.each([
    ['errors.ts', '(status: number) => [status]'],
    ['deep/er/errors.lua', 'return function(s, b, h) return s, b, h end'],
    ['errors.js', '(s, b, h) => [s, b, h]'],
    ['..data/errors.mjs', 'export default (s) => [s]'],
  ])('takes %s beside the file', (name, source) => {
    const named = write(name, source)
    const file = write('kong.yml', withFunctions([`@./${name}`, `@${name}`, `@${named}`]))
    const { rows, problems, files } = readDeclarative(file, needs)
    expect(problems).toEqual([])
    expect(rows?.[0]?.row.config).toMatchObject({ functions: [source, source, source] })
    expect(files).toEqual([file, named])
  })

  it('takes them for each phase of pre-function and post-function', () => {
    write('set.lua', 'kong.service.request.set_header("a", "b")')
    const phases = '{access: ["@./set.lua"], header_filter: ["@./set.lua"]}'
    const route = `  - {name: post-function, config: ${phases}}`
    const text = `_format_version: "3.0"\nroutes:\n- paths: [/]\n  plugins:\n${route}\nplugins:\n- {name: pre-function, config: ${phases}}\n`
    const { rows, problems } = readDeclarative(write('kong.yml', text), needs)
    expect(problems).toEqual([])
    const configs = rows?.flatMap(({ row }) => (row.config === undefined ? [] : [row.config]))
    expect(configs).toHaveLength(2)
    for (const config of configs ?? []) {
      expect(config).toMatchObject({
        access: ['kong.service.request.set_header("a", "b")'],
        header_filter: ['kong.service.request.set_header("a", "b")'],
      })
    }
  })

  it('lets other plugins have texts that begin so', () => {
    const text = `_format_version: "3.0"\nplugins:\n- {name: request-termination, config: {message: "@./x.lua"}}\n`
    const { rows } = readDeclarative(write('kong.yml', text), needs)
    expect(rows?.[0]?.row.config).toMatchObject({ message: '@./x.lua' })
  })

  it.each([
    ['broken.lua', 'return function(s)\n  return s +\nend', 'broken.lua:3:1'],
    ['broken.ts', '(s: number) =>\n  s s', 'broken.ts:2:5'],
    ['broken.js', '(s) =>\n\n  import("fs")', 'broken.js:3:3'],
  ])('tells of a fault in %s at its place there', (name, source, place) => {
    write(name, source)
    const lines = told(withFunctions([`@./${name}`, 'return function() end']))
    expect(lines).toContain(`${place}: error: `)
    expect(lines).not.toContain('kong.yml')
  })

  it.each([
    ['@./none.lua', 'ENOENT'],
    ['@./folder.lua', 'EISDIR'],
    ['@../up.lua', 'it is outside of'],
    ['@./a/../../up.lua', 'it is outside of'],
    ['@./kong.yml', 'expected a name ending in .lua, .js, .mjs, .ts'],
    ['@', 'expected a name ending in'],
    ['@./x.constructor', 'expected a name ending in'],
    ['@./empty.lua', 'it is empty'],
    ['@./latin.lua', 'not UTF-8'],
    ['@./long.lua', '65537 bytes'],
  ])('refuses %s: %s', (name, reason) => {
    mkdirSync(path.join(folder, 'folder.lua'), { recursive: true })
    write('empty.lua', ' \n')
    write('latin.lua', Uint8Array.of(0x2d, 0x2d, 0xe9))
    write('long.lua', '-'.repeat(65_537))
    const lines = told(withFunctions([name])).split('\n')
    expect(lines[0]).toMatch(/^kong.yml:6:7: error: plugins\[0\].config.functions\[0\]: /)
    expect(lines[0]).toContain(reason)
    expect(lines.filter((line) => line.includes('error:'))).toHaveLength(1)
  })

  it('takes a file of 64 KiB', () => {
    write('limit.lua', `--${' '.repeat(65_536 - 25)}\nreturn function() end`.slice(0, 65_536))
    expect(told(withFunctions(['@./limit.lua']))).toBe('')
  })

  it('names files that cannot be read among those to watch', () => {
    const file = write('kong.yml', withFunctions(['@./later.lua']))
    expect(readDeclarative(file, needs).files).toEqual([file, path.join(folder, 'later.lua')])
  })

  it('follows symbolic links, which is how volumes of Kubernetes are made', () => {
    write('..data/linked.lua', 'return function() end')
    rmSync(path.join(folder, 'linked.lua'), { force: true })
    symlinkSync('..data/linked.lua', path.join(folder, 'linked.lua'))
    expect(told(withFunctions(['@./linked.lua']))).toBe('')
  })

  it('tells that functions are switched off where the file names one', async () => {
    write('fine.lua', 'return function() end')
    const shown = told(withFunctions(['@./fine.lua']), await needsWith('off'))
    expect(shown).toContain('kong.yml:6:7: error: plugins[0].config.functions[0]')
    expect(shown).toContain('untrusted_functions')
  })

  it('tells of JavaScript where only Lua can run at the line that asks for it', () => {
    write('filter.js', '() => {}')
    const text = `_format_version: "3.0"\nplugins:\n- name: pre-function\n  config:\n    body_filter: ["@./filter.js"]\n`
    expect(told(text)).toMatch(/^kong.yml:5:19: error: .*JavaScript cannot run in body_filter/)
  })
})
