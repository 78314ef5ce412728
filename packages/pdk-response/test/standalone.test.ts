import { createServer, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { nodeResponse, type ResponsePdk } from '@postern/pdk-response'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'

let server: Server
let handler: (response: ResponsePdk) => unknown
const logged: unknown[] = []

beforeEach(async () => {
  logged.length = 0
  const log = {
    warn: () => undefined,
    error: (...values: unknown[]) => void logged.push(...values),
  }
  server = createServer((req, res) => {
    const answered = nodeResponse(req, res, { log, requestId: 'cafe' }).run(handler)
    void answered.then((hasExited) => (hasExited ? undefined : res.end('not exited')))
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
})

afterEach(async () => {
  server.closeAllConnections()
  await new Promise((resolve) => server.close(resolve))
})

function get(init?: RequestInit): Promise<Response> {
  return fetch(`http://127.0.0.1:${(server.address() as AddressInfo).port}/`, init)
}

describe('nodeResponse()', () => {
  it('sends an exit', async () => {
    handler = (response) => response.exit(403, { message: 'no' }, { 'X-A': ['1', '2'] })
    const res = await get()
    expect(res.status).toBe(403)
    expect(res.headers.get('x-a')).toBe('1, 2')
    expect(await res.json()).toEqual({ message: 'no' })
  })

  it('sends an error in the form that the client asks for', async () => {
    handler = (response) => response.error(401, 'no key')
    const res = await get({ headers: { Accept: 'text/plain' } })
    expect(res.headers.get('content-type')).toBe('text/plain; charset=utf-8')
    expect(await res.text()).toBe('no key\nrequest_id: cafe\n')
  })

  it('sends the headers of a body to HEAD, and no body', async () => {
    handler = (response) => response.exit(200, 'abc')
    const res = await get({ method: 'HEAD' })
    expect(res.headers.get('content-length')).toBe('3')
    expect(await res.text()).toBe('')
  })

  it('leaves the answer to the server when there is no exit, with what was set', async () => {
    handler = (response) => {
      response.setStatus(202)
      response.setHeader('X-A', 'b')
    }
    const res = await get()
    expect([res.status, res.headers.get('x-a'), await res.text()]).toEqual([202, 'b', 'not exited'])
  })

  it('waits for a handler, and keeps an exit that was swallowed', async () => {
    handler = async (response) => {
      await Promise.resolve()
      try {
        response.exit(418, 'tea')
      } catch {
        // A plugin with a catch-all.
      }
      response.exit(200, 'second')
    }
    const res = await get()
    expect([res.status, await res.text()]).toEqual([418, 'tea'])
  })

  it('answers 500 for a handler that throws, and tells the log alone why', async () => {
    handler = () => {
      throw new Error('secret')
    }
    const res = await get()
    expect(res.status).toBe(500)
    expect(await res.json()).toEqual({
      message: 'An unexpected error occurred',
      request_id: 'cafe',
    })
    expect(logged.map(String)).toEqual(['Error: secret'])
  })

  it('closes a connection whose length it was told wrongly', async () => {
    handler = (response) => response.exit(200, 'abcdef', { 'Content-Length': '3' })
    const res = await get()
    expect(res.headers.get('connection')).toBe('close')
  })
})
