import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { afterAll, describe, expect, it } from 'vitest'
import { runCommand } from './index.ts'

const scratch = mkdtempSync(path.join(tmpdir(), 'create-plugin-'))
afterAll(() => rmSync(scratch, { recursive: true }))

/** A folder that is not there yet. */
let count = 0
const fresh = () => path.join(scratch, String(++count))

const FILES = [
  '.gitignore',
  'LICENSE',
  'README.md',
  'package.json',
  'src/plugin.ts',
  'src/schema.ts',
  'test/plugin.test.ts',
  'tsconfig.json',
]

function filesIn(folder: string): readonly string[] {
  return readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => path.relative(folder, path.join(entry.parentPath, entry.name)))
    .sort()
}

describe('create-plugin NAME', () => {
  it('writes the files of a package, and tells what is next', async () => {
    const folder = fresh()
    const { exitCode, stdout, stderr } = await runCommand(['my-plugin', '--dir', folder])
    expect([exitCode, stderr]).toEqual([0, ''])
    expect(filesIn(folder)).toEqual(FILES)
    expect(stdout).toContain('src/plugin.ts')
    expect(stdout).toContain('npm test')
  })

  it('writes into an empty folder that is there', async () => {
    const folder = fresh()
    mkdirSync(folder)
    expect((await runCommand([`--dir=${folder}`, '@scope/some.plugin'])).exitCode).toBe(0)
    const manifest = JSON.parse(readFileSync(path.join(folder, 'package.json'), 'utf8')) as unknown
    expect(manifest).toMatchObject({
      name: '@scope/some.plugin',
      keywords: ['postern-plugin'],
      exports: { '.': { default: './dist/plugin.js' } },
      files: ['dist'],
      peerDependencies: { '@postern/plugin-runtime': expect.stringMatching(/^\^\d/) as unknown },
    })
    const text = readFileSync(path.join(folder, 'src/plugin.ts'), 'utf8')
    expect(text).toContain("name: 'some.plugin'")
    expect(text).toContain("'X-Some-Plugin'")
  })

  it('leaves no placeholder, and shows the configuration in the README', async () => {
    const folder = fresh()
    await runCommand(['my-plugin', '--dir', folder])
    for (const file of filesIn(folder)) {
      expect(readFileSync(path.join(folder, file), 'utf8')).not.toContain('{{')
    }
    expect(readFileSync(path.join(folder, 'README.md'), 'utf8')).toContain(
      '| `greeting` | string | `"hello"` | What responses are signed with. |',
    )
  })

  it('writes nothing over what is there', async () => {
    const folder = fresh()
    mkdirSync(folder)
    writeFileSync(path.join(folder, 'README.md'), 'mine')
    const { exitCode, stderr } = await runCommand(['my-plugin', '--dir', folder])
    expect([exitCode, filesIn(folder)]).toEqual([1, ['README.md']])
    expect(stderr).toContain('POSTERN_CREATE_PLUGIN_FOLDER_NOT_EMPTY')
    expect((await runCommand(['x', '--dir', path.join(folder, 'README.md')])).stderr).toContain(
      'is there already',
    )
  })

  it.each([
    [[], 'the name of the plugin is missing'],
    [['a', 'b'], 'one name is expected, not 2'],
    [['a', '--template', 'x'], "Unknown option '--template'"],
    [['a', '--dir'], 'argument missing'],
    [['My-Plugin'], '"My-Plugin" cannot be the name of a package: it has capitals'],
    [['../x'], '"../x" cannot be the name of a package'],
  ])('refuses %j', async (argv, problem) => {
    const { exitCode, stdout, stderr } = await runCommand(argv)
    expect([exitCode, stdout]).toEqual([1, ''])
    expect(stderr).toContain(problem)
    expect(stderr).toMatch(/\(POSTERN_CREATE_PLUGIN_\w+\)\n$/)
  })

  it.each([['--help'], ['-h'], ['a', '--help']])('prints how to use it: %s', async (...argv) => {
    const { exitCode, stdout, stderr } = await runCommand(argv)
    expect([exitCode, stderr]).toEqual([0, ''])
    expect(stdout).toContain('npm create @postern/plugin NAME')
  })
})
