import path from 'node:path'
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { webhookExample } from '../src/functions/webhook-example.cases.ts'
import { type AdminClient, createAdminClient } from './admin-client.ts'
import { type RecordingUpstream, startRecordingUpstream } from './recording-upstream.ts'
import { type Answer, sendBytes } from './send-bytes.ts'
import { type RunningProgram, startProgram } from './start-program.ts'

// Number 13 of the published examples needs the network, which only mode `on` has.

let program: RunningProgram
let admin: AdminClient
let webhook: RecordingUpstream

beforeAll(async () => {
  const exitMaker = path.join(import.meta.dirname, 'plugins/exit-maker.ts')
  webhook = await startRecordingUpstream(({ target }, res) => {
    res.writeHead(target === '/refuses' ? 403 : 200).end()
  })
  program = await startProgram({
    settings: { workers: '1', plugins: `bundled,${exitMaker}`, untrusted_functions: 'on' },
  })
  admin = createAdminClient(program.admin)
})
afterAll(async () => {
  await program?.stop()
  program?.cleanUp()
  await webhook?.close()
})
beforeEach(() => {
  webhook.received.length = 0
})

/** Answers an exit of this status, as one function sends it. */
async function answerThrough(source: string, status: number): Promise<Answer> {
  const { id } = await admin.post('/routes', { paths: ['/case'] })
  await admin.post(`/routes/${id}/plugins`, {
    name: 'exit-maker',
    config: { exit: JSON.stringify({ status, body: { message: 'oh' } }) },
  })
  await admin.post(`/routes/${id}/plugins`, {
    name: 'exit-transformer',
    config: { functions: [source], timeout_ms: 5000 },
  })
  try {
    return await sendBytes(program.proxy, 'GET /case HTTP/1.1\r\nHost: localhost\r\n\r\n')
  } finally {
    await admin.delete(`/routes/${id}`)
  }
}

describe.each(['javascript', 'lua'] as const)('errors posted to a webhook, in %s', (language) => {
  it('posts an error and hands the exit on', async () => {
    const answer = await answerThrough(webhookExample(`${webhook.url}/hook`)[language], 500)
    expect([answer.status, answer.json]).toEqual([500, { message: 'oh' }])
    expect(webhook.received).toMatchObject([
      { method: 'POST', target: '/hook', body: '{"text":"500 oh"}' },
    ])
    expect(webhook.received[0]?.headers['content-type']).toBe('application/json')
  })

  it('posts no refusal', async () => {
    const answer = await answerThrough(webhookExample(`${webhook.url}/hook`)[language], 401)
    expect([answer.status, answer.json]).toEqual([401, { message: 'oh' }])
    expect(webhook.received).toEqual([])
  })

  it('logs that the webhook is down, and hands the exit on', async () => {
    const down = await startRecordingUpstream()
    await down.close()
    const from = program.log().length
    const answer = await answerThrough(webhookExample(`${down.url}/hook`)[language], 500)
    expect([answer.status, answer.json]).toEqual([500, { message: 'oh' }])
    expect(await program.logged('webhook: ', from)).toContain(DOWN[language])
  })
})

/** What each language says of a port that nobody listens on. */
const DOWN = { javascript: 'fetch failed', lua: 'connection refused' } as const

describe('errors posted to a webhook, in JavaScript', () => {
  it('logs that the webhook refused, and hands the exit on', async () => {
    const from = program.log().length
    const answer = await answerThrough(webhookExample(`${webhook.url}/refuses`).javascript, 500)
    expect([answer.status, answer.json]).toEqual([500, { message: 'oh' }])
    expect(await program.logged('webhook: ', from)).toContain('answered 403')
  })
})
