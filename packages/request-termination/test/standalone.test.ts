import { createServer, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { HeaderList, nodeResponse } from '@postern/pdk-response'
import { isTriggered } from '@postern/request-termination'
import { afterEach, beforeEach, expect, it } from 'vitest'

let server: Server

/** A maintenance page in somebody else's server: the core alone, without plugins. */
beforeEach(async () => {
  server = createServer((req, res) => {
    const headers = HeaderList.fromRaw(req.rawHeaders)
    const query = new URL(req.url ?? '/', 'http://localhost').searchParams
    const request = {
      getHeader: (name: string) => headers.get(name),
      getQueryArg: (name: string) => query.get(name) ?? undefined,
    }
    if (!isTriggered(request, 'x-stop')) return void res.end('on')
    void nodeResponse(req, res, { requestId: 'cafe' }).run((response) =>
      response.exit(503, { message: 'Back soon' }),
    )
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
})

afterEach(async () => {
  server.closeAllConnections()
  await new Promise((resolve) => server.close(resolve))
})

it.each([
  ['/', {}, 200, 'on'],
  ['/?x-stop=1', {}, 503, '{"message":"Back soon"}'],
  ['/', { 'X-Stop': 'yes' }, 503, '{"message":"Back soon"}'],
])('%s with %j', async (path, headers, status, body) => {
  const { port } = server.address() as AddressInfo
  const res = await fetch(`http://127.0.0.1:${port}${path}`, { headers })
  expect([res.status, await res.text()]).toEqual([status, body])
})
