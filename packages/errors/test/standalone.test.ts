import http from 'node:http'
import type { AddressInfo } from 'node:net'
import { defineErrors, PosternError } from '@postern/errors'
import { expect, it } from 'vitest'

it('serves a bare node:http server whose faults carry a code', async () => {
  const shopErrors = defineErrors('SHOP', {
    SOLD_OUT: (tea: string) => `no ${JSON.stringify(tea)}`,
  })
  const server = http.createServer((_req, res) => {
    try {
      throw shopErrors.SOLD_OUT('oolong')
    } catch (error) {
      const known = error instanceof PosternError
      res.writeHead(known ? 409 : 500).end(known ? error.code : '')
    }
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  try {
    const answer = await fetch(`http://127.0.0.1:${(server.address() as AddressInfo).port}/`)
    expect([answer.status, await answer.text()]).toEqual([409, 'SHOP_SOLD_OUT'])
  } finally {
    server.close()
  }
})
