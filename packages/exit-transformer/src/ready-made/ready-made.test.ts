import type { Exit } from '@postern/pdk-response'
import { describe, expect, it } from 'vitest'
import { createExitTransformer, type ExitAbout, type ExitLike } from '../create-exit-transformer.ts'
import type { ExitFunction } from '../exit-function.ts'
import { bodiesByType, messagesByLanguage, problemJson } from './index.ts'

// The three functions by way of the library: what comes in, what the client asks for, what goes out.

const MESSAGE = 'No API key found in request'

/** The default language does not have what the other one has. */
const SOME = { en: { '500': 'Later.' }, de: { 'key-auth.no_key': 'Schlüssel fehlt.' } }

const refused: ExitLike = {
  status: 401,
  body: { message: MESSAGE },
  headers: { 'WWW-Authenticate': 'Key', 'content-type': 'application/json' },
  reason: 'key-auth.no_key',
  message: MESSAGE,
}

const HTML = { 'Content-Type': 'text/html; charset=utf-8' }

interface Asked {
  readonly accept?: string
  readonly acceptLanguage?: string
  readonly requestId?: string
}

function pass(fn: ExitFunction, exit: ExitLike, asked: Asked = {}): Exit {
  return passAll([fn], exit, asked)
}

function passAll(functions: readonly ExitFunction[], exit: ExitLike, asked: Asked): Exit {
  const { requestId = 'cafe', ...request } = asked
  const about: ExitAbout = { requestId, request }
  return createExitTransformer({ functions })(exit, about) as Exit
}

describe('problemJson()', () => {
  it('tells an error as a problem, and keeps the headers', () => {
    expect(pass(problemJson(), refused)).toMatchObject({
      status: 401,
      body: {
        type: 'urn:postern:exit:key-auth.no_key',
        title: 'Unauthorized',
        status: 401,
        detail: 'No API key found in request',
        instance: 'urn:request:cafe',
      },
      headers: {
        'WWW-Authenticate': 'Key',
        'Content-Type': 'application/problem+json',
        Vary: 'Accept',
      },
    })
    expect(Object.keys(pass(problemJson(), refused).headers ?? {})).not.toContain('content-type')
  })

  it.each([
    [{}, 'urn:postern:exit:a.b', 'urn:request:cafe'],
    [{ types: 'https://e.test/' }, 'https://e.test/a.b', 'urn:request:cafe'],
    [{ types: 'about:blank', instances: '/logs/' }, 'about:blank', '/logs/cafe'],
  ])('with %j has type %s and instance %s', (options, type, instance) => {
    const { body } = pass(problemJson(options), { status: 500, reason: 'a.b' })
    expect(body).toMatchObject({ type, instance, detail: 'Internal Server Error' })
  })

  it('puts no space or quote of a reason into the URI', () => {
    const { body } = pass(problemJson(), { status: 500, reason: 'a b"/../c' })
    expect(body).toMatchObject({ type: 'urn:postern:exit:a%20b%22%2F..%2Fc' })
  })

  it('has no instance where there is no request id', () => {
    expect(pass(problemJson(), refused, { requestId: '' }).body).not.toHaveProperty('instance')
  })

  it.each<[string, ExitLike, Asked]>([
    ['a redirect', { status: 301, headers: { Location: '/' } }, {}],
    ['200', { status: 200, body: 'x' }, {}],
    ['399', { status: 399, body: 'x' }, {}],
    ['gRPC', { status: 503, headers: { 'Content-Type': 'application/grpc' } }, {}],
  ])('leaves %s as it is', (_name, exit, asked) => {
    const { status, body, headers } = pass(problemJson(), exit, asked)
    expect({ status, body, headers }).toEqual({
      body: undefined,
      headers: undefined,
      ...only(exit),
    })
  })

  it.each(['text/html', 'application/*;q=0, text/html'])(
    'tells a client that takes %s alone only what caches have to know',
    (accept) => {
      const { status, body, headers } = pass(problemJson(), refused, { accept })
      expect({ status, body }).toEqual({ status: 401, body: refused.body })
      expect(headers).toEqual({ ...refused.headers, Vary: 'Accept' })
    },
  )

  it.each(['application/problem+json', 'application/json', '*/*', 'text/html, */*;q=0.1'])(
    'tells a client that takes %s',
    (accept) => {
      expect(pass(problemJson(), refused, { accept }).headers).toMatchObject({
        'Content-Type': 'application/problem+json',
      })
    },
  )

  it('tells the detail in the language of the client', () => {
    const messages = { catalogue: { en: { '*': 'No.' }, de: { 401: 'Nein: {{reason}}' } } }
    const { body, headers } = pass(problemJson({ messages }), refused, { acceptLanguage: 'de-AT' })
    expect(body).toMatchObject({ title: 'Unauthorized', detail: 'Nein: key-auth.no_key' })
    expect(headers).toMatchObject({ 'Content-Language': 'de', Vary: 'Accept, Accept-Language' })
  })
})

function only({ status, body, headers }: ExitLike): object {
  return { status, ...(body !== undefined && { body }), ...(headers !== undefined && { headers }) }
}

describe('bodiesByType()', () => {
  const evil: ExitLike = { ...refused, body: { message: '<script>"&' }, headers: undefined }

  it.each([
    [undefined, 'application/json', '"message":"<script>\\"&"'],
    ['text/html', 'text/html', '<p>&lt;script&gt;&quot;&amp;</p>'],
    ['application/xml', 'application/xml', '<message>&lt;script&gt;&quot;&amp;</message>'],
    ['text/plain', 'text/plain', '401 Unauthorized: <script>"&\n'],
    ['image/png', 'application/json', '"status":401'],
  ])('for Accept %s answers %s', (accept, type, part) => {
    const { status, body, headers } = pass(bodiesByType(), evil, accept ? { accept } : {})
    expect(status).toBe(401)
    expect(headers).toEqual({ 'Content-Type': `${type}; charset=utf-8`, Vary: 'Accept' })
    expect(body).toContain(part)
  })

  it('makes JSON that can be read', () => {
    const { body } = pass(bodiesByType(), evil)
    expect(JSON.parse(body as string)).toEqual({
      status: 401,
      message: '<script>"&',
      reason: 'key-auth.no_key',
      request_id: 'cafe',
    })
  })

  it('takes templates of its own, the first of them for those who take none', () => {
    const fn = bodiesByType({ templates: { 'Text/HTML': '<i>{{status}}</i>', 'text/csv': 'a' } })
    expect(pass(fn, refused, { accept: 'image/png' }).body).toBe('<i>401</i>')
    expect(pass(fn, refused, { accept: 'text/csv' })).toMatchObject({
      body: 'a',
      headers: { 'Content-Type': 'text/csv; charset=utf-8' },
    })
  })

  it('fills in the text in the language of the client', () => {
    const messages = { catalogue: { en: { '*': 'No.' }, fr: { '*': 'Non & non' } } }
    const { body, headers } = pass(bodiesByType({ messages }), refused, {
      accept: 'text/html',
      acceptLanguage: 'fr',
    })
    expect(body).toContain('<p>Non &amp; non</p>')
    expect(headers).toMatchObject({ 'Content-Language': 'fr', Vary: 'Accept, Accept-Language' })
  })

  it.each([
    [{ templates: {} }, /templates are empty/],
    [{ templates: { 'text/html;charset=utf-8': '' } }, /is no media type/],
    [{ templates: { html: '' } }, /is no media type/],
    [{ templates: { 'text/html': '{{user}}' } }, /has \{\{user\}\}/],
    [{ messages: { catalogue: {} } }, /catalogue has no language ""/],
    [{ messages: { catalogue: { en: {} }, default: 'de' } }, /catalogue has no language "de"/],
    [{ messages: { catalogue: { 'not a tag': {} } } }, /"not a tag" is no language tag/],
  ])('refuses %j', (options, message) => {
    expect(() => bodiesByType(options)).toThrow(message)
  })
})

describe('messagesByLanguage()', () => {
  const catalogue = {
    en: { 'key-auth.no_key': 'Please send a key.', '*': 'Something is wrong.' },
    de: { 'key-auth.no_key': 'Bitte sende einen Schlüssel.', '404': 'Gibt es nicht.' },
    'de-CH': { '404': 'Git’s nöd.' },
  }
  const fn = messagesByLanguage({ catalogue })

  it.each<[string | undefined, ExitLike, string, string]>([
    [undefined, refused, 'Please send a key.', 'en'],
    ['es', refused, 'Please send a key.', 'en'],
    ['de', refused, 'Bitte sende einen Schlüssel.', 'de'],
    ['de-CH', refused, 'Bitte sende einen Schlüssel.', 'de'],
    ['de-ch', { status: 404, body: {} }, 'Git’s nöd.', 'de-CH'],
    ['de-at', { status: 404, body: {} }, 'Gibt es nicht.', 'de'],
    ['de', { status: 500, body: {} }, 'Something is wrong.', 'en'],
  ])('for Accept-Language %s and %j: %s', (acceptLanguage, exit, message, language) => {
    const { body, headers } = pass(fn, exit, acceptLanguage ? { acceptLanguage } : {})
    expect(body).toEqual({ message })
    expect(headers).toMatchObject({ 'Content-Language': language, Vary: 'Accept-Language' })
  })

  it.each([
    ['text/html; charset=utf-8', '<p>a &lt; b</p>', '<p>Bitte sende einen Schlüssel.</p>'],
    ['text/plain', 'Error: a < b', 'Error: Bitte sende einen Schlüssel.'],
    ['application/xml', '<m>other</m>', '<m>other</m>'],
    ['image/svg', 'a < b', 'Bitte sende einen Schlüssel.'],
  ])('finds the message in %s %s', (type, body, changed) => {
    const exit = { ...refused, body, message: 'a < b', headers: { 'Content-Type': type } }
    expect(pass(fn, exit, { acceptLanguage: 'de' }).body).toBe(changed)
  })

  it.each(['<p>We&#39;re closed</p>', "<p>We're closed</p>"])(
    'finds an apostrophe in %s',
    (body) => {
      const exit = { ...refused, body, message: "We're closed", headers: HTML }
      expect(pass(fn, exit).body).toBe('<p>Please send a key.</p>')
    },
  )

  it.each<[string, ExitLike]>([
    ['an array', { status: 401, body: [1] }],
    ['no body', { status: 401 }],
    ['bytes that are not UTF-8', { status: 401, body: new Uint8Array([255]) }],
    ['a redirect', { status: 302, body: { message: 'x' } }],
  ])('leaves %s as it is', (_name, exit) => {
    const sent = pass(fn, exit)
    expect(sent.body).toEqual(exit.body)
    expect(sent.headers).toBeUndefined()
  })

  it('leaves answers that the catalogue does not have', () => {
    const few = messagesByLanguage({ catalogue: { de: { '404': 'Nein' } } })
    expect(pass(few, refused)).toMatchObject({ body: refused.body, headers: refused.headers })
    expect(pass(few, refused).headers).not.toHaveProperty('Vary')
  })

  it.each<[title: string, exit: ExitLike, vary: string | undefined]>([
    ['an object', refused, 'Accept-Language'],
    ['a text that holds the message', { ...refused, body: `no: ${MESSAGE}` }, 'Accept-Language'],
    ['a text that does not hold it', { ...refused, body: 'no' }, undefined],
    ['an array', { ...refused, body: [1] }, undefined],
  ])(
    'tells caches that others are told something else where the default has no text: %s',
    (_title, exit, vary) => {
      const some = messagesByLanguage({ catalogue: SOME })
      for (const acceptLanguage of ['en', 'fr', '*', undefined]) {
        const sent = pass(some, exit, acceptLanguage === undefined ? {} : { acceptLanguage })
        expect(sent.body).toEqual(exit.body)
        expect(sent.headers?.Vary).toBe(vary)
        expect(sent.headers).not.toHaveProperty('Content-Language')
      }
    },
  )

  it.each([
    ['problemJson', problemJson({ messages: { catalogue: SOME } })],
    ['bodiesByType', bodiesByType({ messages: { catalogue: SOME } })],
  ])('and so does %s', (_name, transform) => {
    for (const acceptLanguage of ['en', 'de']) {
      const { headers } = pass(transform, refused, { acceptLanguage })
      expect(headers).toMatchObject({ Vary: 'Accept, Accept-Language' })
    }
    expect(pass(transform, { status: 404, body: {} }).headers).toMatchObject({ Vary: 'Accept' })
  })

  it.each([
    ['Origin', 'Origin, Accept-Language'],
    ['accept-language', 'accept-language'],
    ['*', '*'],
  ])('adds to Vary: %s', (vary, sent) => {
    const exit = { ...refused, headers: { vary } }
    expect(pass(fn, exit).headers).toMatchObject({ Vary: sent })
  })
})

describe('functions in a row', () => {
  const DE = 'Schlüssel & Schloss'
  const german = { catalogue: { en: { '*': 'No.' }, de: { '*': DE } } }
  const inGerman = messagesByLanguage(german)
  const page = (type: string, body: string): ExitLike => {
    return { ...refused, body, headers: { 'Content-Type': `${type}; charset=utf-8` } }
  }
  const html = page('text/html', `<html><p>${MESSAGE}.</p></html>`)

  it.each<[accept: string, exit: ExitLike, told: string]>([
    ['application/json', refused, `"message":"${DE}"`],
    ['text/html', html, '<p>Schlüssel &amp; Schloss</p>'],
    ['application/xml', page('application/xml', `<e>${MESSAGE}</e>`), 'Schlüssel &amp; Schloss'],
    ['text/plain', page('text/plain', `${MESSAGE}\ncafe`), `Unauthorized: ${DE}\n`],
  ])(
    'messagesByLanguage, bodiesByType: %s is in the language of its header',
    (accept, exit, told) => {
      const sent = passAll([inGerman, bodiesByType()], exit, { accept, acceptLanguage: 'de' })
      expect(sent.body).toContain(told)
      expect(sent.headers).toMatchObject({ 'Content-Language': 'de' })
    },
  )

  it('messagesByLanguage, problemJson: the detail of what was HTML is in that language', () => {
    const asked = { accept: 'text/*, */*;q=0.1', acceptLanguage: 'de' }
    const { body, headers } = passAll([inGerman, problemJson()], html, asked)
    expect(body).toMatchObject({ detail: DE })
    expect(headers).toMatchObject({ 'Content-Language': 'de' })
  })

  it.each([
    ['bodiesByType', bodiesByType({ messages: german })],
    ['messagesByLanguage', inGerman],
  ])(
    '%s, messagesByLanguage: the later text takes the place of the earlier one',
    (_name, first) => {
      const second = messagesByLanguage({ catalogue: { 'de-CH': { '*': 'Schlüssel fehlt' } } })
      const asked = { accept: 'text/html', acceptLanguage: 'de-CH' }
      const { body, headers } = passAll([first, second], html, asked)
      expect(body).toContain('<p>Schlüssel fehlt')
      expect(headers).toMatchObject({ 'Content-Language': 'de-CH' })
    },
  )

  it('believes a function between them that tells another message', () => {
    const between: ExitFunction = () => ({ body: { message: 'Etwas anderes' } })
    const asked = { accept: 'text/html', acceptLanguage: 'de' }
    expect(passAll([inGerman, between, bodiesByType()], html, asked).body).toContain(
      '<p>Etwas anderes</p>',
    )
  })

  it('tells one exit nothing of another', () => {
    const transform = createExitTransformer({ functions: [inGerman, bodiesByType()] })
    const about = { request: { accept: 'text/html', acceptLanguage: 'de' } }
    expect(transform(html, about)).toMatchObject({ body: expect.stringContaining('&amp;') })
    const other = { ...html, body: 'no message in it', message: 'Other' }
    expect(transform(other, about)).toMatchObject({ body: expect.stringContaining('<p>Other</p>') })
  })
})
