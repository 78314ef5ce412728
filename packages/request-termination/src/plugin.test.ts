import type { Exit } from '@postern/pdk-response'
import { createPluginTest, type TestRequest } from '@postern/plugin-testkit'
import { checkRecord, describeViolations } from '@postern/schema'
import { describe, expect, it } from 'vitest'
import { createRequestTerminationPlugin } from './plugin.ts'
import type { RequestTerminationConfig } from './schema.ts'

const plugin = createRequestTerminationPlugin()

describe('the schema', () => {
  it.each<[config: unknown, violation: string | undefined]>([
    [{}, undefined],
    [{ status_code: 100 }, undefined],
    [{ status_code: 599 }, undefined],
    [{ status_code: 99 }, 'config.status_code: value should be between 100 and 599'],
    [{ status_code: 600 }, 'config.status_code: value should be between 100 and 599'],
    [{ message: 'm' }, undefined],
    [{ body: 'b', content_type: 'a/b' }, undefined],
    [{ message: 'm', body: 'b' }, 'config: message cannot be used with content_type or body'],
    [
      { message: 'm', content_type: 'a/b' },
      'config: message cannot be used with content_type or body',
    ],
    [{ content_type: 'a/b' }, 'config: content_type requires a body'],
    [{ trigger: 'x y' }, 'config.trigger'],
  ])('of %j says %j', (config, violation) => {
    const checked = checkRecord(plugin.schema, { config })
    const said = checked.ok ? undefined : describeViolations(checked.violations)
    if (violation === undefined) expect(said).toBeUndefined()
    else expect(said).toContain(violation)
  })
})

async function exitOf(
  config: Partial<RequestTerminationConfig>,
  request: TestRequest = {},
): Promise<Exit | undefined> {
  return (await createPluginTest(plugin, { config }).run(request)).exit
}

describe('the answer', () => {
  it.each<[config: Partial<RequestTerminationConfig>, exit: Partial<Exit>]>([
    [
      {},
      {
        status: 503,
        body: { message: 'Service unavailable' },
        reason: 'request-termination.message',
      },
    ],
    [{ status_code: 401 }, { status: 401, body: { message: 'Unauthorized' } }],
    [{ status_code: 403 }, { status: 403, body: undefined }],
    [
      { status_code: 403, message: 'So long' },
      { status: 403, body: { message: 'So long' } },
    ],
    [{ status_code: 204 }, { status: 204, body: undefined }],
    [
      { body: '{"a":1}' },
      { body: '{"a":1}', headers: undefined, reason: 'request-termination.body' },
    ],
    [
      { body: '<p>', content_type: 'text/html' },
      { body: '<p>', headers: { 'Content-Type': 'text/html' } },
    ],
  ])('of %j is %j', async (config, exit) => {
    expect(await exitOf(config)).toMatchObject(exit)
  })

  it('echoes the request', async () => {
    const exit = await exitOf(
      { echo: true, message: 'm' },
      { path: '/a?b=2', headers: { 'X-A': '1' }, body: 'text' },
    )
    expect(exit).toMatchObject({
      status: 503,
      reason: 'request-termination.echo',
      body: {
        message: 'm',
        kong: { node_id: expect.any(String), worker_pid: process.pid },
        matched_route: { id: expect.any(String) },
        matched_service: { id: expect.any(String) },
        request: {
          method: 'POST',
          path: '/a',
          query: { b: '2' },
          headers: { host: 'localhost', 'x-a': '1' },
          raw_body: 'text',
          scheme: 'http',
          host: 'localhost',
          port: 8000,
          uri_captures: { named: {}, unnamed: [] },
        },
      },
    })
  })
})

describe('the trigger', () => {
  it.each<[asked: TestRequest, isTriggered: boolean]>([
    [{}, false],
    [{ path: '/?X-Stop=1' }, false],
    [{ path: '/?x-stop=1' }, true],
    [{ path: '/?x-stop' }, true],
    [{ path: '/?x-stop=' }, true],
    [{ headers: { 'X-Stop': '' } }, true],
    [{ headers: { 'x-stop': 'no' } }, true],
    [{ headers: { 'x-stopped': 'yes' } }, false],
  ])('%j: %j', async (asked, isTriggered) => {
    expect((await exitOf({ trigger: 'x-stop' }, asked)) !== undefined).toBe(isTriggered)
  })
})
