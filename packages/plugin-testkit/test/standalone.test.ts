import { createServer, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { definePlugin } from '@postern/plugin-runtime'
import { createPluginTest } from '@postern/plugin-testkit'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'

const greeter = definePlugin({
  name: 'greeter',
  version: '1.0.0',
  priority: 10,
  schema: {
    fields: {
      config: {
        type: 'record',
        required: true,
        fields: { word: { type: 'string', default: 'hi' } },
      },
    },
  } as const,
  access(kong, config) {
    const name = kong.request.getQueryArg('name')
    if (typeof name !== 'string') return kong.response.exit(400, { message: 'who are you?' })
    kong.response.exit(200, `${config.word}, ${name}`, { 'X-Greeted': name })
  },
})

let server: Server
const test = createPluginTest(greeter, { config: { word: 'hello' } })

beforeEach(async () => {
  server = createServer((req, res) => {
    void test.run({ path: req.url ?? '/', method: req.method ?? 'GET' }).then((result) => {
      res.writeHead(result.status, result.headers.toRaw()).end(result.bytes)
    })
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
})

afterEach(async () => {
  server.closeAllConnections()
  await new Promise((resolve) => server.close(resolve))
})

const get = (path: string): Promise<Response> =>
  fetch(`http://127.0.0.1:${(server.address() as AddressInfo).port}${path}`)

describe('a plugin tested, and served by a bare node:http server', () => {
  it('answers', async () => {
    const res = await get('/?name=ada')
    expect([res.status, res.headers.get('x-greeted'), await res.text()]).toEqual([
      200,
      'ada',
      'hello, ada',
    ])
  })

  it('refuses', async () => {
    const res = await get('/')
    expect([res.status, await res.json()]).toEqual([400, { message: 'who are you?' }])
  })
})
