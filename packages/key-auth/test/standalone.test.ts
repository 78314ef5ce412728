import { createServer, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { challengeOf, findKey, oneOrMany } from '@postern/key-auth'
import { HeaderList, nodeResponse } from '@postern/pdk-response'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'

const owners = new Map([['kong', 'Bob']])
let server: Server

/** key-auth in somebody else's server: the core alone, without plugins. */
beforeEach(async () => {
  server = createServer((req, res) => {
    const headers = HeaderList.fromRaw(req.rawHeaders)
    const query = new URL(req.url ?? '/', 'http://localhost').searchParams
    const found = findKey(
      ['apikey'],
      [(name) => oneOrMany(headers.getAll(name)), (name) => oneOrMany(query.getAll(name))],
    )
    const owner = found.kind === 'key' ? owners.get(found.value) : undefined
    if (owner !== undefined) return void res.end(`hello ${owner}`)
    void nodeResponse(req, res, { requestId: 'cafe' }).run((response) =>
      response.error(401, 'Unauthorized', { 'WWW-Authenticate': challengeOf('shop') }),
    )
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
})

afterEach(async () => {
  server.closeAllConnections()
  await new Promise((resolve) => server.close(resolve))
})

function get(path: string, headers: Readonly<Record<string, string>> = {}): Promise<Response> {
  return fetch(`http://127.0.0.1:${(server.address() as AddressInfo).port}${path}`, { headers })
}

describe('the core of key-auth in a bare node:http server', () => {
  it.each([
    { path: '/', headers: { apikey: 'kong' } },
    { path: '/?apikey=kong', headers: {} },
  ])('lets a known key in: $path', async ({ path, headers }) => {
    expect(await (await get(path, headers as Record<string, string>)).text()).toBe('hello Bob')
  })

  it.each(['/', '/?apikey=wrong', '/?apikey=kong&apikey=kong'])('challenges %s', async (path) => {
    const res = await get(path)
    expect([res.status, res.headers.get('www-authenticate')]).toEqual([401, 'Key realm="shop"'])
    expect(await res.json()).toEqual({ message: 'Unauthorized', request_id: 'cafe' })
  })
})
