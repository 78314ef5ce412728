import { type Exit, HeaderList } from '@postern/pdk-response'
import { describe, expect, it } from 'vitest'
import { trialRequestFacts } from '../exit-trials/trial-request.ts'
import { checkRecord } from '@postern/schema'
import { trialExitSchema } from '../exit-trials/trial-exit-schema.ts'
import { ExitRing, type RingSource } from './exit-ring.ts'

function exitOf(changes: Partial<Exit> = {}): Exit {
  return {
    status: 401,
    body: { message: 'no' },
    headers: { 'WWW-Authenticate': 'Key' },
    source: 'exit',
    kind: 'ordinary',
    reason: 'key-auth.no_key',
    message: 'no',
    phase: 'access',
    plugin: 'key-auth',
    ...changes,
  }
}

interface Sent {
  readonly target?: string
  readonly headers?: readonly string[]
  readonly secretNames?: readonly string[]
}

function sourceOf({ target = '/', headers = [], secretNames = [] }: Sent = {}): RingSource {
  const facts = trialRequestFacts({ id: 'cafe', path: target })
  return {
    request: { ...facts, headers: HeaderList.fromRaw(['Host', 'shop.test', ...headers]) },
    route: undefined,
    service: undefined,
    consumer: undefined,
    snapshot: { secretNames },
  }
}

function shown(exit: Exit, sent: Sent = {}) {
  const ring = new ExitRing(1)
  ring.add(sourceOf(sent), exit, exit)
  return ring.show(1)[0]
}

describe('ExitRing', () => {
  it.each([
    { size: 0, added: 3, asked: 10, kept: [] },
    { size: 1, added: 3, asked: 10, kept: [403] },
    { size: 3, added: 2, asked: 10, kept: [402, 401] },
    { size: 3, added: 3, asked: 10, kept: [403, 402, 401] },
    { size: 3, added: 7, asked: 10, kept: [407, 406, 405] },
    { size: 3, added: 7, asked: 2, kept: [407, 406] },
  ])('of $size keeps $kept of $added when $asked are asked for', ({ size, added, asked, kept }) => {
    const ring = new ExitRing(size)
    for (let i = 1; i <= added; i++) {
      const exit = exitOf({ status: 400 + i })
      ring.add(sourceOf(), exit, exit)
    }
    expect(ring.show(asked).map(({ status }) => status)).toEqual(kept)
  })

  it('tells an exit as it can be tried again', () => {
    const found = shown(exitOf(), { target: '/a?x=1&x=2', headers: ['Accept', 'text/html'] })
    expect(found).toMatchObject({
      status: 401,
      body: { message: 'no' },
      headers: { 'WWW-Authenticate': 'Key' },
      reason: 'key-auth.no_key',
      plugin: 'key-auth',
      request: {
        id: 'cafe',
        method: 'GET',
        host: 'shop.test',
        path: '/a',
        query: { x: ['1', '2'] },
        headers: { host: 'shop.test', accept: 'text/html' },
      },
    })
    expect(checkRecord(trialExitSchema, found)).toMatchObject({ ok: true })
    expect(found).not.toHaveProperty('sent')
  })

  it('tells what was sent where functions changed it', () => {
    const ring = new ExitRing(1)
    ring.add(sourceOf(), exitOf(), exitOf({ status: 418, body: 'tea', headers: undefined }))
    expect(ring.show(1)[0]).toMatchObject({
      status: 401,
      sent: { status: 418, body: 'tea', headers: {} },
    })
  })

  it('says so when a part was too long', () => {
    const found = shown(
      exitOf({ body: 'x'.repeat(10_000), headers: { 'X-Long': 'y'.repeat(9000) } }),
    )
    expect(found).toMatchObject({ body_cut: true, headers_cut: true, headers: {} })
    expect(found?.body).toHaveLength(8192)
  })

  const SECRET = 'hunter2-hunter2'
  it.each<{ title: string; sent: Sent; exit?: Partial<Exit> }>([
    { title: 'Authorization', sent: { headers: ['Authorization', `Bearer ${SECRET}`] } },
    { title: 'Cookie', sent: { headers: ['cookie', `session=${SECRET}`] } },
    { title: 'a token by its name', sent: { headers: ['X-Auth-Token', SECRET] } },
    { title: 'a token in the query', sent: { target: `/?access_token=${SECRET}` } },
    {
      title: 'a token in a member of the body',
      sent: {},
      exit: { body: { request: { authToken: SECRET } } },
    },
    { title: 'the usual key', sent: { headers: ['apikey', SECRET] } },
    { title: 'the token of a trace', sent: { headers: ['X-Kong-Request-Debug-Token', SECRET] } },
    {
      title: 'a configured key in a header',
      sent: { headers: ['X-Shop-Key', SECRET], secretNames: ['x_shop_key'] },
    },
    { title: 'a key in the query', sent: { target: `/?k=${SECRET}`, secretNames: ['k'] } },
    {
      title: 'a key in the query that another header repeats',
      sent: { target: `/?k=${SECRET}`, headers: ['Referer', `/?k=${SECRET}`], secretNames: ['k'] },
    },
    {
      title: 'a key in a Referer only',
      sent: { headers: ['Referer', `http://h/?a=b&k=${SECRET}`], secretNames: ['k'] },
    },
    {
      title: 'a key that the body repeats',
      sent: { headers: ['apikey', SECRET] },
      exit: { body: { echo: [`you sent ${SECRET}`] }, message: `no ${SECRET}` },
    },
    {
      title: 'a key that text repeats',
      sent: { headers: ['apikey', SECRET] },
      exit: { body: `<p>${SECRET}</p>` },
    },
    {
      title: 'a key in JSON text',
      sent: {},
      exit: { body: JSON.stringify({ request: { headers: { authorization: SECRET } } }) },
    },
    {
      title: 'a form with a key that the body repeats',
      sent: { secretNames: ['k'] },
      exit: { body: { raw_body: `a=b&k=${SECRET}` } },
    },
    { title: 'a cookie that the exit sets', sent: {}, exit: { headers: { 'Set-Cookie': SECRET } } },
    {
      title: 'a key in a Location',
      sent: { secretNames: ['k'] },
      exit: { headers: { Location: `https://h/?k=${SECRET}` } },
    },
  ])('does not tell $title', ({ sent, exit = {} }) => {
    const found = JSON.stringify(shown(exitOf(exit), sent))
    expect(found).not.toContain(SECRET)
    expect(found).toContain('REDACTED')
  })

  it('tells what only looks like a secret', () => {
    const headers = { 'X-Token-Type': 'of-some-length' }
    const sent = { headers: ['X-Token-Type', 'of-some-length'] }
    const found = shown(exitOf({ headers, body: { max_tokens: 1000 } }), sent)
    expect(found).toMatchObject({ headers, body: { max_tokens: 1000 } })
    expect(found?.request?.headers).toMatchObject({ 'x-token-type': 'of-some-length' })
  })

  it('shows bytes, and what has no JSON form, as well as it can', () => {
    expect(shown(exitOf({ body: Buffer.from('bytes') }))?.body).toBe('bytes')
    expect(shown(exitOf({ body: { big: 1n } }))?.body).toBeNull()
  })
})
