import { execFileSync } from 'node:child_process'
import { mkdirSync, mkdtempSync, rmSync, symlinkSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { createAdminClient } from './admin-client.ts'
import { startProgram } from './start-program.ts'

// A plugin that the command has just written, in a real gateway: its source by path, and the built
// package by name, installed where the gateway is started.

const ROOT = path.resolve(import.meta.dirname, '../../..')
const scratch = mkdtempSync(path.join(tmpdir(), 'postern-created-'))
const plugin = path.join(scratch, 'plugin')
const start = path.join(scratch, 'start')

beforeAll(() => {
  const main = path.join(ROOT, 'packages/create-plugin/src/main.ts')
  const args = ['--conditions=@postern/source', main, '@acme/greeter', '--dir', plugin]
  execFileSync(process.execPath, args)
  symlinkSync(path.join(ROOT, 'node_modules'), path.join(plugin, 'node_modules'))
  const tsc = path.join(ROOT, 'node_modules/typescript/bin/tsc')
  // Its types are checked where it is written: packages/create-plugin/test/standalone.test.ts.
  execFileSync(process.execPath, [tsc, '-p', plugin, '--noCheck'])
  mkdirSync(path.join(start, 'node_modules/@acme'), { recursive: true })
  symlinkSync(plugin, path.join(start, 'node_modules/@acme/greeter'))
})
afterAll(() => rmSync(scratch, { recursive: true, force: true }))

describe('a plugin written by create-plugin', { timeout: 60_000 }, () => {
  it.each([
    { by: 'path', plugins: path.join(plugin, 'src/plugin.ts') },
    { by: 'path from the working directory', plugins: '../plugin/src/plugin.ts' },
    { by: 'name', plugins: '@acme/greeter' },
  ])('is loaded by $by', async ({ plugins }) => {
    const program = await startProgram({
      settings: { workers: '1', plugins: `bundled,${plugins}` },
      prefix: start,
    })
    try {
      const admin = createAdminClient(program.admin)
      const config = { greeting: 'good day', required_header: 'X-Key', status: 418 }
      const { id } = await admin.post('/plugins', { name: 'greeter', config })
      await admin.put('/routes/all', { paths: ['/'] })
      const refused = await fetch(program.proxy)
      expect([refused.status, refused.headers.get('x-greeter'), await refused.json()]).toEqual([
        418,
        'good day',
        { message: 'the header X-Key is missing' },
      ])
      expect((await fetch(program.proxy, { headers: { 'X-Key': 'k' } })).status).toBe(503)
      await admin.delete(`/plugins/${String(id)}`)
    } finally {
      await program.stop()
    }
  })

  it('is not found by a name that is installed nowhere', async () => {
    const settings = { plugins: 'bundled,@acme/nothing' }
    await expect(startProgram({ settings, prefix: start })).rejects.toThrow(
      'npm install @acme/nothing',
    )
  })
})
