import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import path from 'node:path'
import { createInterface } from 'node:readline'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'

// The examples of docs/examples/exit-transformer, each on a real server, in a process of its own:
// plain Node runs them as a reader would.

const FOLDER = path.resolve(import.meta.dirname, '../../../docs/examples/exit-transformer')

const running: ChildProcess[] = []
afterAll(async () => {
  const ended = running.map((child) => once(child, 'exit'))
  for (const child of running) child.kill()
  await Promise.all(ended)
})

/** Runs an example and resolves with the address of its server. */
async function start(file: string, listen: string): Promise<string> {
  const code = `import { createApp } from './${file}'\n${listen}`
  const argv = ['--conditions=@postern/source', '--input-type=module', '--eval', code]
  const child = spawn(process.execPath, argv, {
    cwd: FOLDER,
    stdio: ['ignore', 'pipe', 'inherit'],
  })
  running.push(child)
  for await (const port of createInterface({ input: child.stdout })) {
    return `http://127.0.0.1:${port}`
  }
  throw new Error(`${file} ended before it served`)
}

const EXPRESS = `const server = createApp().listen(0, '127.0.0.1', () => console.log(server.address().port))`
const FASTIFY = `const app = createApp()
await app.listen({ port: 0, host: '127.0.0.1' })
console.log(app.server.address().port)`
const HONO = `import { serve } from '@hono/node-server'
serve({ fetch: createApp().fetch, port: 0, hostname: '127.0.0.1' }, ({ port }) => console.log(port))`

describe('the example for Express', () => {
  let url: string
  beforeAll(async () => {
    url = await start('express.ts', EXPRESS)
  })

  it('leaves good answers alone', async () => {
    expect(await (await fetch(`${url}/hello`)).json()).toEqual({ hello: 'world' })
  })

  it.each([
    ['/none', 404, 'https://example.com/errors/app.not_found', 'There is no /none here'],
    ['/broken', 500, 'https://example.com/errors/app.crashed', 'Please try again later'],
  ])('answers %s with %d as a problem', async (path, status, type, detail) => {
    const response = await fetch(url + path)
    expect(response.status).toBe(status)
    expect(response.headers.get('content-type')).toMatch(/^application\/problem\+json\b/)
    expect(await response.json()).toMatchObject({ type, status, detail })
  })
})

describe('the example for Fastify', () => {
  let url: string
  beforeAll(async () => {
    url = await start('fastify.ts', FASTIFY)
  })

  it('leaves good answers alone', async () => {
    expect(await (await fetch(`${url}/hello`)).json()).toEqual({ hello: 'world' })
  })

  it.each([
    ['/broken', 'text/html', 500, '<p>out of &lt;coffee&gt;</p>'],
    ['/broken', 'text/plain', 500, '500 Internal Server Error: out of <coffee>'],
    ['/none', 'application/xml', 404, '<message>Not found</message>'],
    ['/none', 'application/json', 404, '"reason":"app.not_found"'],
  ])('answers %s as %s', async (path, accept, status, part) => {
    const response = await fetch(url + path, { headers: { accept } })
    expect(response.status).toBe(status)
    expect(response.headers.get('content-type')).toBe(`${accept}; charset=utf-8`)
    expect(await response.text()).toContain(part)
  })
})

describe('the example for hono', () => {
  let url: string
  beforeAll(async () => {
    url = await start('hono.ts', HONO)
  })

  it('leaves good answers alone', async () => {
    expect(await (await fetch(`${url}/hello`)).json()).toEqual({ hello: 'world' })
  })

  it.each([
    ['/none', 'de-AT', 404, 'de', 'Hier ist nichts.'],
    ['/broken', 'de', 503, 'de', 'Etwas ist schiefgegangen.'],
    ['/broken', 'fr', 503, 'en', 'Something went wrong.'],
  ])('answers %s in %s', async (path, acceptLanguage, status, language, message) => {
    const response = await fetch(url + path, { headers: { 'Accept-Language': acceptLanguage } })
    expect(response.status).toBe(status)
    expect(response.headers.get('content-language')).toBe(language)
    expect(await response.json()).toEqual({ message })
  })
})
