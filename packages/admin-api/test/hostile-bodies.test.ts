import { describe, expect, it } from 'vitest'
import { openApi, readAnswer } from './open-api.ts'

const MEBIBYTE = 1024 * 1024

async function post(type: string, body: unknown, options = {}) {
  const { api, store } = openApi(options)
  const init = { method: 'POST', headers: { 'content-type': type }, body, duplex: 'half' }
  const request = new Request('http://127.0.0.1:8001/consumers', init as RequestInit)
  const answer = await readAnswer(await api.fetch(request))
  return { ...answer, rows: (await store.readAll()).entities.consumers }
}

const nested = (depth: number) => `{"username":"a","x":${'['.repeat(depth)}${']'.repeat(depth)}}`

describe('hostile JSON', () => {
  it.each([
    { title: 'nothing', body: '' },
    { title: 'half of it', body: '{"username":"a"' },
    { title: 'two values', body: '{"username":"a"} {}' },
    { title: 'a text', body: '"username"' },
    { title: 'null', body: 'null' },
    { title: 'a number', body: '7' },
    { title: 'a list', body: '[{"username":"a"}]' },
    { title: 'comments', body: '{"username":"a" /* tea */}' },
    { title: 'NaN', body: '{"username":NaN}' },
    { title: 'broken UTF-8', body: Buffer.from('{"username":"\xff"}', 'latin1') },
    { title: 'binary garbage', body: Buffer.alloc(4096, 0x9c) },
    { title: 'the first half of a pair', body: String.raw`{"username":"\ud800"}` },
    { title: 'the second half of a pair', body: String.raw`{"username":"a\uDFFFb"}` },
    { title: 'a pair the wrong way round', body: String.raw`{"username":"\udc00\ud800"}` },
    { title: 'half a pair in a name', body: String.raw`{"username":"a","\uDbff":1}` },
    { title: 'half a pair in a list', body: String.raw`{"username":"a","tags":["b","\udC00"]}` },
    {
      title: 'half a pair in a name deep down',
      body: String.raw`{"username":"a","x":[{"\udabc":1}]}`,
    },
    { title: 'a surrogate in UTF-8', body: Buffer.from('{"username":"\xed\xa0\x80"}', 'latin1') },
    { title: '1001 levels', body: nested(1001) },
    { title: 'a hundred thousand levels', body: nested(100_000) },
    { title: 'a million open brackets', body: '['.repeat(1_000_000) },
  ])('is refused: $title', async ({ body }) => {
    const { status, json, rows } = await post('application/json', body)
    expect(status).toBe(400)
    expect(json).toEqual({ message: 'Cannot parse JSON body' })
    expect(rows).toEqual([])
  })

  it('takes an empty list as an object without fields', async () => {
    const { json } = await post('application/json', '[]')
    expect(json).toMatchObject({ code: 2 })
  })

  it.each(['constructor', 'toString', 'hasOwnProperty', 'valueOf', 'prototype'])(
    'knows no field %s',
    async (name) => {
      const { status, json } = await post('application/json', `{"username":"a","${name}":{"x":1}}`)
      expect(status).toBe(400)
      expect(json).toMatchObject({ code: 2, fields: { [name]: 'unknown field' } })
    },
  )

  it.each([
    '{"username":"a","__proto__":{"custom_id":"x"}}',
    '{"username":"a","tags":[{"__proto__":1}]}',
    '{"username":"a","__proto__.custom_id":"x"}',
  ])('refuses %s', async (body) => {
    const { status, rows } = await post('application/json', body)
    expect(status).toBe(400)
    expect(rows).toEqual([])
    expect(({} as Record<string, unknown>).custom_id).toBeUndefined()
  })

  it.each([
    { written: String.raw`\ud83d\udc1f`, read: '🐟' },
    { written: '🐟', read: '🐟' },
    { written: String.raw`\\ud800`, read: String.raw`\ud800` },
    { written: String.raw`\ud7ff\ue000`, read: '\ud7ff\ue000' },
  ])('takes the whole characters $written', async ({ written, read }) => {
    const { status, json } = await post('application/json', `{"username":"${written}"}`)
    expect(status).toBe(201)
    expect(json.username).toBe(read)
  })

  it('takes the last of repeated names', async () => {
    const { json } = await post('application/json', '{"username":"a","username":"b"}')
    expect(json.username).toBe('b')
  })

  it('takes a thousand levels where the schema lets them be', async () => {
    const { json } = await post('application/json', nested(990))
    expect(json).toMatchObject({ code: 2, fields: { x: 'unknown field' } })
  })
})

describe('hostile forms', () => {
  const FORM = 'application/x-www-form-urlencoded'

  it.each([
    { title: 'binary garbage', body: Buffer.alloc(4096, 0xfe) },
    { title: 'broken UTF-8', body: 'username=%ff' },
    { title: 'half a surrogate pair', body: 'username=%ed%a0%80' },
    { title: 'half a surrogate pair in a name', body: 'username=a&%ed%bf%bf=1' },
    { title: 'a pair in CESU-8', body: 'username=%ED%A0%BD%ED%B0%9F' },
    { title: 'the name of a prototype', body: 'username=a&__proto__.custom_id=x' },
    { title: 'a name of a megabyte of dots', body: `${'a.'.repeat(500_000)}=1` },
    { title: 'a name of a megabyte of brackets', body: `${'a[1]'.repeat(250_000)}=1` },
  ])('are refused: $title', async ({ body }) => {
    const { status, rows } = await post(FORM, body)
    expect(status).toBe(400)
    expect(rows).toEqual([])
  })

  it('know no field constructor', async () => {
    const { json } = await post(FORM, 'username=a&constructor.prototype.x=1')
    expect(json.fields).toEqual({ constructor: 'unknown field' })
  })
})

describe('large bodies', () => {
  const bodyOf = (bytes: number) => {
    const frame = '{"username":"a","custom_id":""}'
    return frame.replace('""', `"${'x'.repeat(bytes - frame.length)}"`)
  }

  it.each([
    { bytes: 10 * MEBIBYTE, status: 201 },
    { bytes: 10 * MEBIBYTE + 1, status: 413 },
  ])('$bytes bytes are $status', async ({ bytes, status }) => {
    expect((await post('application/json', bodyOf(bytes))).status).toBe(status)
  })

  it.each([
    { bytes: 100, status: 201 },
    { bytes: 101, status: 413 },
  ])('$bytes bytes of 100 allowed are $status', async ({ bytes, status }) => {
    const answer = await post('application/json', bodyOf(bytes), { maxBodyBytes: 100 })
    expect(answer.status).toBe(status)
  })

  it('is refused by its announced length before a byte is read', async () => {
    const { api } = openApi()
    let isRead = false
    const body = new ReadableStream(
      {
        pull() {
          isRead = true
        },
      },
      { highWaterMark: 0 },
    )
    const init = {
      method: 'POST',
      headers: { 'content-type': 'application/json', 'content-length': String(11 * MEBIBYTE) },
      body,
      duplex: 'half',
    }
    const request = new Request('http://127.0.0.1:8001/consumers', init as RequestInit)
    expect((await api.fetch(request)).status).toBe(413)
    expect(isRead).toBe(false)
  })

  it('stops reading a body without end', async () => {
    let sent = 0
    let isCancelled = false
    const body = new ReadableStream({
      pull(controller) {
        sent += MEBIBYTE
        controller.enqueue(new Uint8Array(MEBIBYTE))
      },
      cancel() {
        isCancelled = true
      },
    })
    expect((await post('application/json', body)).status).toBe(413)
    expect(isCancelled).toBe(true)
    expect(sent).toBeLessThan(14 * MEBIBYTE)
  })
})

describe('slow bodies', () => {
  it('hold up nobody else', async () => {
    const { api, ask } = openApi()
    let finish = (): void => {}
    const body = new ReadableStream({
      start(controller) {
        controller.enqueue(Buffer.from('{"username":'))
        finish = () => {
          controller.enqueue(Buffer.from('"slow"}'))
          controller.close()
        }
      },
    })
    const init = {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body,
      duplex: 'half',
    }
    const slow = api.fetch(new Request('http://127.0.0.1:8001/consumers', init as RequestInit))
    expect((await ask('POST', '/consumers', { username: 'quick' })).status).toBe(201)
    finish()
    expect((await slow).status).toBe(201)
  })

  it('that break off are no write', async () => {
    const body = new ReadableStream({
      pull(controller) {
        controller.error(new Error('connection reset'))
      },
    })
    const told: unknown[] = []
    const onError = (error: unknown) => told.push(error)
    const { status, rows } = await post('application/json', body, { onError })
    expect(status).toBe(400)
    expect(rows).toEqual([])
    expect(told).toEqual([])
  })
})

describe('hostile queries', () => {
  it.each([
    { count: 1000, status: 200 },
    { count: 1001, status: 400 },
  ])('$count arguments are $status', async ({ count, status }) => {
    const { ask } = openApi()
    const query = Array.from({ length: count }, (_, i) => `a${i}=1`).join('&')
    expect((await ask('GET', `/consumers?${query}`)).status).toBe(status)
  })

  it.each([
    '/consumers/%',
    '/consumers/%ff%fe',
    '/consumers/%ed%a0%80',
    '/consumers/%00',
    '/consumers/__proto__',
  ])('answers 404 for %s', async (path) => {
    const { ask } = openApi()
    expect((await ask('GET', path)).status).toBe(404)
  })
})
