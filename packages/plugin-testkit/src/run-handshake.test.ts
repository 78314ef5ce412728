import { definePlugin, type Kong } from '@postern/plugin-runtime'
import { describe, expect, it } from 'vitest'
import { createPluginTest, type PluginTestOptions } from './index.ts'

const schema = { fields: { config: { type: 'record', required: true, fields: {} } } } as const

function test(does: (kong: Kong<'certificate'>) => void, options: PluginTestOptions = {}) {
  const about = { name: 'tested', version: '1.0.0', priority: 10, schema }
  return createPluginTest(definePlugin({ ...about, certificate: does }), options)
}

describe('runHandshake()', () => {
  const NOTHING = { isRefused: false, requestsCertificate: false, forbidsReuse: false, logs: [] }

  it('tells the name that is asked for, and who asks', async () => {
    const seen: unknown[] = []
    const one = test((kong) => {
      seen.push(kong.nginx.getVar('ssl_server_name'), kong.client.getIp())
    })
    await one.runHandshake({ serverName: 'shop.test', clientIp: '10.0.0.9' })
    await one.runHandshake()
    expect(seen).toEqual(['shop.test', '10.0.0.9', undefined, '127.0.0.1'])
  })

  it.each<readonly [what: string, (kong: Kong<'certificate'>) => void, object]>([
    ['goes on', () => undefined, {}],
    [
      'asks for a certificate',
      (kong) => void kong.client.tls.requestClientCertificate(),
      { requestsCertificate: true },
    ],
    [
      'forbids to resume',
      (kong) => void kong.client.tls.disableSessionReuse(),
      { forbidsReuse: true },
    ],
    [
      'fails after it has asked',
      (kong) => {
        kong.client.tls.requestClientCertificate()
        throw new Error('no')
      },
      { isRefused: true, logs: [{ level: 'err', text: expect.stringContaining('Error: no') }] },
    ],
    [
      'looks for a request',
      (kong) => void (kong as Kong).request.getMethod(),
      {
        isRefused: true,
        logs: [{ level: 'err', text: expect.stringContaining('called in certificate phase') }],
      },
    ],
  ])('of a plugin that %s', async (_what, does, expected) => {
    const { logs, ...result } = await test(does).runHandshake()
    expect({ ...result, logs }).toEqual({ ...NOTHING, ...expected })
  })

  it('runs no instance of a Route', async () => {
    const one = test(() => expect.unreachable(), { boundTo: 'route' })
    expect(await one.runHandshake()).toEqual(NOTHING)
  })
})
