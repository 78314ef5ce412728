import { setImmediate as nextTurn } from 'node:timers/promises'
import { describe, expect, it } from 'vitest'
import type { ServerExchange } from '@postern/http1'
import { startServer } from './start-server.ts'

const GET = 'GET / HTTP/1.1\r\nHost: a\r\n'
const LAST = `${GET}Connection: close\r\n\r\n`

/** The answer to one request, without its Date. */
async function answerOf(
  handle: (exchange: ServerExchange) => void | Promise<void>,
  request: string = LAST,
): Promise<string> {
  const { send } = await startServer((exchange) => void handle(exchange))
  return (await send(request)).replace(/Date: [^\r]*\r\n/, '')
}

const CLOSE = 'Connection: close\r\n\r\n'

describe('an answer', () => {
  it.each<[string, (exchange: ServerExchange) => void, string]>([
    [
      'has the length of a body that is ended at once',
      (x) => {
        x.sendHead(200, ['A', 'b'])
        x.end('hello')
      },
      `HTTP/1.1 200 OK\r\nA: b\r\nContent-Length: 5\r\n${CLOSE}hello`,
    ],
    [
      'has the length of text in bytes',
      (x) => {
        x.sendHead(200, [])
        x.end('h\u00e4')
      },
      `HTTP/1.1 200 OK\r\nContent-Length: 3\r\n${CLOSE}h\xc3\xa4`,
    ],
    [
      'has length 0 without a body',
      (x) => {
        x.sendHead(404, [])
        x.end()
      },
      `HTTP/1.1 404 Not Found\r\nContent-Length: 0\r\n${CLOSE}`,
    ],
    [
      'is chunked when its length is not known',
      (x) => {
        x.sendHead(200, [])
        x.write('hello')
        x.write(Buffer.from(' world'))
        x.write('')
        x.end('!')
      },
      `HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n${CLOSE}5\r\nhello\r\n6\r\n world\r\n1\r\n!\r\n0\r\n\r\n`,
    ],
    [
      'has its trailers behind the last chunk',
      (x) => {
        x.sendHead(200, ['Trailer', 'X-T'])
        x.end('hello', ['X-T', '1'])
      },
      `HTTP/1.1 200 OK\r\nTrailer: X-T\r\nTransfer-Encoding: chunked\r\n${CLOSE}5\r\nhello\r\n0\r\nX-T: 1\r\n\r\n`,
    ],
    [
      'keeps a length that was given, and leaves trailers out',
      (x) => {
        x.sendHead(200, ['Content-Length', '5'])
        x.end('hello', ['X-T', '1'])
      },
      `HTTP/1.1 200 OK\r\nContent-Length: 5\r\n${CLOSE}hello`,
    ],
    [
      'is framed here, whatever Transfer-Encoding and Connection say',
      (x) => {
        x.sendHead(200, ['Transfer-Encoding', 'gzip', 'Connection', 'x-a'])
        x.end('hello')
      },
      `HTTP/1.1 200 OK\r\nContent-Length: 5\r\n${CLOSE}hello`,
    ],
    [
      'has no body and no length for 204',
      (x) => {
        x.sendHead(204, ['Content-Length', '5'])
        x.end('hello')
      },
      `HTTP/1.1 204 No Content\r\n${CLOSE}`,
    ],
    [
      'has no body for 304, and keeps its length',
      (x) => {
        x.sendHead(304, ['Content-Length', '5'])
        x.end('hello')
      },
      `HTTP/1.1 304 Not Modified\r\nContent-Length: 5\r\n${CLOSE}`,
    ],
    [
      'follows interim answers',
      (x) => {
        x.sendInformation(103, ['Link', '</a>'])
        x.sendHead(200, [])
        x.end()
      },
      `HTTP/1.1 103 Early Hints\r\nLink: </a>\r\n\r\nHTTP/1.1 200 OK\r\nContent-Length: 0\r\n${CLOSE}`,
    ],
  ])('%s', async (_what, handle, wanted) => {
    expect(await answerOf(handle)).toBe(wanted)
  })

  it('has no body for HEAD, and no length that nobody knows', async () => {
    const handle = (x: ServerExchange): void => {
      x.sendHead(200, [])
      x.write('hel')
      x.end('lo')
    }
    const request = LAST.replace('GET', 'HEAD')
    expect(await answerOf(handle, request)).toBe(`HTTP/1.1 200 OK\r\n${CLOSE}`)
  })

  it('ends with the connection for HTTP/1.0', async () => {
    const handle = (x: ServerExchange): void => {
      x.sendInformation(103, [])
      x.sendHead(200, [])
      x.write('hel')
      x.end('lo')
    }
    const request = 'GET / HTTP/1.0\r\nConnection: keep-alive\r\n\r\n'
    expect(await answerOf(handle, request)).toBe(`HTTP/1.1 200 OK\r\n${CLOSE}hello`)
  })

  it('closes the connection where its Connection says so', async () => {
    const handle = (x: ServerExchange): void => {
      x.sendHead(200, ['Connection', 'close'])
      x.end()
    }
    expect(await answerOf(handle, `${GET}\r\n`)).toContain(CLOSE)
  })

  it('sends its head before the first byte of the body is there', async () => {
    const { connect, exchanges } = await startServer((x) => x.sendHead(200, []))
    const client = await connect()
    client.write(`${GET}\r\n`)
    await client.until('\r\n\r\n')
    exchanges[0]?.end('hello')
    expect(await client.until('0\r\n\r\n')).toContain('5\r\nhello\r\n')
  })

  it('is the same when its handler takes its time', async () => {
    const handle = async (x: ServerExchange): Promise<void> => {
      await nextTurn()
      x.sendHead(200, [])
      await nextTurn()
      x.write('hel')
      await nextTurn()
      x.end('lo')
    }
    expect(await answerOf(handle)).toBe(
      `HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n${CLOSE}3\r\nhel\r\n2\r\nlo\r\n0\r\n\r\n`,
    )
  })

  it.each([
    ['small', 100],
    ['as large as fits in one write with the head', 16 * 1024],
    ['larger', 16 * 1024 + 1],
    ['of a megabyte', 1024 * 1024],
  ])('carries every byte of a body that is %s', async (_what, bytes) => {
    const body = Buffer.from(Array.from({ length: bytes }, (_, i) => (i * 7) % 256))
    const plain = await answerOf((x) => {
      x.sendHead(200, ['Content-Length', String(bytes)])
      x.end(body)
    })
    expect(plain.slice(plain.indexOf('\r\n\r\n') + 4)).toBe(body.toString('latin1'))
    const chunked = await answerOf((x) => {
      x.sendHead(200, [])
      x.write(body)
      x.end()
    })
    expect(chunked.slice(chunked.indexOf('\r\n\r\n') + 4)).toBe(
      `${bytes.toString(16)}\r\n${body.toString('latin1')}\r\n0\r\n\r\n`,
    )
  })

  it('carries a Uint8Array that is no Buffer', async () => {
    const bytes = new Uint8Array([0, 104, 105, 255, 0]).subarray(1, 4)
    const answer = await answerOf((x) => {
      x.sendHead(200, [])
      x.end(bytes)
    })
    expect(answer.endsWith('\r\n\r\nhi\xff')).toBe(true)
  })

  it.each<[given: string, asked: string, line: string]>([
    ['Upgrade', '', 'Connection: Upgrade'],
    ['Upgrade', 'Connection: close\r\n', 'Connection: Upgrade'],
    ['Upgrade, close', '', 'Connection: Upgrade, close'],
    ['close', '', 'Connection: close'],
    ['keep-alive', '', 'Connection: keep-alive'],
    ['keep-alive', 'Connection: close\r\n', 'Connection: close'],
    ['', '', 'Connection: keep-alive'],
  ])('says of the connection, given %j, to a client with %j: %s', async (given, asked, line) => {
    const first = `GET / HTTP/1.1\r\nHost: a\r\n${asked}\r\n`
    const answers = await answerOf(
      (x) => {
        x.sendHead(200, ['Connection', given])
        x.end('hello')
      },
      asked === '' ? first + LAST : first,
    )
    expect(answers.split('\r\n').find((one) => one.startsWith('Connection'))).toBe(line)
  })

  it.each<[string, readonly string[], string, boolean]>([
    ['one piece that is longer', ['hello!'], 'hello', true],
    ['a piece behind its end', ['hello', '!'], 'hello', true],
    ['a shorter one', ['hell'], 'hell', false],
  ])(
    'ends its connection where its length does not fit: %s',
    async (_what, pieces, sent, whole) => {
      let finished: boolean | undefined
      const answer = await answerOf((x) => {
        x.listener = {
          onClose(told) {
            finished = told
          },
        }
        x.sendHead(200, ['Content-Length', '5'])
        for (const piece of pieces) x.write(piece)
        x.end()
      })
      expect(finished).toBe(whole)
      expect(answer.split('\r\n\r\n')[1]).toBe(sent)
    },
  )

  it.each<[string, (x: ServerExchange) => void, string]>([
    ['a line break in a value', (x) => x.sendHead(200, ['A', 'b\r\nC: d']), 'HEAD_INVALID'],
    ['a name that is none', (x) => x.sendHead(200, ['A b', 'c']), 'HEAD_INVALID'],
    [
      'two lengths',
      (x) => x.sendHead(200, ['Content-Length', '1', 'content-length', '1']),
      'HEAD_INVALID',
    ],
    ['a length that is none', (x) => x.sendHead(200, ['Content-Length', '1x']), 'HEAD_INVALID'],
    ['an interim status for the answer', (x) => x.sendHead(199, []), 'HEAD_INVALID'],
    ['a status of four digits', (x) => x.sendHead(1000, []), 'HEAD_INVALID'],
    ['a final status for an interim answer', (x) => x.sendInformation(200, []), 'HEAD_INVALID'],
    ['101 for an interim answer', (x) => x.sendInformation(101, []), 'HEAD_INVALID'],
    ['a body before the head', (x) => x.write('hello'), 'HEAD_NOT_SENT'],
    ['an end before the head', (x) => x.end(), 'HEAD_NOT_SENT'],
  ])('does not take %s, and can still be given', async (_what, attempt, code) => {
    const answer = await answerOf((x) => {
      expect(() => attempt(x)).toThrow(expect.objectContaining({ code: `POSTERN_HTTP1_${code}` }))
      x.sendHead(500, [])
      x.end()
    })
    expect(answer).toBe(`HTTP/1.1 500 Internal Server Error\r\nContent-Length: 0\r\n${CLOSE}`)
  })

  it('does not take a second head', async () => {
    await answerOf((x) => {
      x.sendHead(200, [])
      expect(() => x.sendHead(200, [])).toThrow(
        expect.objectContaining({ code: 'POSTERN_HTTP1_HEAD_SENT' }),
      )
      x.end()
    })
  })

  it('has a Date, or the one it is given', async () => {
    const { send } = await startServer((x) => {
      x.sendHead(200, x.target === '/own' ? ['date', 'today'] : [])
      x.end()
    })
    expect(await send(LAST)).toMatch(/\r\nDate: \w{3}, \d\d \w{3} \d{4} \d\d:\d\d:\d\d GMT\r\n/)
    const own = await send(LAST.replace('/', '/own'))
    expect(own).toContain('date: today')
    expect(own).not.toContain('Date:')
  })
})
