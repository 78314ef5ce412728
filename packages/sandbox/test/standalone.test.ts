import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { createFunctionHost } from '../src/index.ts'

const host = createFunctionHost({ mode: 'sandbox' })
const page = host.compile(
  '(path, names) => `<!-- ${path} --><p>Not here: ${names.join(", ")}</p>`',
  { name: 'page', timeoutMs: 1_000 },
)

const server = createServer((req, res) => {
  page.call([req.url, ['a', 'b']]).then(
    ({ result }) => res.end(result),
    (error: Error) => res.writeHead(500).end(error.message),
  )
})

beforeAll(async () => {
  await host.start()
  await new Promise<void>((resolve) => {
    server.listen(0, '127.0.0.1', resolve)
  })
})

afterAll(async () => {
  server.close()
  await host.close()
})

describe('sandbox alone', () => {
  it('writes the pages of a node:http server', async () => {
    const { port } = server.address() as AddressInfo
    const answer = await fetch(`http://127.0.0.1:${port}/x`)
    expect(await answer.text()).toBe('<!-- /x --><p>Not here: a, b</p>')
  })
})
