import { once } from 'node:events'
import http from 'node:http'
import net from 'node:net'
import { setTimeout as wait } from 'node:timers/promises'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { type DataPlane, startDataPlane } from './data-plane.ts'
import { type RecordingUpstream, startRecordingUpstream } from './recording-upstream.ts'
import { sendBytes } from './send-bytes.ts'

let gateway: DataPlane
let upstream: RecordingUpstream

/** What the Service answers, by path. */
const ANSWERS: Readonly<Record<string, (res: http.ServerResponse) => void>> = {
  '/204': (res) => void res.writeHead(204, { 'x-up': '1' }).end(),
  '/304': (res) => void res.writeHead(304, { etag: '"a"' }).end(),
  '/500': (res) => void res.writeHead(500, { 'content-type': 'text/plain' }).end('my own fault'),
  '/teapot': (res) => void res.writeHead(418).end(),
  '/hop': (res) =>
    void res
      .writeHead(200, {
        connection: 'x-private',
        'x-private': '1',
        'keep-alive': 'x',
        'x-open': '1',
      })
      .end('ok'),
  '/cookies': (res) => void res.writeHead(200, { 'set-cookie': ['a=1', 'b=2'] }).end('ok'),
  '/large': (res) => {
    res.writeHead(200, { 'content-length': String(LARGE) })
    let left = LARGE
    const write = (): void => {
      while (left > 0) {
        const chunk = Buffer.alloc(Math.min(left, 65_536), 'x')
        left -= chunk.length
        if (!res.write(chunk)) return void res.once('drain', write)
      }
      res.end()
    }
    write()
  },
  '/broken': (res) => {
    res.writeHead(200, { 'content-length': '100' })
    res.write('only this')
    setTimeout(() => res.destroy(), 20)
  },
  '/never': () => {},
}
const LARGE = 20 * 1024 * 1024

beforeAll(async () => {
  upstream = await startRecordingUpstream((received, res) => {
    const answer = ANSWERS[received.target]
    if (answer !== undefined) answer(res)
    else res.writeHead(200, { 'content-type': 'application/json' }).end(JSON.stringify(received))
  })
  gateway = await startDataPlane()
  const service = await gateway.add('services', {
    name: 'up',
    url: upstream.url,
    read_timeout: 500,
  })
  await gateway.add('routes', { paths: ['/up'], service: { id: service.id } })
  await gateway.add('routes', {
    hosts: ['kept.test'],
    preserve_host: true,
    service: { id: service.id },
  })
  const dead = await gateway.add('services', { url: 'http://127.0.0.1:1' })
  await gateway.add('routes', { paths: ['/dead'], service: { id: dead.id } })
  const nowhere = await gateway.add('services', { host: 'nowhere.invalid' })
  await gateway.add('routes', { paths: ['/nowhere'], service: { id: nowhere.id } })
  await gateway.add('routes', { paths: ['/serviceless'] })
  await gateway.add('routes', {
    paths: ['/secure'],
    protocols: ['https'],
    service: { id: service.id },
  })
  await gateway.add('routes', {
    paths: ['/moved'],
    protocols: ['https'],
    https_redirect_status_code: 301,
    service: { id: service.id },
  })
  await gateway.add('plugins', {
    name: 'exit-transformer',
    config: {
      handle_unknown: true,
      handle_unexpected: true,
      functions: [
        'return function(s, b, h) h = h or {} h["X-Seen"] = kong.exit.reason return s, b, h end',
      ],
    },
  })
})
afterAll(async () => {
  await gateway?.close()
  await upstream?.close()
})

const get = (target: string, headers: Record<string, string> = {}) =>
  sendBytes(
    gateway.url,
    `GET ${target} HTTP/1.1\r\n${Object.entries({ Host: 'localhost', ...headers })
      .map(([name, value]) => `${name}: ${value}\r\n`)
      .join('')}\r\n`,
  )

describe('the answers of the gateway itself', () => {
  it.each([
    {
      target: '/none',
      status: 404,
      message: 'no Route matched with those values',
      reason: 'router.no_route',
    },
    {
      target: '/serviceless',
      status: 503,
      message: 'no Service found with those values',
      reason: 'router.no_service',
    },
    {
      target: '/secure',
      status: 426,
      message: 'Please use HTTPS protocol',
      reason: 'router.https_required',
    },
    { target: '/nowhere', status: 503, message: 'name resolution failed', reason: 'upstream.dns' },
    {
      target: '/dead',
      status: 502,
      message: 'An invalid response was received from the upstream server',
      reason: 'upstream.refused',
    },
    {
      target: '/up/never',
      status: 504,
      message: 'The upstream server is timing out',
      reason: 'upstream.timeout',
    },
  ])(
    'answers $status to $target, and functions see $reason',
    async ({ target, status, message, reason }) => {
      const answer = await get(target, { Accept: 'application/json' })
      expect(answer.status).toBe(status)
      expect(answer.json).toMatchObject({ message })
      expect(answer.headers.get('x-seen')).toBe(reason)
      expect(answer.json).toMatchObject({ request_id: answer.headers.get('x-kong-request-id') })
    },
  )

  it('redirects to https with the target as it came', async () => {
    const answer = await get('/moved/a%20b?c=d')
    expect([answer.status, answer.headers.get('location')]).toEqual([
      301,
      'https://localhost/moved/a%20b?c=d',
    ])
  })

  it.each([
    { what: 'no Host', bytes: 'GET / HTTP/1.1\r\n\r\n', status: 400 },
    { what: 'two Hosts', bytes: 'GET / HTTP/1.1\r\nHost: a\r\nHost: a\r\n\r\n', status: 400 },
    {
      what: 'a line that is no header',
      bytes: 'GET / HTTP/1.1\r\nHost: a\r\nbad\r\n\r\n',
      status: 400,
    },
    { what: 'no HTTP at all', bytes: 'hello\r\n\r\n', status: 400 },
    {
      what: 'both framings',
      bytes:
        'POST /up HTTP/1.1\r\nHost: a\r\nContent-Length: 3\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n',
      status: 400,
    },
    { what: 'TRACE', bytes: 'TRACE /up HTTP/1.1\r\nHost: a\r\n\r\n', status: 405 },
    {
      what: 'a target of 9 KB',
      bytes: `GET /${'a'.repeat(9000)} HTTP/1.1\r\nHost: a\r\n\r\n`,
      status: 414,
    },
    {
      what: 'a head of 40 KB',
      bytes: `GET / HTTP/1.1\r\nHost: a\r\nX: ${'a'.repeat(40_000)}\r\n\r\n`,
      status: 431,
    },
  ])('answers $status to $what, through the functions', async ({ bytes, status }) => {
    const answer = await sendBytes(gateway.url, bytes)
    expect(answer.status).toBe(status)
    expect(answer.headers.get('x-seen')).toMatch(/^request\./)
    expect(answer.headers.get('connection')).toBe('close')
  })

  it('goes on serving after all of them', async () => {
    expect((await get('/up')).status).toBe(200)
  })
})

describe('a request on its way to the Service', () => {
  it('loses what is about the connection, and says whose it is', async () => {
    await get('/up/a/b?x=1&y', { Connection: 'close, X-Own', 'X-Own': '1', 'X-Kept': '2' })
    const received = upstream.received.at(-1)
    expect(received?.target).toBe('/a/b?x=1&y')
    expect(received?.headers).toMatchObject({
      'x-kept': '2',
      'x-real-ip': '127.0.0.1',
      'x-forwarded-for': '127.0.0.1',
      'x-forwarded-proto': 'http',
      'x-forwarded-path': '/up/a/b',
      'x-forwarded-prefix': '/up',
      host: `127.0.0.1:${upstream.port}`,
    })
    expect(received?.headers).not.toHaveProperty('x-own')
  })

  it('keeps Host where the Route says so', async () => {
    await get('/', { Host: 'kept.test' })
    expect(upstream.received.at(-1)?.headers.host).toBe('kept.test')
  })

  it('is routed by the host of an absolute target', async () => {
    await get('http://kept.test/absolute', { Host: 'other.test' })
    expect(upstream.received.at(-1)).toMatchObject({
      target: '/absolute',
      headers: { host: 'kept.test' },
    })
  })

  it.each([
    { framing: 'a length', head: 'Content-Length: 5\r\n', body: 'hello' },
    { framing: 'chunks', head: 'Transfer-Encoding: chunked\r\n', body: '5\r\nhello\r\n0\r\n\r\n' },
  ])('takes its body along with $framing', async ({ head, body }) => {
    const answer = await sendBytes(
      gateway.url,
      `POST /up HTTP/1.1\r\nHost: a\r\n${head}\r\n${body}`,
    )
    expect(answer.status).toBe(200)
    expect(upstream.received.at(-1)?.body).toBe('hello')
  })

  it('is asked for its body when the client waits to be asked', async () => {
    const socket = net.connect(gateway.port, '127.0.0.1')
    socket.write(
      'POST /up HTTP/1.1\r\nHost: a\r\nExpect: 100-continue\r\nContent-Length: 2\r\n\r\n',
    )
    const [first] = (await once(socket, 'data')) as [Buffer]
    expect(first.toString()).toMatch(/^HTTP\/1\.1 100 /)
    socket.write('hi')
    const [second] = (await once(socket, 'data')) as [Buffer]
    expect(second.toString()).toMatch(/^HTTP\/1\.1 200 /)
    socket.destroy()
    expect(upstream.received.at(-1)?.body).toBe('hi')
  })

  it.each([
    { what: 'is no chunk', rest: 'zz\r\n', ends: false },
    { what: 'ends in the middle', rest: '5\r\nhe', ends: true },
  ])('is refused with 400 and given up when its body $what', async ({ rest, ends }) => {
    const socket = net.connect({ port: gateway.port, host: '127.0.0.1', allowHalfOpen: true })
    socket.write('POST /up HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n')
    await wait(50)
    if (ends) socket.end(rest)
    else socket.write(rest)
    let text = ''
    for await (const chunk of socket) text += String(chunk)
    expect(text).toMatch(/^HTTP\/1\.1 400 /)
  })

  it('is ended when the client leaves', async () => {
    const before = upstream.received.length
    const closed = new Promise<void>((resolve) => {
      const look = setInterval(() => {
        if (upstream.received.length === before) return
        clearInterval(look)
        resolve()
      }, 5)
    })
    const socket = net.connect(gateway.port, '127.0.0.1')
    socket.write('GET /up/never HTTP/1.1\r\nHost: a\r\n\r\n')
    await closed
    socket.destroy()
    await wait(50)
    expect((await get('/up')).status).toBe(200)
  })
})

describe('a response on its way to the client', () => {
  it.each([
    { target: '/up/204', status: 204, body: '' },
    { target: '/up/304', status: 304, body: '' },
    { target: '/up/500', status: 500, body: 'my own fault' },
    { target: '/up/teapot', status: 418, body: '' },
  ])(
    'keeps status $status of the Service, past the functions',
    async ({ target, status, body }) => {
      const answer = await get(target, { Connection: 'close' })
      expect([answer.status, answer.body]).toEqual([status, body])
      expect(answer.headers.has('x-seen')).toBe(false)
      expect(answer.headers.get('via')).toMatch(/^1\.1 postern\//)
    },
  )

  it('loses what is about the connection', async () => {
    const { headers } = await get('/up/hop')
    expect(headers.get('x-open')).toBe('1')
    expect(headers.has('x-private')).toBe(false)
  })

  it('keeps every line of a repeated header', async () => {
    expect((await get('/up/cookies')).headers.get('set-cookie')).toBe('a=1, b=2')
  })

  it('has no body for HEAD', async () => {
    const answer = await sendBytes(
      gateway.url,
      'HEAD /up/500 HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n',
    )
    expect([answer.status, answer.body]).toEqual([500, ''])
  })

  it('is cut where the Service breaks off, so that the client sees it', async () => {
    await expect(
      fetch(`${gateway.url}/up/broken`).then((answer) => answer.text()),
    ).rejects.toThrow()
  })

  it('is passed on as fast as a slow client reads, and whole', async () => {
    const res = await new Promise<http.IncomingMessage>((resolve, reject) => {
      http.get(`${gateway.url}/up/large`, { agent: false }, resolve).on('error', reject)
    })
    let bytes = 0
    for await (const chunk of res) {
      bytes += (chunk as Buffer).length
      if (bytes % 7 === 0) await wait(1)
    }
    expect(bytes).toBe(LARGE)
  })
})

describe('a WebSocket', () => {
  it('is joined to the Service, with what the client sends at once', async () => {
    const service = http.createServer()
    service.on('upgrade', (_req, socket, head) => {
      socket.write(
        'HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n\r\n',
      )
      if (head.length > 0) socket.write(head)
      socket.pipe(socket)
      socket.on('error', () => {})
    })
    service.listen(0, '127.0.0.1')
    await once(service, 'listening')
    const { port } = service.address() as net.AddressInfo
    const entity = await gateway.add('services', { url: `http://127.0.0.1:${port}` })
    await gateway.add('routes', { paths: ['/chat'], service: { id: entity.id } })

    const socket = net.connect(gateway.port, '127.0.0.1')
    socket.write(
      'GET /chat HTTP/1.1\r\nHost: a\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n' +
        'Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\nSec-WebSocket-Version: 13\r\n\r\nearly',
    )
    let text = ''
    socket.on('data', (chunk: Buffer) => {
      text += chunk.toString()
    })
    while (!text.includes('early')) await once(socket, 'data')
    expect(text).toMatch(/^HTTP\/1\.1 101 /)
    socket.write('and more')
    while (!text.includes('and more')) await once(socket, 'data')
    socket.destroy()
    service.closeAllConnections()
    service.close()
  })

  it('gets an ordinary answer where the gateway refuses it', async () => {
    const answer = await get('/none', { Connection: 'Upgrade', Upgrade: 'websocket' })
    expect(answer.status).toBe(404)
    expect(answer.headers.get('x-seen')).toBe('router.no_route')
  })
})
