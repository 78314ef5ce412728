import { createHash } from 'node:crypto'
import path from 'node:path'
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest'
import { type AdminClient, createAdminClient } from './admin-client.ts'
import { type RecordingUpstream, startRecordingUpstream } from './recording-upstream.ts'
import { sendBytes } from './send-bytes.ts'
import { type RunningProgram, startProgram } from './start-program.ts'

// The plugins of docs/examples/plugins, one for each kind of phase, through the whole program.

const FOLDER = path.resolve(import.meta.dirname, '../../../docs/examples/plugins')
const NAMES = ['maintenance', 'size-guard', 'json-envelope', 'checksum-stamp', 'latency-log']

let program: RunningProgram
let admin: AdminClient
let upstream: RecordingUpstream

beforeAll(async () => {
  upstream = await startRecordingUpstream(({ target, body }, res) => {
    const status = Number(/\d{3}/.exec(target)?.[0] ?? 200)
    const type = target.includes('text') ? 'text/plain' : 'application/json; charset=utf-8'
    const text = target.includes('broken') ? '{' : JSON.stringify({ status, length: body.length })
    res.writeHead(status, { 'content-type': type, 'x-powered-by': 'node' }).end(text)
  })
  const files = NAMES.map((name) => path.join(FOLDER, `${name}.ts`))
  program = await startProgram({
    settings: { workers: '1', plugins: ['bundled', ...files].join(',') },
  })
  admin = createAdminClient(program.admin)
  await admin.put('/services/upstream', { url: upstream.url })
  await admin.put('/services/upstream/routes/all', { paths: ['/'] })
})
afterAll(async () => {
  await program?.stop()
  program?.cleanUp()
  await upstream?.close()
})
afterEach(async () => {
  upstream.received.length = 0
  const plugins = (await admin.get('/plugins')).data as { id: string }[]
  for (const { id } of plugins) await admin.delete(`/plugins/${id}`)
})

const use = (name: string, config: object = {}) =>
  admin.post('/routes/all/plugins', { name, config })
const post = (body: string, target = '/') => fetch(program.proxy + target, { method: 'POST', body })

describe('maintenance', () => {
  it('answers everybody with a 503 that says when to come back', async () => {
    await admin.post('/plugins', { name: 'maintenance', config: { retry_after: 60 } })
    const res = await fetch(`${program.proxy}/any`)
    expect([res.status, res.headers.get('retry-after'), await res.json()]).toEqual([
      503,
      '60',
      { message: 'we will be back soon' },
    ])
    expect(upstream.received).toHaveLength(0)
  })

  it('lets those through who may look', async () => {
    await admin.post('/plugins', { name: 'maintenance', config: { allow: ['127.0.0.1'] } })
    expect((await fetch(program.proxy)).status).toBe(200)
  })

  it('is off once it is disabled', async () => {
    const { id } = await admin.post('/plugins', { name: 'maintenance', config: {} })
    await admin.patch(`/plugins/${String(id)}`, { enabled: false })
    expect((await fetch(program.proxy)).status).toBe(200)
  })
})

describe('size-guard', () => {
  it.each([
    { body: 10, target: 5, status: 200 },
    { body: 11, target: 5, status: 413 },
    { body: 0, target: 20, status: 200 },
    { body: 0, target: 21, status: 414 },
  ])('answers $status to a body of $body bytes and a target of $target', async (row) => {
    await use('size-guard', { max_body_bytes: 10, max_target_bytes: 20 })
    const res = await post('x'.repeat(row.body), `/${'y'.repeat(row.target - 1)}`)
    expect(res.status).toBe(row.status)
    expect(upstream.received).toHaveLength(row.status === 200 ? 1 : 0)
  })

  it.each([
    { body: 10, status: 200 },
    { body: 11, status: 413 },
  ])('counts $body bytes that come without a length: $status', async ({ body, status }) => {
    await use('size-guard', { max_body_bytes: 10 })
    const chunks = `${body.toString(16)}\r\n${'x'.repeat(body)}\r\n0\r\n\r\n`
    const head = 'POST / HTTP/1.1\r\nHost: localhost\r\nTransfer-Encoding: chunked\r\n\r\n'
    const answer = await sendBytes(program.proxy, head + chunks)
    expect(answer.status).toBe(status)
  })

  it('refuses a limit of nothing', async () => {
    await expect(use('size-guard', { max_body_bytes: 0 })).rejects.toThrow('greater than 0')
  })
})

describe('json-envelope', () => {
  it.each([
    { target: '/201', field: 'data', status: 201 },
    { target: '/404', field: 'error', status: 404 },
  ])('puts what $target answers into $field', async ({ target, field, status }) => {
    await use('json-envelope')
    const res = await fetch(program.proxy + target)
    const id = res.headers.get('x-kong-request-id')
    expect([res.status, await res.json()]).toEqual([
      status,
      { [field]: { status, length: 0 }, status, request_id: id },
    ])
  })

  it.each(['/text', '/broken'])('leaves what is no JSON as it is: %s', async (target) => {
    const plain = await (await fetch(program.proxy + target)).text()
    await use('json-envelope')
    expect(await (await fetch(program.proxy + target)).text()).toBe(plain)
  })

  it('leaves an Exit as it is', async () => {
    await use('json-envelope')
    await use('size-guard', { max_body_bytes: 1 })
    expect(await (await post('xx')).json()).toEqual({
      message: 'the body is too long, at most 1 bytes are taken',
    })
  })
})

describe('checksum-stamp', () => {
  it('stamps the head, and tells the checksum of the body', async () => {
    await use('checksum-stamp', { stamp: 'us' })
    const res = await fetch(program.proxy)
    expect([res.headers.get('x-stamped-by'), res.headers.get('x-powered-by')]).toEqual(['us', null])
    const checksum = createHash('sha256')
      .update(await res.text())
      .digest('hex')
    const id = res.headers.get('x-kong-request-id')
    await program.logged(`sha256 ${String(id)} ${checksum}`)
  })
})

describe('latency-log', () => {
  it('tells of a request that was slow', async () => {
    await use('latency-log', { slow_ms: 0 })
    await (await fetch(`${program.proxy}/slow`)).text()
    await program.logged('slow')
    const line = lineWith('/slow')
    expect(line).toMatchObject({ method: 'GET', status: 200, source: 'service', route: 'all' })
    expect(line.took_ms).toBeGreaterThanOrEqual(0)
  })

  it('tells of a failure, and not of what is as it should be', async () => {
    await use('latency-log', { slow_ms: 3_600_000 })
    await (await fetch(`${program.proxy}/fine`)).text()
    await (await fetch(`${program.proxy}/500`)).text()
    await program.logged('/500')
    expect(program.log()).not.toContain('/fine')
  })
})

/** The object in the line of the log that holds a text. */
function lineWith(text: string): Record<string, unknown> {
  const line =
    program
      .log()
      .split('\n')
      .find((one) => one.includes(text)) ?? ''
  const inner = JSON.parse(line) as { readonly msg: string }
  return JSON.parse(inner.msg.slice(inner.msg.indexOf('{'))) as Record<string, unknown>
}
