import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { afterEach, describe, expect, it } from 'vitest'
import { createExitTransformer, type ExitFunction } from '../src/index.ts'

let server: Server | undefined

afterEach(async () => {
  await new Promise((resolve) => server?.close(resolve) ?? resolve(undefined))
  server = undefined
})

/** A bare server whose 404 passes through functions. */
async function listen(transform: ReturnType<typeof createExitTransformer>): Promise<string> {
  const answer = async (req: IncomingMessage, res: ServerResponse): Promise<void> => {
    const exit = await transform(
      { status: 404, body: { message: 'Not found' }, reason: 'app.not_found' },
      { requestId: String(req.headers['x-id']) },
    )
    const json = typeof exit.body === 'object' && !(exit.body instanceof Uint8Array)
    res.statusCode = exit.status
    for (const [name, value] of Object.entries(exit.headers ?? {}))
      res.setHeader(name, String(value))
    res.end(json ? JSON.stringify(exit.body) : exit.body)
  }
  const listening = createServer((req, res) => void answer(req, res))
  server = listening
  await new Promise<void>((resolve) => listening.listen(0, '127.0.0.1', resolve))
  return `http://127.0.0.1:${(listening.address() as AddressInfo).port}/`
}

describe('exit-transformer in a bare node:http server', () => {
  it('rewrites an answer with functions of the program itself', async () => {
    const url = await listen(
      createExitTransformer({
        functions: [
          (_status, _body, _headers, exit) => ({ body: `<p>${exit.reason} ${exit.requestId}</p>` }),
          async (status, body, headers) => [status + 6, body, { ...headers, 'X-Late': 'yes' }],
        ],
      }),
    )
    const response = await fetch(url, { headers: { 'X-Id': 'cafe' } })
    expect(response.status).toBe(410)
    expect(response.headers.get('x-late')).toBe('yes')
    expect(response.headers.get('content-type')).toBe('text/html; charset=utf-8')
    expect(await response.text()).toBe('<p>app.not_found cafe</p>')
  })

  it('answers all the same when every function fails', async () => {
    const lines: unknown[] = []
    const url = await listen(
      createExitTransformer({
        functions: [
          () => {
            throw new Error('boom')
          },
          // Only a program without types can say so.
          (() => 'nonsense') as unknown as ExitFunction,
        ],
        log: { err: (line) => void lines.push(line) },
      }),
    )
    const response = await fetch(url)
    expect(response.status).toBe(404)
    expect(await response.json()).toEqual({ message: 'Not found' })
    expect(lines).toHaveLength(2)
  })
})
