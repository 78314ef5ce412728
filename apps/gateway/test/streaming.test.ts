import { createHash } from 'node:crypto'
import { once } from 'node:events'
import http from 'node:http'
import net from 'node:net'
import type { AddressInfo } from 'node:net'
import { Readable } from 'node:stream'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { TESTED_ENGINES } from './hostile-gateway.ts'
import { residentBytes } from './resident-bytes.ts'
import { type RunningProgram, startProgram } from './start-program.ts'
import { startWebSocketService } from './web-socket-service.ts'

const MIB = 1024 * 1024
/** More than any buffer, and than what the gateway may grow by. */
const LARGE = 300 * MIB
const GROWTH = 100 * MIB

/** The same octets each time, and not the same in each chunk. */
function* content(): Generator<Buffer> {
  for (let i = 0; i < LARGE / MIB; i++) {
    const chunk = Buffer.alloc(MIB)
    chunk.writeUInt32BE(i, i)
    yield chunk
  }
}

const DIGEST = (() => {
  const hash = createHash('sha256')
  for (const chunk of content()) hash.update(chunk)
  return hash.digest('hex')
})()

async function digestOf(stream: AsyncIterable<unknown>): Promise<string> {
  const hash = createHash('sha256')
  for await (const chunk of stream) hash.update(chunk as Buffer)
  return hash.digest('hex')
}

/** What the Service answers, by path. */
const ANSWERS: Readonly<
  Record<string, (req: http.IncomingMessage, res: http.ServerResponse) => unknown>
> = {
  '/upload': async (req, res) => res.end(await digestOf(req)),
  '/download': (_req, res) => Readable.from(content(), { objectMode: false }).pipe(res),
  '/trailers': (_req, res) => {
    res.writeHead(200, { trailer: 'X-Sum, Set-Cookie' })
    res.write('some')
    res.addTrailers({ 'X-Sum': '42', 'Set-Cookie': 'evil=1' })
    res.end('thing')
  },
  '/hints': (_req, res) => {
    res.writeEarlyHints({ link: '</a.css>; rel=preload' })
    res.end('hinted')
  },
  '/early': (_req, res) => res.writeHead(200, { 'content-length': '5' }).end('early'),
}

describe.each(TESTED_ENGINES)('streams, with the engine %s', (engine) => {
  let program: RunningProgram
  let port: number
  const service = http.createServer((req, res) => {
    req.on('error', () => {})
    res.on('error', () => {})
    Promise.resolve(ANSWERS[req.url ?? '']?.(req, res)).catch(() => res.destroy())
  })

  beforeAll(async () => {
    service.listen(0, '127.0.0.1')
    await once(service, 'listening')
    program = await startProgram({
      settings: {
        workers: '0',
        http_engine: engine,
        client_max_body_size: '400m',
      },
    })
    port = Number(new URL(program.proxy).port)
    await addService(program, 'up', (service.address() as AddressInfo).port)
  })
  afterAll(async () => {
    await program?.stop()
    program?.cleanUp()
    service.closeAllConnections()
    service.close()
  })

  it('takes an upload of 300 MiB through, with little memory', async () => {
    const before = residentBytes(program.process.pid)
    const req = http.request({ port, path: '/upload', method: 'POST', agent: false })
    Readable.from(content(), { objectMode: false }).pipe(req)
    const [res] = (await once(req, 'response')) as [http.IncomingMessage]
    const grown = residentBytes(program.process.pid) - before
    expect(Buffer.concat((await res.toArray()) as Buffer[]).toString()).toBe(DIGEST)
    expect(grown).toBeLessThan(GROWTH)
  }, 120_000)

  it('takes a download of 300 MiB through, with little memory', async () => {
    const before = residentBytes(program.process.pid)
    const req = http.get({ port, path: '/download', agent: false })
    const [res] = (await once(req, 'response')) as [http.IncomingMessage]
    expect(await digestOf(res)).toBe(DIGEST)
    expect(residentBytes(program.process.pid) - before).toBeLessThan(GROWTH)
  }, 120_000)

  it.each([
    { te: 'trailers', trailers: { 'x-sum': '42' } },
    { te: 'gzip', trailers: {} },
    { te: undefined, trailers: {} },
  ])('hands on trailers to a client with TE: $te', async ({ te, trailers }) => {
    const headers = te === undefined ? {} : { TE: te, Connection: 'TE' }
    const req = http.get({ port, path: '/trailers', agent: false, headers })
    const [res] = (await once(req, 'response')) as [http.IncomingMessage]
    expect(Buffer.concat((await res.toArray()) as Buffer[]).toString()).toBe('something')
    expect(res.trailers).toEqual(trailers)
  })

  it('hands on early hints ahead of the answer', async () => {
    const req = http.get({ port, path: '/hints', agent: false })
    const hints: unknown[] = []
    req.on('information', ({ statusCode, headers }) => hints.push([statusCode, headers['link']]))
    const [res] = (await once(req, 'response')) as [http.IncomingMessage]
    expect(Buffer.concat((await res.toArray()) as Buffer[]).toString()).toBe('hinted')
    expect(hints).toEqual([[103, '</a.css>; rel=preload']])
  })

  it('answers a client that has closed its own side', async () => {
    const text = await exchange(port, 'GET /early HTTP/1.1\r\nHost: a\r\n\r\n', { ends: true })
    expect(text).toMatch(/^HTTP\/1\.1 200 [^]*early$/)
  })
})

describe.each(TESTED_ENGINES)('limits of a body, with the engine %s', (engine) => {
  let program: RunningProgram
  let port: number
  let received = 0
  const service = http.createServer((req, res) => {
    req.on('error', () => {})
    req.on('data', (chunk: Buffer) => {
      received += chunk.length
    })
    req.on('end', () => res.end('read'))
  })

  beforeAll(async () => {
    service.listen(0, '127.0.0.1')
    await once(service, 'listening')
    program = await startProgram({
      settings: {
        workers: '0',
        http_engine: engine,
        client_max_body_size: '1k',
        client_body_timeout: '1s',
      },
    })
    port = Number(new URL(program.proxy).port)
    await addService(program, 'up', (service.address() as AddressInfo).port)
  })
  afterAll(async () => {
    await program?.stop()
    program?.cleanUp()
    service.closeAllConnections()
    service.close()
  })

  const told = (bytes: number) => `Content-Length: ${bytes}\r\n\r\n${'x'.repeat(bytes)}`
  const chunked = (bytes: number) =>
    `Transfer-Encoding: chunked\r\n\r\n${'20\r\n'}${'x'.repeat(32)}\r\n` +
    `${(bytes - 32).toString(16)}\r\n${'x'.repeat(bytes - 32)}\r\n0\r\n\r\n`

  it.each([
    { what: 'a body of the limit', rest: told(1024), status: 200 },
    { what: 'a chunked body of the limit', rest: chunked(1024), status: 200 },
    { what: 'a body of a byte more', rest: told(1025), status: 413 },
    { what: 'a chunked body of a byte more', rest: chunked(1025), status: 413 },
    {
      what: 'a length beyond it, before anything of it',
      rest: 'Content-Length: 1025\r\n\r\n',
      status: 413,
    },
  ])('answers $status to $what', async ({ rest, status }) => {
    received = 0
    const head = 'POST / HTTP/1.1\r\nHost: a\r\nConnection: close\r\n'
    expect(await exchange(port, head + rest)).toMatch(new RegExp(`^HTTP/1\\.1 ${status} `))
    expect(received).toBeLessThanOrEqual(1024)
  })

  it.each([
    { what: 'a body', rest: 'Content-Length: 10\r\n\r\nhalf' },
    { what: 'a chunk', rest: 'Transfer-Encoding: chunked\r\n\r\na\r\nhalf' },
    { what: 'the size of a chunk', rest: 'Transfer-Encoding: chunked\r\n\r\n4\r\nhalf\r\n1' },
  ])('answers 408 to a client that stops in $what', async ({ rest }) => {
    const head = 'POST / HTTP/1.1\r\nHost: a\r\n'
    expect(await exchange(port, head + rest)).toMatch(/^HTTP\/1\.1 408 /)
  })
})

describe.each(TESTED_ENGINES)('a WebSocket chat, with the engine %s', (engine) => {
  it('carries what both say, in order, until one leaves', async () => {
    const service = await startWebSocketService((text) => `you said ${text}`)
    const program = await startProgram({ settings: { workers: '0', http_engine: engine } })
    await addService(program, 'chat', service.port)
    const socket = new WebSocket(program.proxy.replace('http:', 'ws:'))
    const heard: string[] = []
    await new Promise<void>((resolve, reject) => {
      socket.addEventListener('error', () => reject(new Error('the connection failed')))
      socket.addEventListener('open', () => socket.send('hello'))
      socket.addEventListener('message', ({ data }) => {
        heard.push(String(data))
        if (heard.length < 100) socket.send(`${heard.length} ${'x'.repeat(heard.length * 100)}`)
        else resolve()
      })
    })
    const closed = once(socket as unknown as EventTarget, 'close')
    socket.close(1000, 'bye')
    const [event] = (await closed) as [{ code: number; reason: string }]
    await program.stop()
    program.cleanUp()
    await service.close()
    expect(heard[0]).toBe('you said hello')
    expect(heard[99]).toBe(`you said 99 ${'x'.repeat(9900)}`)
    expect([event.code, event.reason]).toEqual([1000, 'bye'])
  })
})

async function addService({ admin }: RunningProgram, name: string, port: number): Promise<void> {
  for (const [path, entity] of [
    ['/services', { name, url: `http://127.0.0.1:${port}` }],
    [`/services/${name}/routes`, { paths: ['/'] }],
  ] as const) {
    const answer = await fetch(admin + path, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify(entity),
    })
    expect(answer.status).toBe(201)
  }
}

/** Sends octets and resolves with everything that came until the gateway closed, or a whole 200. */
function exchange(port: number, text: string, { ends = false } = {}): Promise<string> {
  return new Promise((resolve) => {
    const socket = net.connect({ port, host: '127.0.0.1', allowHalfOpen: true })
    let got = ''
    socket.on('error', () => {})
    socket.on('data', (chunk) => {
      got += chunk.toString()
    })
    socket.on('end', () => socket.end())
    socket.on('close', () => resolve(got))
    if (ends) socket.end(text)
    else socket.write(text)
  })
}
