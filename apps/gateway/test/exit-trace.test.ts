import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { type DataPlane, startDataPlane } from './data-plane.ts'
import { sendBytes } from './send-bytes.ts'

const TOKEN = 'the-operators-token'

const prefix = mkdtempSync(path.join(tmpdir(), 'postern-trace-'))
afterAll(() => rmSync(prefix, { recursive: true, force: true }))

/**
 * Put a secret of the request where a trace could show it. In Lua, which is ended by its steps and not
 * by a clock: the outcome is the same on a busy machine.
 */
const functions = [
  `return function(status, body, headers)
     body.key = kong.request.get_header("authorization")
     return 418, body, { ["X-Key"] = body.key }
   end`,
  'return function() return end',
  'return function(status, body, headers) error(kong.request.get_header("authorization")) end',
  'return function() while true do end end',
]

function get(gateway: DataPlane, token: string | undefined) {
  const line = token === undefined ? '' : `X-Kong-Request-Debug-Token: ${token}\r\n`
  return sendBytes(
    gateway.url,
    `GET /none HTTP/1.1\r\nHost: a\r\nAuthorization: Bearer s3cr3t-value\r\n${line}\r\n`,
  )
}

async function start(settings: Readonly<Record<string, string>>): Promise<DataPlane> {
  const gateway = await startDataPlane({ prefix, ...settings })
  await gateway.add('plugins', {
    name: 'exit-transformer',
    config: { functions, handle_unknown: true, timeout_ms: 200 },
  })
  return gateway
}

describe('a gateway with request_debug_token', () => {
  let gateway: DataPlane
  beforeAll(async () => {
    gateway = await start({ request_debug_token: TOKEN })
  })
  afterAll(() => gateway?.close())

  it('tells who knows the token what each function did, and no values', async () => {
    const { status, headers } = await get(gateway, TOKEN)
    expect(status).toBe(418)
    const text = headers.get('x-postern-exit-trace') ?? ''
    expect(JSON.parse(text)).toMatchObject([
      {
        outcome: 'changed',
        status: [404, 418],
        headers: ['X-Key', 'Content-Type'],
        body: ['/key'],
      },
      { outcome: 'unchanged' },
      { outcome: 'failed' },
      { outcome: 'ended' },
    ])
    expect(text).not.toContain('s3cr3t')
  })

  it.each([undefined, '', 'the-operators-toke', 'the-operators-tokenn', 'THE-OPERATORS-TOKEN'])(
    'tells nothing to the token %j',
    async (token) => {
      const { status, headers } = await get(gateway, token)
      expect(status).toBe(418)
      expect(headers.has('x-postern-exit-trace')).toBe(false)
    },
  )
})

describe('a gateway without request_debug_token', () => {
  let gateway: DataPlane
  beforeAll(async () => {
    gateway = await start({})
  })
  afterAll(() => gateway?.close())

  it.each(['', 'null', 'undefined'])('tells nothing to the token %j', async (token) => {
    expect((await get(gateway, token)).headers.has('x-postern-exit-trace')).toBe(false)
  })
})
