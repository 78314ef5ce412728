import http from 'node:http'
import type { AddressInfo } from 'node:net'
import {
  compileBalancers,
  createUndiciClient,
  hostHeader,
  requestHeaders,
  responseHeaders,
  sendWithRetries,
} from '@postern/proxy'
import { expect, it } from 'vitest'
import { closedPort } from './raw-server.ts'

it('makes a balancing proxy of a bare node:http server', async () => {
  const service = await listening((req, res) => {
    res.writeHead(201, { 'X-Seen-Host': req.headers.host, 'Keep-Alive': 'timeout=9' })
    req.pipe(res)
  })
  const upstream = { id: '1' }
  const balancers = compileBalancers(
    [{ ...upstream, name: 'pool', host_header: 'shop.test' }],
    [`127.0.0.1:${await closedPort()}`, `127.0.0.1:${service.port}`].map((target) => ({
      target,
      upstream,
    })),
  )
  const client = createUndiciClient()
  const proxy = await listening((req, res) => proxyRequest(client, balancers, req, res))
  try {
    for (let i = 0; i < 4; i++) {
      const answer = await fetch(`http://127.0.0.1:${proxy.port}/`, { method: 'POST', body: 'tea' })
      expect([answer.status, await answer.text()]).toEqual([201, 'tea'])
      expect(answer.headers.get('x-seen-host')).toMatch(/^shop\.test:\d+$/)
      expect(answer.headers.get('via')).toBe('1.1 proxy')
    }
  } finally {
    proxy.server.close()
    await client.close()
    service.server.close()
  }
})

function proxyRequest(
  client: ReturnType<typeof createUndiciClient>,
  balancers: ReturnType<typeof compileBalancers>,
  req: http.IncomingMessage,
  res: http.ServerResponse,
): void {
  const headers = requestHeaders(req.rawHeaders, {
    upstreamHost: '',
    method: req.method ?? 'GET',
    preserveHost: false,
    host: req.headers.host,
    peerAddress: req.socket.remoteAddress ?? '',
    clientAddress: req.socket.remoteAddress ?? '',
    trusted: false,
    scheme: 'http',
    port: req.socket.localPort ?? 0,
    path: req.url ?? '/',
    prefix: '',
    requestId: undefined,
    via: '1.1 proxy',
    upgrade: false,
  })
  const facts = { via: '1.1 proxy', server: undefined, acceptsTrailers: false, upgrade: undefined }
  const exchange = sendWithRetries(
    {
      client,
      retries: 3,
      pick: () => balancers.pick('pool', 80),
      prepare: ({ host, port, name }) => ({
        scheme: 'http',
        host,
        port,
        method: req.method ?? 'GET',
        path: req.url ?? '/',
        headers: ['Host', hostHeader(name, port, 'http'), ...headers.slice(2)],
        body: req,
        connectTimeoutMs: 1000,
        writeTimeoutMs: 1000,
        readTimeoutMs: 1000,
      }),
    },
    {
      onHead: (status, raw) => res.writeHead(status, responseHeaders(raw, facts)),
      onData: (chunk) => res.write(chunk),
      onEnd: () => res.end(),
      onError: ({ kind }) => res.writeHead(502).end(kind),
    },
  )
  res.on('drain', () => exchange.resume())
}

async function listening(
  listener: http.RequestListener,
): Promise<{ server: http.Server; port: number }> {
  const server = http.createServer(listener)
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  return { server, port: (server.address() as AddressInfo).port }
}
