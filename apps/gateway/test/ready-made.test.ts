import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { type DataPlane, startDataPlane } from './data-plane.ts'
import { sendBytes } from './send-bytes.ts'

// The ready-made functions as an operator names them in a configuration.

const prefix = mkdtempSync(path.join(tmpdir(), 'postern-ready-made-'))
afterAll(() => rmSync(prefix, { recursive: true, force: true }))

const MESSAGES = `{
  "catalogue": {
    "en": { "key-auth.no_key": "Please send a key." },
    "de": { "key-auth.no_key": "Bitte einen Schlüssel <mitschicken>." }
  }
}`

const SOME_MESSAGES = `{
  "catalogue": { "en": { "404": "Not there." }, "de": { "key-auth.no_key": "Schlüssel fehlt." } }
}`

/** A Route for each, behind key-auth. */
const FUNCTIONS: Readonly<Record<string, readonly string[]>> = {
  '/problem': ['ready-made: problem-json {"types":"https://errors.test/"}'],
  '/typed': ['ready-made: bodies-by-type'],
  '/told': [`ready-made: messages-by-language ${MESSAGES}`],
  '/told-some': [`ready-made: messages-by-language ${SOME_MESSAGES}`],
  '/told-some-problem': [`ready-made: problem-json {"messages":${SOME_MESSAGES}}`],
  '/told-some-typed': [`ready-made: bodies-by-type {"messages":${SOME_MESSAGES}}`],
  '/told-typed': [`ready-made: messages-by-language ${MESSAGES}`, 'ready-made: bodies-by-type'],
  '/told-problem': [
    `ready-made: messages-by-language ${MESSAGES}`,
    'ready-made: problem-json',
    'return function(status, body, headers) body.more = "from Lua" return status, body, headers end',
  ],
}

describe.each(['sandbox', 'off'])('with untrusted_functions = %s', (mode) => {
  let gateway: DataPlane

  beforeAll(async () => {
    gateway = await startDataPlane({ prefix, untrusted_functions: mode })
    for (const [route, functions] of Object.entries(FUNCTIONS)) {
      const allowed =
        mode === 'off' ? functions.filter((one) => one.startsWith('ready')) : functions
      const { id } = await gateway.add('routes', { paths: [route] })
      await gateway.add('plugins', { name: 'key-auth', route: { id } })
      await gateway.add('plugins', {
        name: 'exit-transformer',
        route: { id },
        config: { functions: allowed },
      })
    }
  })
  afterAll(() => gateway?.close())

  const get = (target: string, ...lines: readonly string[]) =>
    sendBytes(
      gateway.url,
      `${[`GET ${target} HTTP/1.1`, 'Host: a', ...lines].join('\r\n')}\r\n\r\n`,
    )

  it('problem-json tells a problem, with the request id of the answer', async () => {
    const { status, headers, json } = await get('/problem')
    expect(status).toBe(401)
    expect(headers.get('content-type')).toBe('application/problem+json')
    expect(headers.get('www-authenticate')).toMatch(/^Key/)
    expect(json).toEqual({
      type: 'https://errors.test/key-auth.no_key',
      title: 'Unauthorized',
      status: 401,
      detail: 'No API key found in request',
      instance: `urn:request:${headers.get('x-kong-request-id')}`,
    })
  })

  it('problem-json leaves HTML to a client that takes no JSON', async () => {
    const { headers, body } = await get('/problem', 'Accept: text/html')
    expect(headers.get('content-type')).toBe('text/html; charset=utf-8')
    expect(headers.get('vary')).toBe('Accept')
    expect(body).toContain('<p>No API key found in request.</p>')
  })

  it.each([
    ['text/html', 'text/html; charset=utf-8', '<p>No API key found in request</p>'],
    ['application/xml', 'application/xml; charset=utf-8', '<status>401</status>'],
    ['text/plain', 'text/plain; charset=utf-8', '401 Unauthorized: No API key'],
    ['application/json;q=0.1, text/*', 'text/html; charset=utf-8', '<h1>Unauthorized</h1>'],
  ])('bodies-by-type answers %s with %s', async (accept, type, part) => {
    const { headers, body } = await get('/typed', `Accept: ${accept}`)
    expect(headers.get('content-type')).toBe(type)
    expect(headers.get('vary')).toBe('Accept')
    expect(body).toContain(part)
  })

  it.each([
    ['application/json', 'en-GB', 'en', '"Please send a key."'],
    ['application/json', 'de-AT, en;q=0.5', 'de', '"Bitte einen Schlüssel <mitschicken>."'],
    ['text/html', 'de', 'de', '<p>Bitte einen Schlüssel &lt;mitschicken&gt;..</p>'],
  ])('messages-by-language answers %s in %s', async (accept, asked, told, part) => {
    const { headers, body } = await get('/told', `Accept: ${accept}`, `Accept-Language: ${asked}`)
    expect(headers.get('content-language')).toBe(told)
    expect(body).toContain(part)
  })

  it.each([
    ['/told-some', 'en', undefined, 'No API key', 'Accept-Language'],
    ['/told-some', 'de', 'de', 'Schlüssel fehlt.', 'Accept-Language'],
    ['/told-some-problem', 'en', undefined, 'No API key', 'Accept, Accept-Language'],
    ['/told-some-problem', 'de', 'de', 'Schlüssel fehlt.', 'Accept, Accept-Language'],
    ['/told-some-typed', 'en', undefined, 'No API key', 'Accept, Accept-Language'],
    ['/told-some-typed', 'de', 'de', 'Schlüssel fehlt.', 'Accept, Accept-Language'],
  ])(
    '%s tells caches that %s and others are told different things',
    async (target, asked, told, part, vary) => {
      const { headers, body } = await get(target, `Accept-Language: ${asked}`)
      expect(headers.get('content-language')).toBe(told)
      expect(body).toContain(part)
      expect(headers.get('vary')).toBe(vary)
    },
  )

  it('one hands on to the next, and to functions of an operator', async () => {
    const { json } = await get('/told-problem', 'Accept-Language: de')
    expect(json).toMatchObject({
      detail: 'Bitte einen Schlüssel <mitschicken>.',
      ...(mode === 'sandbox' && { more: 'from Lua' }),
    })
  })

  it.each([
    ['/told-typed', 'application/json', '"message":"Bitte einen Schlüssel <mitschicken>."'],
    ['/told-typed', 'text/html', '<p>Bitte einen Schlüssel &lt;mitschicken&gt;.</p>'],
    ['/told-typed', 'application/xml', '<message>Bitte einen Schlüssel &lt;mitschicken&gt;.<'],
    ['/told-typed', 'text/plain', 'Unauthorized: Bitte einen Schlüssel <mitschicken>.'],
    ['/told-problem', 'text/*, */*;q=0.1', '"detail":"Bitte einen Schlüssel <mitschicken>."'],
  ])('%s to %s is in the language that its header names', async (target, accept, part) => {
    const { headers, body } = await get(target, `Accept: ${accept}`, 'Accept-Language: de')
    expect(headers.get('content-language')).toBe('de')
    expect(body).toContain(part)
  })

  it.each([
    ['ready-made: problem', 'a ready-made function cannot be made: there is no'],
    ['ready-made: problem-json {"typ":1}', 'options.typ: unknown field'],
  ])('refuses to save %s', async (source, problem) => {
    const config = { functions: [source] }
    const saving = gateway.add('plugins', { name: 'exit-transformer', config })
    await expect(saving).rejects.toThrow(problem)
  })
})
