import { createServer, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { describe, expect, it } from 'vitest'
import { createLua, type LuaFunction } from '@postern/lua'

/** A server that lets a Lua function write its answers. */
async function serve(source: string): Promise<{ server: Server; url: string }> {
  const headers = new Map<string, string>()
  const globals = { request: { header: (name: unknown) => headers.get(String(name)) } }
  const fn = createLua({ globals }).compile(source, 'answer').call()[0] as LuaFunction
  const server = createServer((req, res) => {
    headers.clear()
    for (const [name, value] of Object.entries(req.headers)) headers.set(name, String(value))
    try {
      const [status, body] = fn.call(req.method, req.url)
      res.writeHead(Number(status), { 'content-type': 'application/json' })
      res.end(JSON.stringify(body))
    } catch (error) {
      res.writeHead(500).end((error as { code: string }).code)
    }
  })
  await new Promise<void>((done) => server.listen(0, '127.0.0.1', done))
  return { server, url: `http://127.0.0.1:${(server.address() as AddressInfo).port}` }
}

describe('the package alone, in a server of node:http', () => {
  it.each([
    {
      source:
        'return function(method, path) return 200, { method = method, path = path, agent = request.header("x-agent") } end',
      status: 200,
      body: '{"method":"GET","path":"/a?b=1","agent":"tea"}',
    },
    { source: 'return function() while true do end end', status: 500, body: 'POSTERN_LUA_BUDGET' },
    { source: 'return function() error("x") end', status: 500, body: 'POSTERN_LUA_RUNTIME' },
  ])('answers $status for: $source', async ({ source, status, body }) => {
    const { server, url } = await serve(source)
    const response = await fetch(`${url}/a?b=1`, { headers: { 'x-agent': 'tea' } })
    expect(response.status).toBe(status)
    expect(await response.text()).toBe(body)
    server.close()
  })
})
