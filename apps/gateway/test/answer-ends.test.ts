import { once } from 'node:events'
import http from 'node:http'
import net from 'node:net'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { HALF_CLOSED_MS } from '../src/listener/watch-half-closed.ts'
import { type DataPlane, startDataPlane } from './data-plane.ts'

interface Sending {
  /** This client has had enough. */
  readonly isEnough?: RegExp
  /** It closes its side behind the request. */
  readonly halfCloses?: boolean
}

/** All that comes until the gateway closes the connection, or until this client has had enough. */
function exchange(
  port: number,
  request: string,
  { isEnough = /$^/, halfCloses = false }: Sending = {},
): Promise<Closed> {
  return new Promise((resolve, reject) => {
    const socket = net.connect({ port, host: '127.0.0.1', allowHalfOpen: true })
    if (halfCloses) socket.end(request, 'latin1')
    else socket.write(request, 'latin1')
    let text = ''
    socket.setEncoding('latin1')
    socket.setTimeout(5000, () => socket.destroy(new Error(`still open: ${text}`)))
    socket.on('data', (chunk) => {
      text += String(chunk)
      if (!isEnough.test(text)) return
      resolve({ text, isClosed: false })
      socket.destroy()
    })
    socket.on('error', reject)
    socket.on('end', () => socket.end())
    socket.on('close', () => resolve({ text, isClosed: true }))
  })
}

interface Closed {
  readonly text: string
  /** Whether the gateway has closed the connection. */
  readonly isClosed: boolean
}

const linesOf = (text: string, name: string) =>
  (text.split('\r\n\r\n')[0] as string)
    .split('\r\n')
    .filter((line) => line.toLowerCase().startsWith(`${name}:`))

/** The bodies of answers that tell their length, or end with the connection. */
const bodyOf = (text: string) => text.slice(text.indexOf('\r\n\r\n') + 4)

const EXITS: Readonly<Record<string, string>> = {
  '/told': 'kong.response.exit(200, "12345")',
  '/short': 'kong.response.exit(200, "123", { ["Content-Length"] = "5" })',
  '/long': 'kong.response.exit(200, "12345", { ["Content-Length"] = "3" })',
  '/none': 'kong.response.exit(200, "12345", { ["Content-Length"] = "0" })',
  '/upgrade': 'kong.response.exit(426, "no", { Upgrade = "h2c", Connection = "Upgrade" })',
  '/close': 'kong.response.exit(200, "12345", { Connection = "close" })',
  '/kept': 'kong.response.exit(200, "12345", { Connection = "keep-alive, X-A" })',
}

/** What the Service answers. */
const ANSWERS: Readonly<Record<string, (res: http.ServerResponse) => unknown>> = {
  '/cut': (res) => {
    res.writeHead(200)
    res.write('begun', () => res.destroy())
  },
  '/slow': (res) => {
    res.writeHead(200)
    res.write('begun')
    setTimeout(() => res.end('ended'), 2 * HALF_CLOSED_MS)
  },
  '/never': () => {},
}

describe.each(['postern', 'node'])('how an answer ends, with the engine %s', (engine) => {
  let gateway: DataPlane
  const service = http.createServer(({ url = '' }, res) => ANSWERS[url]?.(res))

  beforeAll(async () => {
    service.listen(0, '127.0.0.1')
    await once(service, 'listening')
    gateway = await startDataPlane({ http_engine: engine, keepalive_requests: '3' })
    const { port } = service.address() as net.AddressInfo
    const { id } = await gateway.add('services', { url: `http://127.0.0.1:${port}`, retries: 0 })
    await gateway.add('routes', { paths: Object.keys(ANSWERS), strip_path: false, service: { id } })
    for (const [path, access] of Object.entries(EXITS)) {
      const route = await gateway.add('routes', { paths: [path] })
      await gateway.add('plugins', {
        name: 'pre-function',
        route: { id: route.id },
        config: { access: [access] },
      })
    }
  })
  afterAll(async () => {
    await gateway?.close()
    service.closeAllConnections()
    service.close()
  })

  const get = (path: string, { version = '1.1', lines = '' } = {}) =>
    `GET ${path} HTTP/${version}\r\nHost: a\r\n${lines}\r\n`
  const CLOSE = 'Connection: close\r\n'
  const KEEP = 'Connection: keep-alive\r\n'

  it.each([
    { what: 'HTTP/1.1', request: get('/told'), connection: 'keep-alive' },
    { what: 'HTTP/1.1 that closes', request: get('/told', { lines: CLOSE }), connection: 'close' },
    { what: 'HTTP/1.0', request: get('/told', { version: '1.0' }), connection: 'close' },
    {
      what: 'HTTP/1.0 that keeps alive',
      request: get('/told', { version: '1.0', lines: KEEP }),
      connection: 'keep-alive',
    },
    { what: 'a plugin that closes', request: get('/close'), connection: 'close' },
    { what: 'a plugin that keeps alive', request: get('/kept'), connection: 'keep-alive' },
    { what: 'a plugin that asks for an upgrade', request: get('/upgrade'), connection: 'Upgrade' },
  ])('says $connection to $what, and nothing else about it', async ({ request, connection }) => {
    const { text, isClosed } = await exchange(gateway.port, request, {
      isEnough: /\r\n\r\n(?:12345|no)$/,
    })
    expect(linesOf(text, 'connection')).toEqual([`Connection: ${connection}`])
    expect(linesOf(text, 'keep-alive')).toEqual([])
    if (connection !== 'close') expect(isClosed).toBe(false)
  })

  it('closes after an answer that asks for an upgrade, where the client does', async () => {
    const { text } = await exchange(gateway.port, get('/upgrade', { lines: CLOSE }))
    expect(bodyOf(text)).toBe('no')
  })

  it('closes after the last request that one connection may have', async () => {
    const { text } = await exchange(gateway.port, get('/told').repeat(4))
    expect(text.match(/HTTP\/1\.1 200 /g)).toHaveLength(3)
    expect(text.match(/^Connection: .*(?=\r)/gm)).toEqual([
      'Connection: keep-alive',
      'Connection: keep-alive',
      'Connection: close',
    ])
  })

  it('closes where the client may send its body or not', async () => {
    const lines = 'Expect: 100-continue\r\nContent-Length: 2\r\n'
    const { text } = await exchange(gateway.port, get('/told', { lines }))
    expect(linesOf(text, 'connection')).toEqual(['Connection: close'])
    expect(bodyOf(text)).toBe('12345')
  })

  it.each([
    { path: '/long', body: '123' },
    { path: '/none', body: '' },
  ])('sends no more than its Content-Length: $path', async ({ path, body }) => {
    const { text } = await exchange(gateway.port, get(path) + get('/told'))
    expect(text).toMatch(/^HTTP\/1\.1 200 /)
    expect(bodyOf(text)).toBe(body)
  })

  it('is cut where it has less than its Content-Length', async () => {
    const { text } = await exchange(gateway.port, get('/short') + get('/told'))
    expect(text).not.toContain('12345')
  })

  it('is cut where the Service cuts it, without the last chunk', async () => {
    const { text } = await exchange(gateway.port, get('/cut'))
    expect(text).toMatch(/\r\n\r\n5\r\nbegun\r\n$/)
  })

  it('comes whole to a client that has closed its side, once it has begun', async () => {
    const { text } = await exchange(gateway.port, get('/slow'), { halfCloses: true })
    expect(text).toMatch(/\r\n\r\n5\r\nbegun\r\n5\r\nended\r\n0\r\n\r\n$/)
  })

  it('is not waited for with a client that has closed its side, where none begins', async () => {
    const { text } = await exchange(gateway.port, get('/never'), { halfCloses: true })
    expect(text).toBe('')
  })

  it('is cut by a reset where only its end tells where it ends', async () => {
    const cut = exchange(gateway.port, get('/cut', { version: '1.0' }))
    await expect(cut).rejects.toThrow('ECONNRESET')
  })

  it.each([
    { request: 'GET / HTTP/2.0\r\nHost: a', status: 505 },
    { request: 'GET / HTTP/9.9\r\nHost: a', status: 505 },
    { request: 'GET / HTTP/0.9\r\nHost: a', status: 505 },
    { request: 'PRI * HTTP/2.0\r\n\r\nSM', status: 505 },
    { request: 'GET / HTTP/x\r\nHost: a', status: 400 },
    // llhttp takes it for HTTP/0.9.
    { request: 'GET /\r\nHost: a', status: engine === 'node' ? 505 : 400 },
    { request: 'GET / HTTP/1.10\r\nHost: a', status: 400 },
  ])('is $status and the last for $request', async ({ request, status }) => {
    const { text } = await exchange(gateway.port, `${request}\r\n\r\n`)
    expect(text).toMatch(new RegExp(`^HTTP/1\\.1 ${status} `))
  })
})
