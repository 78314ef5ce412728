import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { checkEntity, describeViolations } from '@postern/schema'
import { expect, it } from 'vitest'
import { routes } from '@postern/entities'

it('checks Routes in a bare node:http server', async () => {
  const server = createServer((req, res) => {
    let text = ''
    req.on('data', (chunk: Buffer) => {
      text += chunk.toString()
    })
    req.on('end', () => {
      const checked = checkEntity(routes, JSON.parse(text), { operation: 'insert' })
      res.end(checked.ok ? checked.value.protocols.join() : describeViolations(checked.violations))
    })
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/`
  const post = async (body: object) => {
    const response = await fetch(url, { method: 'POST', body: JSON.stringify(body) })
    return response.text()
  }
  try {
    expect(await post({ paths: ['/a'] })).toBe('http,https')
    expect(await post({ paths: ['a'] })).toBe(
      'schema violation (paths.1: should start with: / (fixed path) or ~/ (regex path))',
    )
  } finally {
    server.close()
  }
})
