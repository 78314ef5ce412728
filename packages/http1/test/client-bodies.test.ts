import { once } from 'node:events'
import type { Socket } from 'node:net'
import { Readable } from 'node:stream'
import { afterAll, describe, expect, it } from 'vitest'
import { type ClientRequest, createClient } from '../src/index.ts'
import { exchange, listen, requestTo, turn, until } from './client-exchange.ts'
import { answering, onRequest, rawServer } from './raw-server.ts'

const OK = 'HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok'
const client = createClient()
afterAll(() => client.close())

/** What arrives at a server that answers once it has seen `ending`. */
async function received(about: Partial<ClientRequest>, ending: string): Promise<string> {
  let text = ''
  await using server = await rawServer((socket) => {
    socket.on('data', (chunk) => {
      text += chunk.toString('latin1')
      if (text.endsWith(ending)) socket.write(OK)
    })
  })
  expect((await exchange(client, requestTo(server.port, about))).failure).toBeUndefined()
  return text
}

function bodyOf(text: string): string {
  return text.slice(text.indexOf('\r\n\r\n') + 4)
}

describe('createClient(): bodies of requests', () => {
  it.each([
    { of: 'few bytes', body: Buffer.from('hello'), wanted: 'hello' },
    { of: 'bytes that are no text', body: Buffer.from([0, 255, 13, 10]), wanted: '\0\xff\r\n' },
    { of: 'a view', body: new Uint8Array(Buffer.from('[hello]')).subarray(1, 6), wanted: 'hello' },
    { of: '16 KiB', body: Buffer.alloc(16_384, 'a'), wanted: 'a'.repeat(16_384) },
    { of: '64 KiB', body: Buffer.alloc(65_536, 'b'), wanted: 'b'.repeat(65_536) },
    { of: 'more than 64 KiB', body: Buffer.alloc(65_537, 'c'), wanted: 'c'.repeat(65_537) },
    { of: '1 MiB', body: Buffer.alloc(1 << 20, 'd'), wanted: 'd'.repeat(1 << 20) },
  ])('sends $of with a length', async ({ body, wanted }) => {
    const text = await received({ method: 'PUT', body }, wanted)
    expect(text).toMatch(new RegExp(`\r\nContent-Length: ${wanted.length}\r\n`))
    expect(bodyOf(text) === wanted).toBe(true)
  })

  it.each([
    { of: 'a Readable', body: () => Readable.from([Buffer.from('he'), Buffer.from('llo')]) },
    { of: 'a Readable of text', body: () => Readable.from(['he', 'llo']) },
    { of: 'a generator', body: () => pieces('he', '', 'llo') },
    { of: 'a web stream', body: () => new Blob(['hello']).stream() as ClientRequest['body'] },
  ])('sends $of in chunks', async ({ body }) => {
    const text = await received({ method: 'POST', body: body() }, '0\r\n\r\n')
    expect(text).toMatch(/\r\nTransfer-Encoding: chunked\r\n/)
    expect(bodyOf(text)).toMatch(/^(2\r\nhe\r\n3\r\nllo|5\r\nhello)\r\n0\r\n\r\n$/)
  })

  it('cuts a large piece of a source so that it can be seen to move', async () => {
    const body = Readable.from([Buffer.alloc(150_000, 'x')])
    const text = bodyOf(await received({ method: 'POST', body }, '0\r\n\r\n'))
    const sizes = [...text.matchAll(/(?:^|\r\n)([0-9a-f]+)\r\n/g)].map(([, size]) => size)
    expect(sizes).toEqual(['10000', '10000', '49f0', '0'])
  })

  it('sends the head of a request whose body has not begun', async () => {
    await using server = await rawServer(() => undefined)
    const body = new Readable({ read: () => undefined })
    const done = exchange(client, requestTo(server.port, { method: 'POST', body }))
    await until(() => server.sockets.length > 0)
    const [head] = (await once(server.sockets[0] as Socket, 'data')) as [Buffer]
    expect(head.toString()).toMatch(/^POST .*\r\n\r\n$/s)
    body.push('x')
    const [chunk] = (await once(server.sockets[0] as Socket, 'data')) as [Buffer]
    expect(chunk.toString()).toBe('1\r\nx\r\n')
    server.sockets[0]?.write(OK)
    expect(await done).toMatchObject({ status: 200 })
  })

  it('sends trailers behind the last chunk, asked for when the body has ended', async () => {
    let sum = 0
    async function* counted(): AsyncGenerator<Uint8Array> {
      yield Buffer.from('hello')
      sum = 532
    }
    const about = { method: 'POST', body: counted(), trailers: () => ['X-Sum', String(sum)] }
    expect(bodyOf(await received(about, 'X-Sum: 532\r\n\r\n'))).toBe(
      '5\r\nhello\r\n0\r\nX-Sum: 532\r\n\r\n',
    )
  })

  it.each([
    { what: 'is longer than its length', body: () => pieces('hello', '!'), length: '5' },
    { what: 'is shorter than its length', body: () => pieces('hell'), length: '5' },
    { what: 'is shorter and a Readable', body: () => Readable.from(['hell']), length: '5' },
    { what: 'was destroyed before', body: () => new Readable().destroy(), length: '5' },
    { what: 'is destroyed without an error', body: () => closing(), length: '9' },
    { what: 'gives no bytes', body: () => Readable.from([7]), length: '9' },
    {
      what: 'has trailers that break the message',
      body: () => pieces('hello'),
      trailers: () => ['X', 'a\r\nb'],
    },
  ])('tells body of a source that $what', async ({ body, length, trailers }) => {
    await using server = await rawServer((socket) => socket.resume())
    const headers = ['Host', 'a.test', ...(length === undefined ? [] : ['Content-Length', length])]
    const about = { method: 'PUT', headers, body: body(), ...(trailers && { trailers }) }
    const { failure } = await exchange(client, requestTo(server.port, about))
    expect(failure).toMatchObject({ kind: 'body' })
  })

  it('takes an answer that comes before the body was sent, and ends the connection', async () => {
    await using server = await answering('HTTP/1.1 413 Too Large\r\nContent-Length: 2\r\n\r\nno')
    const body = new Readable({ read: () => undefined })
    body.push('x')
    const heard = await exchange(client, requestTo(server.port, { method: 'POST', body }))
    expect(heard).toMatchObject({ status: 413, body: 'no', failure: undefined })
    await once(server.sockets[0] as Socket, 'close')
    expect(body.destroyed).toBe(false)
    expect(body.listenerCount('data')).toBe(0)
  })

  it('stops reading a source when the exchange is aborted, and leaves it as it is', async () => {
    await using server = await rawServer((socket) => socket.resume())
    const body = new Readable({
      read() {
        setImmediate(() => this.push(Buffer.alloc(1000)))
      },
    })
    const running = client.send(requestTo(server.port, { method: 'POST', body }), listen().handler)
    await until(() => (server.sockets[0]?.bytesRead ?? 0) > 5000)
    running.abort()
    await once(server.sockets[0] as Socket, 'close')
    // It fills its own buffer and stops there.
    await until(() => body.readableLength >= body.readableHighWaterMark)
    expect(body.destroyed).toBe(false)
    expect(body.isPaused()).toBe(true)
    expect(['data', 'end', 'error', 'close'].map((name) => body.listenerCount(name))).toEqual([
      0, 0, 0, 0,
    ])
  })
})

describe('createClient(): bodies of responses', () => {
  it('holds what was read with the chunk that was too much, and the end too', async () => {
    await using server = await answering(
      'HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n1\r\na\r\n1\r\nb\r\n1\r\nc\r\n0\r\n\r\n',
    )
    const calls: string[] = []
    const { handler, heard } = listen({
      onData: (chunk) => {
        calls.push(Buffer.from(chunk).toString())
        return false
      },
    })
    const running = client.send(requestTo(server.port), handler)
    let isOver = false
    void heard.then(() => {
      isOver = true
    })
    for (const expected of ['a', 'ab', 'abc']) {
      await until(() => calls.join('') === expected)
      for (let i = 0; i < 5; i++) await turn()
      expect([calls.join(''), isOver]).toEqual([expected, false])
      running.resume()
    }
    expect((await heard).trailers).toEqual([])
  })

  it('calls nothing more when it is aborted while it holds something', async () => {
    await using server = await answering(
      'HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n1\r\na\r\n1\r\nb\r\n0\r\n\r\n',
    )
    const calls: string[] = []
    const { handler } = listen({
      onData: () => {
        calls.push('data')
        return false
      },
      onEnd: () => calls.push('end'),
      onError: () => calls.push('error'),
    })
    const running = client.send(requestTo(server.port), handler)
    await until(() => calls.length > 0)
    running.abort()
    running.resume()
    running.abort()
    for (let i = 0; i < 5; i++) await turn()
    expect(calls).toEqual(['data'])
  })

  it.each([
    { from: 'onHead', answer: 'HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok' },
    { from: 'onInformation', answer: `HTTP/1.1 103 E\r\n\r\n${OK}` },
    { from: 'onData', answer: OK },
  ])('can be aborted from $from', async ({ from, answer }) => {
    await using server = await answering(answer)
    const calls: string[] = []
    const stop = (name: string) => (): boolean => {
      calls.push(name)
      if (name === from) running.abort()
      return true
    }
    const { handler } = listen({
      onInformation: stop('onInformation'),
      onHead: stop('onHead'),
      onData: stop('onData'),
      onEnd: stop('onEnd'),
      onError: stop('onError'),
    })
    const running = client.send(requestTo(server.port), handler)
    await until(() => server.sockets.length > 0)
    await once(server.sockets[0] as Socket, 'close')
    expect(calls.at(-1)).toBe(from)
  })

  it('gives each chunk memory of its own', async () => {
    const letters = ['a', 'b', 'c', 'd', 'e', 'f']
    await using server = await rawServer((socket) => {
      onRequest(socket, (head) => {
        const letter = head.charAt('GET /'.length)
        socket.write('HTTP/1.1 200 OK\r\nContent-Length: 300000\r\n\r\n')
        socket.write(Buffer.alloc(300_000, letter))
      })
    })
    const kept = await Promise.all(
      letters.map(async (letter) => {
        const chunks: Uint8Array[] = []
        const { handler, heard } = listen({ onData: (chunk) => chunks.push(chunk) > 0 })
        client.send(requestTo(server.port, { path: `/${letter}` }), handler)
        await heard
        return Buffer.concat(chunks)
      }),
    )
    kept.forEach((body, i) => {
      expect(body.equals(Buffer.alloc(300_000, letters[i]))).toBe(true)
    })
  })

  it('lets a handler that borrows keep the chunk that it answers false for', async () => {
    const size = 2 << 20
    await using server = await rawServer((socket) => {
      onRequest(socket, () => {
        socket.write(`HTTP/1.1 200 OK\r\nContent-Length: ${size}\r\n\r\n`)
        socket.write(Buffer.alloc(size, 'x'))
      })
    })
    const kept: Uint8Array[] = []
    let bytes = 0
    const { handler, heard } = listen({
      borrowsData: true,
      onData: (chunk) => {
        bytes += chunk.length
        if (chunk.some((byte) => byte !== 120)) throw new Error('somebody else has written here')
        if (kept.length > 5) {
          chunk.fill(0)
          return true
        }
        kept.push(chunk)
        setImmediate(() => running.resume())
        return false
      },
    })
    const running = client.send(requestTo(server.port), handler)
    await heard
    expect(bytes).toBe(size)
    expect(kept.every((chunk) => chunk.every((byte) => byte === 120))).toBe(true)
  })
})

describe('createClient(): timeouts', () => {
  it('tells timeout when a head that has begun is not whole in time', async () => {
    await using server = await rawServer((socket) => {
      onRequest(socket, () => {
        const letters = [...`HTTP/1.1 200 OK\r\nX-Slow: ${'x'.repeat(10_000)}`]
        const drip = setInterval(() => socket.write(letters.shift() ?? ''), 5)
        socket.on('close', () => clearInterval(drip))
      })
    })
    const { failure } = await exchange(client, requestTo(server.port, { readTimeoutMs: 60 }))
    expect(failure).toMatchObject({ kind: 'timeout', sent: true })
  })

  it('does not end a body that comes slowly but within the time of each read', async () => {
    const read = 400
    await using server = await rawServer((socket) => {
      onRequest(socket, () => {
        socket.write('HTTP/1.1 200 OK\r\nContent-Length: 20\r\n\r\n')
        let left = 20
        const drip = setInterval(() => {
          socket.write('x')
          if (--left === 0) clearInterval(drip)
        }, read / 10)
      })
    })
    const heard = await exchange(client, requestTo(server.port, { readTimeoutMs: read }))
    expect(heard).toMatchObject({ body: 'x'.repeat(20), failure: undefined })
  })

  it('does not count the time in which the handler wants nothing', async () => {
    const size = 4 << 20
    await using server = await rawServer((socket) => {
      onRequest(socket, () => {
        socket.write(`HTTP/1.1 200 OK\r\nContent-Length: ${size}\r\n\r\n`)
        socket.write(Buffer.alloc(size))
      })
    })
    let bytes = 0
    let hasRested = false
    const { handler, heard } = listen({
      onData: (chunk) => {
        bytes += chunk.length
        if (hasRested) return true
        hasRested = true
        setTimeout(() => running.resume(), 150)
        return false
      },
    })
    const running = client.send(requestTo(server.port, { readTimeoutMs: 50 }), handler)
    expect((await heard).failure).toBeUndefined()
    expect(bytes).toBe(size)
  })

  it('does not count the time in which the source of the body has nothing', async () => {
    await using server = await rawServer((socket) => {
      socket.on('data', (chunk) => {
        if (chunk.toString().endsWith('0\r\n\r\n')) socket.write(OK)
      })
    })
    async function* slow(): AsyncGenerator<Uint8Array> {
      yield Buffer.from('a')
      await new Promise((resolve) => setTimeout(resolve, 150))
      yield Buffer.from('b')
    }
    const about = { method: 'PUT', body: slow(), readTimeoutMs: 50, writeTimeoutMs: 50 }
    expect(await exchange(client, requestTo(server.port, about))).toMatchObject({ status: 200 })
  })

  it('tells timeout when a large body of bytes is not taken', async () => {
    await using server = await rawServer((socket) => socket.pause())
    const about = { method: 'PUT', body: Buffer.alloc(32 << 20), writeTimeoutMs: 60 }
    const { failure } = await exchange(client, requestTo(server.port, about))
    expect(failure).toMatchObject({ kind: 'timeout', sent: true })
  })
})

async function* pieces(...texts: string[]): AsyncGenerator<Uint8Array> {
  for (const text of texts) yield Buffer.from(text)
}

function closing(): Readable {
  const body = new Readable({ read: () => undefined })
  body.push('x')
  setImmediate(() => body.destroy())
  return body
}
