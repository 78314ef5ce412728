import { execFile } from 'node:child_process'
import { mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { promisify } from 'node:util'
import type { Plugin } from '@postern/plugin-runtime'
import { createPluginTest } from '@postern/plugin-testkit'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'

// A plugin as it is when it has just been written: its own tests, its types, its build. What it
// depends on is this repository's.

const ROOT = path.resolve(import.meta.dirname, '../../..')
const scratch = mkdtempSync(path.join(tmpdir(), 'create-plugin-'))
const folder = path.join(scratch, 'my-plugin')
const run = promisify(execFile)

/** Runs a tool of the repository on the new package. */
function tool(name: string, ...args: readonly string[]) {
  const bin = path.join(ROOT, 'node_modules', name)
  const kept = Object.entries(process.env).filter(([key]) => !key.startsWith('VITEST'))
  return run(process.execPath, [bin, ...args], { cwd: folder, env: Object.fromEntries(kept) })
}

beforeAll(async () => {
  const main = path.join(ROOT, 'packages/create-plugin/src/main.ts')
  const args = ['--conditions=@postern/source', main, 'my-plugin', '--dir', folder]
  await run(process.execPath, args, { cwd: scratch })
  symlinkSync(path.join(ROOT, 'node_modules'), path.join(folder, 'node_modules'))
})
afterAll(() => rmSync(scratch, { recursive: true }))

// Whole tools run here, which takes longer than a test usually may.
const TIMEOUT_MS = 90_000

describe('a plugin that has just been written', { timeout: TIMEOUT_MS }, () => {
  it('is a plugin', async () => {
    const module = (await import(path.join(folder, 'src/plugin.ts'))) as {
      readonly default: Plugin
    }
    const { status, headers } = await createPluginTest(module.default).run()
    expect([module.default.name, status, headers.get('x-my-plugin')]).toEqual([
      'my-plugin',
      200,
      'hello',
    ])
  })

  it('passes its tests', async () => {
    // From source, so that nothing has to be built first.
    const conditions = "['@postern/source', 'node', 'import', 'default']"
    writeFileSync(
      path.join(folder, 'vitest.config.ts'),
      `export default { ssr: { resolve: { conditions: ${conditions} } }, test: { execArgv: ['--conditions=@postern/source'] } }`,
    )
    await tool('vitest/vitest.mjs', 'run', '--reporter=json', '--outputFile=report.json')
    const report = JSON.parse(readFileSync(path.join(folder, 'report.json'), 'utf8')) as unknown
    expect(report).toMatchObject({ success: true, numPassedTests: 6, numTotalTests: 6 })
  })

  it('has types that fit', async () => {
    const options = ['--noEmit', '--rootDir', '/', '--customConditions', '@postern/source']
    await expect(tool('typescript/bin/tsc', '-p', '.', ...options)).resolves.toBeDefined()
  })

  it('is built into what package.json exports', async () => {
    await tool('typescript/bin/tsc', '-p', '.', '--noCheck')
    const manifest = JSON.parse(readFileSync(path.join(folder, 'package.json'), 'utf8')) as {
      readonly exports: { readonly '.': { readonly default: string; readonly types: string } }
    }
    const built = readFileSync(path.join(folder, manifest.exports['.'].default), 'utf8')
    expect(built).toMatch(/from ['"]\.\/schema\.js['"]/)
    const types = readFileSync(path.join(folder, manifest.exports['.'].types), 'utf8')
    expect(types).toContain('declare const plugin: Plugin')
  })
})
