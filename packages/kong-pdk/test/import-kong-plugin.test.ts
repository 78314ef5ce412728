import { execFile } from 'node:child_process'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { pathToFileURL } from 'node:url'
import { promisify } from 'node:util'
import { afterAll, describe, expect, it } from 'vitest'

/** The files of plugins, as their authors write them. */
const FILES = {
  'typed.ts': `import kong from 'kong-pdk/kong'
import { basename } from 'node:path'

interface Config {
  readonly message?: string
}

class Plugin {
  constructor(private readonly config: Config) {}

  async access(kong: kong) {
    const where = \`\${basename(__filename)} \${require('node:path').basename(__dirname).length}\`
    await kong.response.exit(200, \`\${this.config.message ?? 'hello'} from \${where}\`)
  }
}

module.exports = {
  Plugin,
  Schema: [{ message: { type: 'string' } }],
  Version: '0.1.0',
  Priority: 7,
}
`,
  'typed-module.ts': `import type { Kong } from 'kong-pdk'
import kong, {
  type Other,
} from "kong-pdk/kong";

export class Plugin {
  async access(kong: kong) {
    await kong.response.exit(200, 'module')
  }
}
`,
  'assigned.ts': `import kong from 'kong-pdk/kong'
exports.Plugin = class {
  async access(kong: kong): Promise<void> {
    await kong.response.exit(200, 'assigned')
  }
}
`,
  'plain.cjs': `class Plugin {
  async access(kong) {
    await kong.response.exit(200, 'plain')
  }
}
module.exports = { Plugin, Name: 'Named' }
`,
  'package.json': '{ "type": "module" }',
  'commonjs.js': `'use strict'
const { basename } = require('node:path')
const { body } = require('./body.cjs')
class Plugin {
  async access(kong) {
    await kong.response.exit(200, body + ' in ' + basename(__filename))
  }
}
module.exports = { Plugin }
`,
  'body.cjs': `exports.body = 'commonjs'`,
  'module.js': `export class Plugin {
  async access(kong) {
    await kong.response.exit(200, import.meta.url.slice(-9))
  }
}
`,
  'lines.ts': `import kong from 'kong-pdk/kong'

interface Nothing {}

throw new Error('told with its line')
module.exports = {}
`,
}

const folder = mkdtempSync(path.join(tmpdir(), 'kong-pdk-'))
for (const [name, text] of Object.entries(FILES)) writeFileSync(path.join(folder, name), text)
afterAll(() => rmSync(folder, { recursive: true }))

const run = promisify(execFile)

/** Imports a plugin, and prints what it is and what it answers. */
const SCRIPT = `
import { adaptKongPlugin, importKongPlugin } from '@postern/kong-pdk'
import { createPluginTest } from '@postern/plugin-testkit'
const url = process.argv[1]
const plugin = adaptKongPlugin(await importKongPlugin(url), { fileName: url })
const { name, version, priority } = plugin
const { body } = await createPluginTest(plugin).run()
console.log(JSON.stringify({ name, version, priority, body }))
`

/** In a process of its own: the test runner imports in its own way. */
function importPlugin(file: string): Promise<{ readonly stdout: string }> {
  const url = pathToFileURL(path.join(folder, file)).href
  const args = ['--conditions=@postern/source', '--input-type=module', '--eval', SCRIPT, url]
  return run(process.execPath, args, { cwd: import.meta.dirname })
}

describe('importKongPlugin()', () => {
  it.each([
    ['typed.ts', 'typed', '0.1.0', 7, `hello from typed.ts ${path.basename(folder).length}`],
    ['typed-module.ts', 'typed-module', '0.0.0', 0, 'module'],
    ['assigned.ts', 'assigned', '0.0.0', 0, 'assigned'],
    ['commonjs.js', 'commonjs', '0.0.0', 0, 'commonjs in commonjs.js'],
    ['module.js', 'module', '0.0.0', 0, 'module.js'],
    ['plain.cjs', 'named', '0.0.0', 0, 'plain'],
  ])('imports %s', async (file, name, version, priority, body) => {
    expect(JSON.parse((await importPlugin(file)).stdout)).toEqual({ name, version, priority, body })
  })

  it('keeps the numbers of lines', async () => {
    await expect(importPlugin('lines.ts')).rejects.toThrow('lines.ts:5')
  })

  it.each(['nothing.ts', 'nothing.js'])('tells that there is no %s', async (file) => {
    await expect(importPlugin(file)).rejects.toThrow('ERR_MODULE_NOT_FOUND')
  })
})
