import http from 'node:http'
import type { AddressInfo } from 'node:net'
import { createRouter, normalizePath, upstreamPath } from '@postern/router'
import { expect, it } from 'vitest'

it('routes the requests of a bare node:http server', async () => {
  const service = { path: '/v1' }
  const router = createRouter([
    { route: { id: 'shop', hosts: ['127.0.0.1'], paths: ['/shop'] }, service },
    { route: { id: 'beta', headers: { 'x-beta': ['yes'] }, paths: ['/shop'] }, service },
  ])
  const server = http.createServer((req, res) => {
    const path = normalizePath(req.url ?? '/')
    const match = router.match({
      method: req.method ?? 'GET',
      path,
      host: req.headers.host,
      port: req.socket.localPort ?? 0,
      scheme: 'http',
      sni: undefined,
      header: (name) => req.headers[name],
    })
    if (match === undefined) res.writeHead(404).end()
    else res.end(`${match.route.id} ${upstreamPath(match, path)}`)
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const { port } = server.address() as AddressInfo
  const ask = async (path: string): Promise<string> =>
    (await fetch(`http://127.0.0.1:${port}${path}`)).text()
  try {
    expect(await ask('/shop/caf%C3%A9')).toBe('shop /v1/caf%C3%A9')
    expect(await ask('/other')).toBe('')
  } finally {
    server.close()
  }
})
