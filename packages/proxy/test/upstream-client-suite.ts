// Long because it is one list: what each implementation of UpstreamClient has to do.
import { once } from 'node:events'
import { createServer as createTlsServer } from 'node:https'
import type { AddressInfo, Socket } from 'node:net'
import { Readable } from 'node:stream'
import { afterAll, describe, expect, it } from 'vitest'
import type { UpstreamClient, UpstreamRequest } from '../src/index.ts'
import { exchange, listen, requestTo, turn, until } from './exchange.ts'
import { certificate } from './fixtures/certificate.ts'
import { answering, closedPort, onRequest, rawServer } from './raw-server.ts'

const OK = 'HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok'

/** What not every implementation can do. */
export type Ability =
  | 'refuses HTTP/0.9, HTTP/2.0 and RTSP/1.0'
  | 'reads white space around a length'
  | 'sends a head before its body begins'
  | 'repeats what may run twice'

/** A head that is not sent is waited for as long, and no longer. */
const HEAD_MS = 2000

/** What every UpstreamClient must do. Called once for each implementation. */
export function describeUpstreamClient(
  name: string,
  create: () => UpstreamClient,
  cannot: ReadonlySet<Ability> = new Set(),
): void {
  /** What it cannot do has to fail, so that no such list outlives its reason. */
  const ifAble = (ability: Ability) => (cannot.has(ability) ? it.fails : it)
  const client = create()
  afterAll(() => client.close())

  describe(`${name}: answers`, () => {
    it.each([
      {
        of: 'a length',
        answer: 'HTTP/1.1 200 Fine\r\nContent-Length: 5\r\n\r\nhello',
        body: 'hello',
      },
      {
        of: 'chunks',
        answer:
          'HTTP/1.1 200 Fine\r\nTransfer-Encoding: chunked\r\n\r\n2\r\nhe\r\n3\r\nllo\r\n0\r\n\r\n',
        body: 'hello',
      },
      { of: 'no length at 204', answer: 'HTTP/1.1 204 Fine\r\n\r\n', body: '' },
      { of: 'a length at 304', answer: 'HTTP/1.1 304 Fine\r\nContent-Length: 5\r\n\r\n', body: '' },
    ])('reads a body of $of', async ({ answer, body }) => {
      await using server = await answering(answer)
      const heard = await exchange(client, requestTo(server.port))
      expect(heard).toMatchObject({ reason: 'Fine', body, failure: undefined })
    })

    it('reads a body up to the end of the connection', async () => {
      await using server = await answering('HTTP/1.0 200 OK\r\n\r\nhello', (socket) => socket.end())
      expect(await exchange(client, requestTo(server.port))).toMatchObject({ body: 'hello' })
    })

    it('expects no body after HEAD', async () => {
      await using server = await answering('HTTP/1.1 200 OK\r\nContent-Length: 500\r\n\r\n')
      const heard = await exchange(client, requestTo(server.port, { method: 'HEAD' }))
      expect(heard).toMatchObject({ status: 200, body: '', headers: ['Content-Length', '500'] })
    })

    ifAble('reads white space around a length')(
      'reads a length with white space around it',
      async () => {
        await using server = await answering(
          'HTTP/1.1 200 OK\r\nContent-Length: \t5 \t\r\n\r\nhello',
        )
        expect(await exchange(client, requestTo(server.port))).toMatchObject({ body: 'hello' })
      },
    )

    it('takes an answer that comes while the body is still being sent', async () => {
      await using server = await rawServer((socket) => {
        socket.once('data', () => socket.write('HTTP/1.1 413 No\r\nContent-Length: 2\r\n\r\nno'))
      })
      const body = new Readable({ read: () => undefined })
      body.push('x')
      const about = { method: 'POST', body }
      const heard = await exchange(client, requestTo(server.port, about))
      expect(heard).toMatchObject({ status: 413, body: 'no', failure: undefined })
      expect(body.destroyed).toBe(false)
    })

    it('keeps letter case, order and repetition of headers', async () => {
      const lines =
        'X-b: 2\r\nSet-Cookie: a\r\nx-A: \xe9\r\nSet-Cookie: b\r\nContent-Length: 0\r\n\r\n'
      await using server = await answering(`HTTP/1.1 200 OK\r\n${lines}`)
      const { headers } = await exchange(client, requestTo(server.port))
      expect(headers).toEqual([
        'X-b',
        '2',
        'Set-Cookie',
        'a',
        'x-A',
        '\xe9',
        'Set-Cookie',
        'b',
        'Content-Length',
        '0',
      ])
    })

    it('hands over informational answers and trailers', async () => {
      await using server = await answering(
        'HTTP/1.1 103 Early\r\nLink: </a>\r\n\r\nHTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n' +
          '\r\n2\r\nok\r\n0\r\nX-Sum: 7\r\n\r\n',
      )
      const heard = await exchange(client, requestTo(server.port))
      expect(heard).toMatchObject({ informational: [103], status: 200, trailers: ['X-Sum', '7'] })
    })

    it.each([{ status: 200 }, { status: 404 }, { status: 500 }, { status: 599 }, { status: 999 }])(
      'takes $status for an answer like any other',
      async ({ status }) => {
        await using server = await answering(`HTTP/1.1 ${status}\r\nContent-Length: 0\r\n\r\n`)
        expect(await exchange(client, requestTo(server.port))).toMatchObject({ status, reason: '' })
      },
    )

    it('keeps connections for later requests', async () => {
      await using server = await answering(OK)
      for (let i = 0; i < 20; i++) await exchange(client, requestTo(server.port))
      // A second one is opened where the first is not ready again at once.
      expect(server.sockets.length).toBeLessThanOrEqual(2)
    })

    it('gives nothing more after onData answered false, until it is resumed', async () => {
      const size = 4 << 20
      await using server = await rawServer((socket) => {
        onRequest(socket, () => {
          socket.write(`HTTP/1.1 200 OK\r\nContent-Length: ${size}\r\n\r\n`)
          socket.write(Buffer.alloc(size))
        })
      })
      let calls = 0
      let bytes = 0
      let isPaused = true
      const { handler, heard } = listen({
        onData: (chunk) => {
          calls++
          bytes += chunk.length
          return !isPaused
        },
      })
      const running = client.send(requestTo(server.port), handler)
      await until(() => calls > 0)
      for (let i = 0; i < 50; i++) await turn()
      expect(calls).toBe(1)
      isPaused = false
      running.resume()
      await heard
      expect(bytes).toBe(size)
    })
  })

  describe(`${name}: requests`, () => {
    /** What arrives at a Service that answers once it has seen `ending`. */
    async function received(about: Partial<UpstreamRequest>, ending: string): Promise<string> {
      let text = ''
      await using server = await rawServer((socket) => {
        socket.on('data', (chunk) => {
          text += chunk.toString('latin1')
          if (text.endsWith(ending)) socket.write(OK)
        })
      })
      await exchange(client, requestTo(server.port, about))
      return text
    }

    it('sends method, target and headers as they are', async () => {
      const headers = ['Host', 'a.test:1', 'X-One', '1', 'x-two', 'a  b', 'X-One', '\xe9']
      const text = await received(
        { method: 'PROPFIND', path: '/a%2F?x=/../y', headers },
        '\r\n\r\n',
      )
      const [line, ...fields] = text.split('\r\n')
      expect(line).toBe('PROPFIND /a%2F?x=/../y HTTP/1.1')
      expect(fields.filter((field) => /^x-/i.test(field))).toEqual([
        'X-One: 1',
        'x-two: a  b',
        'X-One: \xe9',
      ])
      expect(fields.filter((field) => /^host:/i.test(field))).toHaveLength(1)
    })

    it('takes headers about the connection without throwing', async () => {
      const hop = [
        'Connection',
        'keep-alive',
        'Keep-Alive',
        '5',
        'Expect',
        '100-continue',
        'TE',
        'trailers',
      ]
      const text = await received({ headers: ['Host', 'a.test', ...hop] }, '\r\n\r\n')
      expect(text).not.toMatch(/keep-alive: 5|expect/i)
      expect(text).toContain('TE: trailers')
    })

    it.each([
      {
        body: Buffer.from('hello'),
        headers: [],
        expected: /content-length: 5\r\n\r\nhello$/i,
        ending: 'hello',
      },
      {
        body: new Uint8Array(0),
        headers: [],
        expected: /content-length: 0\r\n\r\n$/i,
        ending: '\r\n\r\n',
      },
      { body: undefined, headers: [], expected: /content-length: 0\r\n\r\n$/i, ending: '\r\n\r\n' },
      {
        body: pieces('he', 'llo'),
        headers: ['Content-Length', '5'],
        expected: /content-length: 5\r\n\r\nhello$/i,
        ending: 'hello',
      },
      {
        body: Readable.from([Buffer.from('he'), Buffer.from('llo')]),
        headers: [],
        expected: /chunked\r\n\r\n2\r\nhe\r\n3\r\nllo\r\n0\r\n\r\n$/i,
        ending: '0\r\n\r\n',
      },
    ])('frames the body of a POST: $expected', async ({ body, headers, expected, ending }) => {
      const about = { method: 'POST', headers: ['Host', 'a.test', ...headers], body }
      expect(await received(about, ending)).toMatch(expected)
    })

    ifAble('sends a head before its body begins')(
      'sends the head of a request whose body has not begun',
      async () => {
        const body = new Readable({ read: () => undefined })
        await using server = await rawServer((socket) => {
          onRequest(socket, () => body.push(null))
          socket.on('data', (chunk) => {
            if (chunk.toString().endsWith('0\r\n\r\n')) socket.write(OK)
          })
        })
        const about = { method: 'POST', body }
        expect(await exchange(client, requestTo(server.port, about))).toMatchObject({ status: 200 })
      },
      HEAD_MS,
    )

    it('does not announce a body that does not come', async () => {
      const headers = ['Host', 'a.test', 'Content-Length', '5']
      expect(await received({ headers }, '\r\n\r\n')).not.toMatch(/content-length/i)
    })

    it('reads a source no faster than the Service takes it', async () => {
      const chunk = Buffer.alloc(256 << 10)
      const total = 200
      let read = 0
      async function* source(): AsyncGenerator<Uint8Array> {
        for (; read < total; read++) yield chunk
      }
      let taken = 0
      await using server = await rawServer((socket) => socket.pause())
      const headers = ['Host', 'a.test', 'Content-Length', String(chunk.length * total)]
      const done = exchange(
        client,
        requestTo(server.port, { method: 'PUT', headers, body: source() }),
      )
      await until(() => server.sockets.length > 0 && read > 0)
      let before = -1
      while (before !== read) {
        before = read
        for (let i = 0; i < 20; i++) await turn()
      }
      expect(read).toBeLessThan(total)
      server.sockets[0]?.on('data', (data) => {
        taken += data.length
        if (taken > chunk.length * total) server.sockets[0]?.write(OK)
      })
      server.sockets[0]?.resume()
      expect((await done).status).toBe(200)
      expect(read).toBe(total)
    })

    it('leaves a source alone when no connection could be made', async () => {
      const body = Readable.from([Buffer.from('hello')])
      const about = { method: 'PUT', body }
      const { failure } = await exchange(client, requestTo(await closedPort(), about))
      expect(failure).toMatchObject({ kind: 'connect', sent: false })
      expect(body.destroyed).toBe(false)
      await using server = await answering(OK)
      expect(await exchange(client, requestTo(server.port, about))).toMatchObject({ status: 200 })
    })
  })

  describe(`${name}: failures`, () => {
    const LONG = 'x'.repeat(200_000)
    const close = (socket: { end(): void }): void => socket.end()

    it.each([
      { why: 'the connection ends at once', answer: '', after: close, kind: 'reset' },
      { why: 'the head is cut', answer: 'HTTP/1.1 200 O', after: close, kind: 'reset' },
      { why: 'what comes is no HTTP', answer: 'SSH-2.0-OpenSSH_9.2\r\n', kind: 'invalid' },
      {
        why: 'the status is 000',
        answer: 'HTTP/1.1 000 No\r\nContent-Length: 0\r\n\r\n',
        kind: 'invalid',
      },
      {
        why: 'the status is 099',
        answer: 'HTTP/1.1 099 No\r\nContent-Length: 2\r\n\r\nno',
        kind: 'invalid',
      },
      { why: 'the status has four digits', answer: 'HTTP/1.1 2000 OK\r\n\r\n', kind: 'invalid' },
      { why: 'the status is no number', answer: 'HTTP/1.1 OK\r\n\r\n', kind: 'invalid' },
      { why: 'a header has a NUL', answer: 'HTTP/1.1 200 OK\r\nA: \0\r\n\r\n', kind: 'invalid' },
      {
        why: 'the lengths differ',
        answer: 'HTTP/1.1 200 OK\r\nContent-Length: 1\r\nContent-Length: 2\r\n\r\nab',
        kind: 'invalid',
      },
      {
        why: 'the protocol is switched unasked',
        answer: 'HTTP/1.1 101 Go\r\nConnection: upgrade\r\nUpgrade: x\r\n\r\n',
        kind: 'invalid',
      },
      { why: 'the name is in lower case', answer: 'http/1.1 200 OK\r\n\r\n', kind: 'invalid' },
      { why: 'the protocol is ICY', answer: 'ICY 200 OK\r\n\r\n', kind: 'invalid' },
      { why: 'the version is 1.2', answer: 'HTTP/1.2 200 OK\r\n\r\n', kind: 'invalid' },
      { why: 'the version is 3', answer: 'HTTP/3 200 OK\r\n\r\n', kind: 'invalid' },
      { why: 'the version is 1.10', answer: 'HTTP/1.10 200 OK\r\n\r\n', kind: 'invalid' },
      { why: 'a mail server speaks', answer: '220 mail ready\r\n\r\n', kind: 'invalid' },
      { why: 'the status is missing', answer: 'HTTP/1.1  OK\r\n\r\n', kind: 'invalid' },
      { why: 'tabs separate', answer: 'HTTP/1.1\t200\tOK\r\n\r\n', kind: 'invalid' },
      {
        why: 'a bare CR is in the reason',
        answer: 'HTTP/1.1 200 OK\rX-Evil: 1\r\nContent-Length: 0\r\n\r\n',
        kind: 'invalid',
      },
      ...['3, 4', '+5', '-5', '0x5', '5;', '\xb5', '1e1'].map((length) => ({
        why: `the length is ${length}`,
        answer: `HTTP/1.1 200 OK\r\nContent-Length: ${length}\r\n\r\nhello`,
        after: undefined,
        kind: 'invalid',
      })),
      { why: '101 names no protocol', answer: 'HTTP/1.1 101 Go\r\n\r\n', kind: 'invalid' },
      {
        why: 'informational answers never end',
        answer: 'HTTP/1.1 102 Wait\r\n\r\n'.repeat(51),
        kind: 'invalid',
      },
      {
        why: 'the head is too long',
        answer: `HTTP/1.1 200 OK\r\nA: ${LONG}\r\n\r\n`,
        kind: 'invalid',
      },
    ])('tells $kind when $why', async ({ answer, after, kind }) => {
      await using server = await answering(answer, after)
      const heard = await exchange(client, requestTo(server.port))
      expect(heard.failure).toMatchObject({ kind, sent: true })
      expect(heard.status).toBeUndefined()
    })

    it.each([
      { framing: 'a length', head: 'Content-Length: 10\r\n\r\nhello' },
      { framing: 'chunks', head: 'Transfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n' },
    ])('tells reset when a body with $framing is cut', async ({ head }) => {
      await using server = await answering(`HTTP/1.1 200 OK\r\n${head}`, close)
      const heard = await exchange(client, requestTo(server.port))
      expect(heard).toMatchObject({ status: 200, body: 'hello', failure: { kind: 'reset' } })
    })

    it.each([
      { what: 'a size with 0x', chunks: '0x5\r\nhello\r\n0\r\n\r\n' },
      { what: 'a size of 2^64+5', chunks: '10000000000000005\r\nhello\r\n0\r\n\r\n' },
      { what: 'no size', chunks: '\r\nhello\r\n0\r\n\r\n' },
      { what: 'a size that ends in LF', chunks: '5\nhello\r\n0\r\n\r\n' },
      { what: 'more than its size', chunks: '4\r\nhello\r\n0\r\n\r\n' },
      { what: 'less than its size', chunks: '6\r\nhello\r\n0\r\n\r\n' },
    ])('does not take a body for whole that has a chunk with $what', async ({ chunks }) => {
      await using server = await answering(
        `HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n${chunks}`,
      )
      const { failure } = await exchange(client, requestTo(server.port))
      expect(failure).toMatchObject({ kind: 'invalid', sent: true })
    })

    ifAble('refuses HTTP/0.9, HTTP/2.0 and RTSP/1.0').each(['HTTP/0.9', 'HTTP/2.0', 'RTSP/1.0'])(
      'tells invalid when the answer begins with %s',
      async (version) => {
        await using server = await answering(`${version} 200 OK\r\nContent-Length: 0\r\n\r\n`)
        const { failure } = await exchange(client, requestTo(server.port))
        expect(failure).toMatchObject({ kind: 'invalid', sent: true })
      },
    )

    it('tells timeout when a head drips', async () => {
      await using server = await rawServer((socket) => {
        onRequest(socket, () => {
          const drip = setInterval(() => socket.write('H'), 5)
          socket.write('HTTP/1.1 200 OK\r\nX-Slow: ')
          socket.on('close', () => clearInterval(drip))
        })
      })
      const { failure } = await exchange(client, requestTo(server.port, { readTimeoutMs: 60 }))
      expect(failure).toMatchObject({ kind: 'timeout', sent: true })
    })

    it('tells reset when the connection is reset', async () => {
      await using server = await rawServer((socket) =>
        onRequest(socket, () => socket.resetAndDestroy()),
      )
      const { failure } = await exchange(client, requestTo(server.port))
      expect(failure).toMatchObject({ kind: 'reset', sent: true })
    })

    it('tells connect when nothing listens', async () => {
      const { failure } = await exchange(client, requestTo(await closedPort()))
      expect(failure).toMatchObject({ kind: 'connect', sent: false })
    })

    it('tells dns when the name does not exist', async () => {
      const { failure } = await exchange(client, requestTo(80, { host: 'no.such.name.invalid' }))
      expect(failure).toMatchObject({ kind: 'dns', sent: false })
    })

    it('tells connect-timeout when the TLS handshake does not come', async () => {
      await using server = await rawServer(() => undefined)
      const about = { scheme: 'https', connectTimeoutMs: 50 } as const
      const { failure } = await exchange(client, requestTo(server.port, about))
      expect(failure).toMatchObject({ kind: 'connect-timeout', sent: false })
    })

    it('tells timeout when no answer comes', async () => {
      await using server = await answering('')
      const { failure } = await exchange(client, requestTo(server.port, { readTimeoutMs: 50 }))
      expect(failure).toMatchObject({ kind: 'timeout', sent: true })
    })

    it('tells timeout when a body stops coming', async () => {
      await using server = await answering('HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\nhello')
      const heard = await exchange(client, requestTo(server.port, { readTimeoutMs: 50 }))
      expect(heard).toMatchObject({ status: 200, body: 'hello', failure: { kind: 'timeout' } })
    })

    it('tells timeout when the Service stops taking the body', async () => {
      await using server = await rawServer((socket) => socket.pause())
      async function* endless(): AsyncGenerator<Uint8Array> {
        for (;;) yield Buffer.alloc(1 << 20)
      }
      const about = { method: 'PUT', body: endless(), writeTimeoutMs: 50 }
      const { failure } = await exchange(client, requestTo(server.port, about))
      expect(failure).toMatchObject({ kind: 'timeout', sent: true })
    })

    it('tells body when the source fails', async () => {
      await using server = await rawServer(() => undefined)
      async function* broken(): AsyncGenerator<Uint8Array> {
        yield Buffer.from('he')
        throw new Error('the client went away')
      }
      const { failure } = await exchange(
        client,
        requestTo(server.port, { method: 'PUT', body: broken() }),
      )
      expect(failure).toMatchObject({ kind: 'body', cause: { message: 'the client went away' } })
    })

    it.each([
      { what: 'path', about: { path: '/a b' } },
      { what: 'method', about: { method: 'G T' } },
      { what: 'header', about: { headers: ['Host', 'a.test', 'X-A', 'a\nb'] } },
    ])('tells invalid for a request whose $what cannot be written', async ({ about }) => {
      await using server = await answering(OK)
      const { failure } = await exchange(client, requestTo(server.port, about))
      expect(failure).toMatchObject({ kind: 'invalid', sent: false })
    })
  })

  describe(`${name}: kept connections`, () => {
    /** A server that names the target of each request in its answer, and adds `stray` to the first. */
    function echoing(stray: (socket: Socket, head: string) => void) {
      return rawServer((socket, index) => {
        onRequest(socket, (head, count) => {
          const target = head.split(' ')[1] as string
          if (index === 0 && count === 0) stray(socket, target)
          else socket.write(`HTTP/1.1 200 OK\r\nContent-Length: ${target.length}\r\n\r\n${target}`)
        })
      })
    }
    const EVIL = 'HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nEVIL!'

    it.each([
      { what: 'a second answer', method: 'GET', answer: `${OK}${EVIL}` },
      { what: 'some bytes', method: 'GET', answer: `${OK}x` },
      { what: 'an answer behind a 204', method: 'GET', answer: `HTTP/1.1 204 N\r\n\r\n${EVIL}` },
      {
        what: 'a body of a 304',
        method: 'GET',
        answer: 'HTTP/1.1 304 N\r\nContent-Length: 5\r\n\r\nEVIL!',
      },
      { what: 'a body after HEAD', method: 'HEAD', answer: EVIL },
    ])('do not answer the next request with $what', async ({ method, answer }) => {
      const own = create()
      await using server = await echoing((socket) => socket.write(answer))
      expect((await exchange(own, requestTo(server.port, { method }))).failure).toBeUndefined()
      for (const path of ['/1', '/2', '/3']) {
        expect(await exchange(own, requestTo(server.port, { path }))).toMatchObject({ body: path })
      }
      await own.close()
    })

    it('are given up when something comes that nobody asked for', async () => {
      const own = create()
      await using server = await echoing((socket) => socket.write(OK))
      await exchange(own, requestTo(server.port))
      const [first] = server.sockets as [Socket]
      first.write('HTTP/1.1 408 Request Timeout\r\nContent-Length: 0\r\n\r\n')
      await once(first, 'close')
      expect(await exchange(own, requestTo(server.port, { path: '/1' }))).toMatchObject({
        body: '/1',
      })
      await own.close()
    })

    it('go on after trailers that would end them, or frame a body, in a head', async () => {
      const own = create()
      const chunked = 'HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n2\r\nok\r\n0\r\n'
      await using server = await answering(
        `${chunked}Connection: close\r\nTransfer-Encoding: chunked\r\n\r\n`,
      )
      for (let i = 0; i < 3; i++) {
        expect(await exchange(own, requestTo(server.port))).toMatchObject({ body: 'ok' })
      }
      await own.close()
    })

    it('do not deliver a POST twice when they end under it', async () => {
      const own = create()
      let posts = 0
      await using server = await rawServer((socket) => {
        onRequest(socket, (head) => {
          if (!head.startsWith('POST')) return socket.write(OK)
          posts++
          socket.end()
        })
      })
      await exchange(own, requestTo(server.port))
      const { failure } = await exchange(own, requestTo(server.port, { method: 'POST' }))
      expect(failure).toMatchObject({ kind: 'reset', sent: true })
      expect(posts).toBe(1)
      await own.close()
    })

    ifAble('repeats what may run twice')(
      'are replaced when they end under a request that may run twice',
      async () => {
        const own = create()
        await using server = await rawServer((socket, index) => {
          onRequest(socket, (_head, count) => {
            if (index === 0 && count === 1) socket.end()
            else socket.write(OK)
          })
        })
        for (let i = 0; i < 3; i++) {
          expect(await exchange(own, requestTo(server.port))).toMatchObject({ status: 200 })
        }
        await own.close()
      },
    )
  })

  describe(`${name}: abort() and close()`, () => {
    it('closes the connection and calls nothing more', async () => {
      await using server = await answering('HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\nhello')
      const calls: string[] = []
      const { handler } = listen({
        onData: () => calls.push('data') > 0,
        onError: () => calls.push('error'),
        onEnd: () => calls.push('end'),
      })
      const running = client.send(requestTo(server.port), handler)
      await until(() => calls.length > 0)
      running.abort()
      await once(server.sockets[0] as NonNullable<(typeof server.sockets)[0]>, 'close')
      expect(calls).toEqual(['data'])
    })

    it('does not send what was aborted before there was a connection', async () => {
      let heads = 0
      await using server = await rawServer((socket) => onRequest(socket, () => heads++))
      client.send(requestTo(server.port), listen().handler).abort()
      await exchange(client, requestTo(await closedPort()))
      for (let i = 0; i < 20; i++) await turn()
      expect(heads).toBe(0)
    })

    it('fails running exchanges when the client is closed', async () => {
      const own = create()
      await using server = await answering('')
      const done = exchange(own, requestTo(server.port))
      await until(() => server.sockets.length > 0)
      await own.close()
      expect((await done).failure).toMatchObject({ kind: 'aborted' })
    })
  })

  describe(`${name}: TLS`, () => {
    it.each([
      { tlsVerify: false, serverName: 'service.test', result: { status: 200 } },
      { tlsVerify: undefined, serverName: undefined, result: { status: 200 } },
      { tlsVerify: true, serverName: 'service.test', result: { failure: { kind: 'connect' } } },
    ])('with tlsVerify $tlsVerify a certificate nobody signed gives $result', async (row) => {
      const { tlsVerify, serverName, result } = row
      await using server = await tlsServer()
      const about = {
        scheme: 'https',
        ...(tlsVerify === undefined ? {} : { tlsVerify }),
        ...(serverName === undefined ? {} : { serverName }),
      } as const
      expect(await exchange(client, requestTo(server.port, about))).toMatchObject(result)
    })

    it('tells the server name in the handshake', async () => {
      await using server = await tlsServer()
      const about = { scheme: 'https', serverName: 'service.test' } as const
      expect((await exchange(client, requestTo(server.port, about))).body).toBe('service.test')
    })
  })

  describe(`${name}: upgrade`, () => {
    const upgrade = { upgrade: 'websocket' } as const
    const switching = (to: string): string =>
      `HTTP/1.1 101 Switching\r\nConnection: upgrade\r\nUpgrade: ${to}\r\n\r\nfirst`

    it('hands over the connection, with what came right behind the answer', async () => {
      await using server = await answering(switching('WebSocket'))
      const { socket, status } = await exchange(client, requestTo(server.port, upgrade))
      expect(status).toBe(101)
      const [first] = (await once(socket as NonNullable<typeof socket>, 'data')) as [Buffer]
      expect(first.toString()).toBe('first')
      socket?.write('ping')
      const [ping] = (await once(server.sockets[0] as never, 'data')) as [Buffer]
      expect(ping.toString()).toBe('ping')
      socket?.destroy()
    })

    it('takes an ordinary answer for a refusal', async () => {
      await using server = await answering('HTTP/1.1 403 No\r\nContent-Length: 2\r\n\r\nno')
      const heard = await exchange(client, requestTo(server.port, upgrade))
      expect(heard).toMatchObject({ status: 403, body: 'no', socket: undefined })
    })

    it('tells invalid when the Service switches to something else', async () => {
      await using server = await answering(switching('h2c'))
      const heard = await exchange(client, requestTo(server.port, upgrade))
      expect(heard).toMatchObject({ failure: { kind: 'invalid' }, socket: undefined })
    })
  })
}

async function* pieces(...texts: string[]): AsyncGenerator<Uint8Array> {
  for (const text of texts) yield Buffer.from(text)
}

async function tlsServer(): Promise<{ port: number } & AsyncDisposable> {
  const server = createTlsServer(certificate, (req, res) => {
    const { servername } = req.socket as unknown as { servername: string | false }
    res.end(servername || 'none')
  })
  server.on('tlsClientError', () => undefined)
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  return {
    port: (server.address() as AddressInfo).port,
    async [Symbol.asyncDispose]() {
      server.closeAllConnections()
      server.close()
      await once(server, 'close')
    },
  }
}
