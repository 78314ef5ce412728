import { type ChildProcess, spawn } from 'node:child_process'
import { mkdirSync, mkdtempSync, renameSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { afterEach, describe, expect, it, vi } from 'vitest'
import { runProgram } from './run-program.ts'

vi.setConfig({ testTimeout: 60_000, hookTimeout: 60_000 })

const MAIN = path.resolve(import.meta.dirname, '../src/main.ts')

const started: { readonly child: ChildProcess; readonly exited: Promise<unknown> }[] = []
const folders: string[] = []
afterEach(async () => {
  for (const { child, exited } of started.splice(0)) {
    child.kill('SIGKILL')
    await exited
  }
  for (const folder of folders.splice(0)) rmSync(folder, { recursive: true })
})

const KONG = `_format_version: "3.0"
routes:
- name: hello
  paths: [/hello]
  plugins:
  - name: request-termination
    config: {status_code: 418, message: one}
plugins:
- name: exit-transformer
  config: {handle_unknown: true, timeout_ms: 5000, functions: ["@./functions/errors.lua"]}
`
const tagged = (tag: string) =>
  `return function(status, body, headers)\n  return status, { tag = "${tag}", message = body.message }, headers\nend\n`

function project(): { readonly folder: string; write(name: string, text: string): void } {
  const folder = mkdtempSync(path.join(tmpdir(), 'postern-dev-'))
  folders.push(folder)
  const write = (name: string, text: string): void => {
    mkdirSync(path.dirname(path.join(folder, name)), { recursive: true })
    // All of it at once, so that nothing sees half of it.
    writeFileSync(path.join(folder, `${name}.new`), text)
    renameSync(path.join(folder, `${name}.new`), path.join(folder, name))
  }
  write('kong.yml', KONG)
  write('functions/errors.lua', tagged('first'))
  return { folder, write }
}

/** Runs `postern dev` in a folder and resolves when it serves. */
async function startDev(folder: string, ...args: readonly string[]) {
  const kept = Object.entries(process.env).filter(([name]) => !/^(POSTERN|KONG|VITEST)_/.test(name))
  const child = spawn(process.execPath, ['--conditions=@postern/source', MAIN, 'dev', ...args], {
    cwd: folder,
    env: {
      ...Object.fromEntries(kept),
      POSTERN_PROXY_LISTEN: '127.0.0.1:0',
      POSTERN_ADMIN_LISTEN: '127.0.0.1:0',
      POSTERN_STATUS_LISTEN: 'off',
    },
  })
  const exited = new Promise<number | null>((resolve) => child.once('close', resolve))
  started.push({ child, exited })
  let text = ''
  let heard = 0
  let more = Promise.withResolvers<void>()
  const hear = (chunk: string): void => {
    text += chunk
    more.resolve()
    more = Promise.withResolvers()
  }
  child.stdout.setEncoding('utf8').on('data', hear)
  child.stderr.setEncoding('utf8').on('data', hear)
  /** What it says from now on, up to the first line that holds the text. */
  const said = async (part: string): Promise<string> => {
    for (;;) {
      const at = text.indexOf(part, heard)
      const end = at < 0 ? -1 : text.indexOf('\n', at)
      if (end >= 0) {
        const lines = text.slice(heard, end)
        heard = end + 1
        return lines
      }
      await Promise.race([more.promise, exited.then((code) => ended(code, text))])
    }
  }
  const addresses = await said('; watching, Ctrl-C ends it')
  const [, proxy, admin] = /serves on (\S+); Admin API on (\S+);/.exec(addresses) ?? []
  const ask = async (url: string): Promise<string> => {
    const response = await fetch(`http://${url}`)
    return `${response.status} ${await response.text()}`
  }
  return {
    said,
    addresses,
    get: (url: string) => ask(`${proxy}${url}`),
    admin: (url: string, init?: RequestInit) => fetch(`http://${admin}${url}`, init),
    stop(signal: NodeJS.Signals): Promise<number | null> {
      child.kill(signal)
      return exited
    },
  }
}

function ended(code: number | null, text: string): never {
  throw new Error(`postern dev ended with ${code}: ${text}`)
}

describe('postern dev', () => {
  it('serves a file, and what is saved in it and in its functions at once', async () => {
    const { folder, write } = project()
    const dev = await startDev(folder)
    expect(dev.addresses).toMatch(
      /kong.yml: revision 1 in \d+ ms: 1 route added, 2 plugins added; watching/,
    )
    expect(await dev.get('/hello')).toBe('418 {"tag":"first","message":"one"}')

    // Written over, as many editors do; elsewhere here a new file takes its place.
    writeFileSync(path.join(folder, 'kong.yml'), KONG.replace('message: one', 'message: two'))
    expect(await dev.said('revision 2')).toMatch(
      /kong.yml: revision 2 in \d+ ms: 1 plugin changed$/,
    )
    expect(await dev.get('/hello')).toBe('418 {"tag":"first","message":"two"}')

    write('functions/errors.lua', tagged('second'))
    expect(await dev.said('revision 3')).toMatch(/1 plugin changed$/)
    expect(await dev.get('/nowhere')).toBe(
      '404 {"tag":"second","message":"no Route matched with those values"}',
    )
    expect(await dev.stop('SIGINT')).toBe(0)
  })

  it('tells what is broken at its place, and goes on with what was good', async () => {
    const { folder, write } = project()
    const dev = await startDev(folder, 'kong.yml')
    const good = '418 {"tag":"first","message":"one"}'

    write('kong.yml', KONG.replace('paths:', 'path:'))
    expect(await dev.said('not taken')).toContain(
      'kong.yml:4:3: error: routes[0].path: unknown field',
    )
    expect(await dev.get('/hello')).toBe(good)

    write('kong.yml', `${KONG}  - [`)
    expect(await dev.said('not taken')).toMatch(/kong.yml:\d+:\d+: error: the file is not YAML/)
    expect(await dev.get('/hello')).toBe(good)

    write('kong.yml', KONG)
    expect(await dev.said('revision 1')).toMatch(/nothing changed$/)

    write('functions/errors.lua', 'return function(')
    expect(await dev.said('not taken')).toContain('functions/errors.lua:1:17: error: ')
    expect(await dev.get('/hello')).toBe(good)

    rmSync(path.join(folder, 'functions/errors.lua'))
    expect(await dev.said('not taken')).toContain('kong.yml:10:')
    expect(await dev.get('/hello')).toBe(good)

    write('functions/errors.lua', tagged('mended'))
    await dev.said('revision 2')
    expect(await dev.get('/hello')).toBe('418 {"tag":"mended","message":"one"}')
    expect(await dev.stop('SIGTERM')).toBe(0)
  })

  it('has an Admin API that can be read and not written, and `@` means nothing there', async () => {
    const { folder } = project()
    const dev = await startDev(folder)
    const shown = (await (await dev.admin('/routes/hello')).json()) as { readonly paths: unknown }
    expect(shown.paths).toEqual(['/hello'])
    const post = (url: string, body: object) =>
      dev.admin(url, {
        method: 'POST',
        headers: { 'content-type': 'application/json' },
        body: JSON.stringify(body),
      })
    const written = await post('/services', { name: 'a', url: 'http://a.test' })
    expect([written.status, await written.json()]).toMatchObject([
      405,
      { message: "cannot create 'services' entities when not using a database" },
    ])
    const functions = ['@./functions/errors.lua']
    const named = await post('/plugins', { name: 'exit-transformer', config: { functions } })
    expect([named.status, await named.json()]).toMatchObject([400, { name: 'schema violation' }])
  })

  it('ends with 1 when there is nothing good to serve', async () => {
    const { folder, write } = project()
    write('kong.yml', 'services: []')
    const dev = await runProgram(['dev'], { folder })
    expect([dev.code, dev.stderr]).toMatchObject([
      1,
      expect.stringContaining('kong.yml:1:1: error: _format_version: required field missing'),
    ])
    const none = await runProgram(['dev', 'other.yml'], { folder })
    expect([none.code, none.stderr]).toMatchObject([1, expect.stringContaining('other.yml')])
  })
})

describe('postern dev with modules of functions', () => {
  const MODULES = {
    'postern.conf': 'untrusted_javascript_sandbox_requires = texts=./texts/en.js, ./mark.json\n',
    'texts/en.js': "import { mark } from '../mark.json'\nexport const tag = 'first' + mark",
    'mark.json': '{ "mark": "!" }',
    'kong.yml': KONG.replace('errors.lua', 'errors.js'),
    'functions/errors.js':
      "import { tag } from 'texts'\nexport default (status, body) => [status, { tag }]",
  }
  const BROKEN = "import { mark } from '../mark.json'\nexport const = mark"

  async function startWithModules() {
    const { folder, write } = project()
    for (const [name, text] of Object.entries(MODULES)) write(name, text)
    return { folder, write, dev: await startDev(folder) }
  }

  it('has the next request meet the new text, by functions that are made anew', async () => {
    const { dev, write } = await startWithModules()
    expect(await dev.get('/hello')).toBe('418 {"tag":"first!"}')

    write('texts/en.js', MODULES['texts/en.js'].replace('first', 'second'))
    expect(await dev.said('revision 1')).toMatch(
      /kong.yml: revision 1 in \d+ ms: 1 module changed$/,
    )
    expect(await dev.get('/hello')).toBe('418 {"tag":"second!"}')

    // One that only another module imports, with a change of the file itself.
    write('mark.json', '{ "mark": "?" }')
    expect(await dev.said('revision 1')).toMatch(/1 module changed$/)
    expect(await dev.get('/hello')).toBe('418 {"tag":"second?"}')
    write('kong.yml', MODULES['kong.yml'].replace('message: one', 'message: two'))
    expect(await dev.said('revision 2')).toMatch(/1 plugin changed$/)
    expect(await dev.get('/hello')).toBe('418 {"tag":"second?"}')
  })

  it('tells what is broken at its place, and goes on with what was good', async () => {
    const { folder, dev, write } = await startWithModules()
    const good = '418 {"tag":"first!"}'

    write('texts/en.js', BROKEN)
    expect(await dev.said('not taken')).toContain('texts/en.js:2:14: error: ')
    expect(await dev.get('/hello')).toBe(good)

    write('texts/en.js', 'export const tags = 1')
    expect(await dev.said('not taken')).toContain('functions/errors.js:1:10: error: ')
    expect(await dev.get('/hello')).toBe(good)

    write('mark.json', '{ "mark": }')
    expect(await dev.said('not taken')).toContain('mark.json:1:11: error: ')
    rmSync(path.join(folder, 'mark.json'))
    expect(await dev.said('not taken')).toContain('postern.conf:1:62: error: ')
    write('mark.json', '{ "mark": "." }')
    expect(await dev.said('not taken')).toContain('functions/errors.js:1:10: error: ')
    expect(await dev.get('/hello')).toBe(good)

    // The text that is served, in the end: nothing has changed but the other module.
    write('texts/en.js', MODULES['texts/en.js'])
    expect(await dev.said('revision 1')).toMatch(/1 module changed$/)
    expect(await dev.get('/hello')).toBe('418 {"tag":"first."}')
  })

  it('tries functions with the new text', async () => {
    const { dev, write } = await startWithModules()
    const tried = async () => {
      const answer = await dev.admin('/exit-transformer/try', {
        method: 'POST',
        headers: { 'content-type': 'application/json' },
        body: JSON.stringify({
          functions: [MODULES['functions/errors.js']],
          timeout_ms: 5000,
          exit: { status: 403 },
        }),
      })
      return answer.text()
    }
    expect(await tried()).toContain('first!')
    write('mark.json', '{ "mark": "?" }')
    await dev.said('1 module changed')
    expect(await tried()).toContain('first?')
  })
})

describe('postern dev with files that Lua requires', () => {
  it('has the next request meet the new text, and warns of what is broken at its place', async () => {
    const { folder, write } = project()
    write('postern.conf', 'untrusted_functions = on\n')
    write('functions/errors.lua', tagged('" .. require("texts.en").tag .. "'))
    write('texts/en.lua', 'return { tag = require "tag" }')
    write('tag.lua', 'return "first"')
    const dev = await startDev(folder)
    expect(await dev.get('/hello')).toBe('418 {"tag":"first","message":"one"}')

    write('tag.lua', 'return "second"')
    expect(await dev.said('revision 1')).toMatch(/1 module changed$/)
    expect(await dev.get('/hello')).toBe('418 {"tag":"second","message":"one"}')

    write('texts/en.lua', 'return {\n  tag =\n}')
    expect(await dev.said('1 module changed')).toContain('texts/en.lua:3:1: warning: ')
    // As it is required, the function fails, and the answer stays as it was.
    expect(await dev.get('/hello')).toBe('418 {"message":"one"}')

    write('texts/en.lua', 'return { tag = "third" }')
    expect(await dev.said('1 module changed')).not.toContain('warning')
    expect(await dev.get('/hello')).toBe('418 {"tag":"third","message":"one"}')
  })
})

describe('postern check', () => {
  it('checks declarative files and the functions that they name', async () => {
    const { folder, write } = project()
    expect(await runProgram(['check', 'kong.yml'], { folder })).toEqual({
      code: 0,
      stdout: 'kong.yml: fine\n',
      stderr: '',
    })
    write('functions/errors.lua', 'return function(')
    write('kong.json', '{\n  "_format_version": "3.0",\n  "services": [{"port": 0}]\n}')
    const { code, stderr } = await runProgram(['check', 'kong.yml', 'kong.json'], { folder })
    expect(code).toBe(1)
    expect(stderr).toContain('functions/errors.lua:1:17: error: ')
    expect(stderr).toContain('kong.json:3:16: error: services[0].host: required field missing')
    const missing = await runProgram(['check', 'none.yml'], { folder })
    expect(missing.code).toBe(2)
  })
})

describe('postern start with database = off', () => {
  it('refuses a broken file with every problem', async () => {
    const { folder, write } = project()
    write('kong.yml', `${KONG}nope: 1\nservices: 7\n`)
    const env = { POSTERN_DATABASE: 'off', POSTERN_DECLARATIVE_CONFIG: 'kong.yml' }
    const { code, stderr } = await runProgram(['start'], {
      folder,
      env: { ...env, POSTERN_PROXY_LISTEN: '127.0.0.1:0', POSTERN_ADMIN_LISTEN: '127.0.0.1:0' },
    })
    expect(code).toBe(1)
    expect(stderr).toContain('kong.yml:11:1: error: nope: unknown field')
    expect(stderr).toContain('kong.yml:12:11: error: services: expected an array, found 7')
  })
})
