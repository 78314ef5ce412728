import { describe, expect, it } from 'vitest'
import { createBodyDecoder } from './body-decoder.ts'
import { DEFAULT_WIRE_LIMITS } from './limits.ts'
import type { Problem } from './problem.ts'

const LIMITS = {
  ...DEFAULT_WIRE_LIMITS,
  maxTrailerBytes: 40,
  maxChunkExtensionBytes: 20,
  maxFields: 3,
}

interface Decoded {
  body: string
  trailers: readonly string[] | undefined
  status: number | undefined
  /** What was left for the next message. */
  rest: string
}

/** @param pieces one after the other; what is left of the last one is `rest` */
function decode(pieces: readonly string[]): Decoded {
  const decoder = createBodyDecoder({ kind: 'chunked' }, LIMITS)
  const decoded: Decoded = { body: '', trailers: undefined, status: undefined, rest: '' }
  for (const piece of pieces) {
    const buffer = Buffer.from(piece, 'latin1')
    const after = decoder.push(buffer, 0, buffer.length, {
      onData: (chunk) => {
        decoded.body += chunk.toString('latin1')
      },
      onEnd: (trailers) => {
        decoded.trailers = trailers
      },
      onProblem: ({ status }: Problem) => {
        decoded.status = status
      },
    })
    decoded.rest += piece.slice(after)
  }
  return decoded
}

describe('the chunked decoder', () => {
  it.each([
    ['one chunk', '5\r\nhello\r\n0\r\n\r\n', 'hello', []],
    ['two chunks', '1\r\nh\r\n4\r\nello\r\n0\r\n\r\n', 'hello', []],
    ['no chunk', '0\r\n\r\n', '', []],
    ['zeros before the size', '0000005\r\nhello\r\n000\r\n\r\n', 'hello', []],
    ['16 digits', `${'5'.padStart(16, '0')}\r\nhello\r\n0\r\n\r\n`, 'hello', []],
    [
      'upper and lower case',
      'A\r\n0123456789\r\na\r\n0123456789\r\n0\r\n\r\n',
      '01234567890123456789',
      [],
    ],
    ['CRLF in a chunk', '4\r\n\r\n\r\n\r\n0\r\n\r\n', '\r\n\r\n', []],
    ['extensions', '5;a;b=c;d="e;\\"f"\r\nhello\r\n0;z\r\n\r\n', 'hello', []],
    ['white space around them', '5 \t; \ta = b\r\nhello\r\n0\r\n\r\n', 'hello', []],
    ['20 bytes of extensions', '5;aaaaaaaaa\r\nhello\r\n0;bbbbbbbbb\r\n\r\n', 'hello', []],
    ['trailers', '5\r\nhello\r\n0\r\nX-A: b\r\nx-c:\r\n\r\n', 'hello', ['X-A', 'b', 'x-c', '']],
    ['40 bytes of trailers', `0\r\nA:${'b'.repeat(34)}\r\n\r\n`, '', ['A', 'b'.repeat(34)]],
  ])('takes %s, in one piece and in single bytes', (_what, text, body, trailers) => {
    const wanted = { body, trailers, status: undefined, rest: 'GET' }
    expect(decode([`${text}GET`])).toEqual(wanted)
    expect(decode([...text, 'GET'])).toEqual(wanted)
  })

  it.each([
    ['no size', '\r\nhello', 400],
    ['a size that is no number', 'x\r\n', 400],
    ['a sign', '+5\r\nhello\r\n', 400],
    ['a prefix', '0x5\r\nhello\r\n', 400],
    ['white space before the size', ' 5\r\nhello\r\n', 400],
    ['white space behind the size', '5 \r\nhello\r\n', 400],
    ['a bare LF behind the size', '5\nhello\r\n', 400],
    ['a bare CR behind the size', '5\rhello\r\n', 400],
    ['a chunk that is longer than its size', '4\r\nhello\r\n', 400],
    ['a chunk that is shorter', '6\r\nhello\r\n0\r\n\r\n', 400],
    ['a bare LF behind the chunk', '5\r\nhello\n0\r\n\r\n', 400],
    ['a size beyond 2^53', '20000000000000\r\n', 413],
    ['a size beyond 2^64', '10000000000000005\r\n', 413],
    ['a size of 17 digits', '00000000000000005\r\nhello\r\n', 413],
    ['an empty extension', '5;\r\nhello\r\n', 400],
    ['an extension without a name', '5;=a\r\nhello\r\n', 400],
    ['a quote that is not closed', '5;a="b\r\nhello\r\n', 400],
    ['a NUL in an extension', '5;a=\0\r\nhello\r\n', 400],
    ['21 bytes of extensions', '5;aaaaaaaaa\r\nhello\r\n0;bbbbbbbbbb\r\n\r\n', 413],
    ['41 bytes of trailers', `0\r\nA:${'b'.repeat(35)}\r\n\r\n`, 431],
    ['trailers without end', `0\r\n${'b'.repeat(41)}`, 431],
    ['too many trailers', '0\r\nA:\r\nB:\r\nC:\r\nD:\r\n\r\n', 431],
    ['a trailer without a colon', '0\r\ngarbage\r\n\r\n', 400],
    ['a folded trailer', '0\r\nA: b\r\n c\r\n\r\n', 400],
    ['a NUL in a trailer', '0\r\nA: b\0\r\n\r\n', 400],
    ['a bare LF in the trailers', '0\r\nA: b\n', 400],
    ['a bare LF for the end', '0\r\n\n', 400],
    ['no last CRLF', '0\r\nXXGET / HTTP/1.1\r\nHost: a\r\n\r\n', 400],
  ])('refuses %s, in one piece and in single bytes', (_what, text, status) => {
    expect(decode([text])).toMatchObject({ status, trailers: undefined })
    expect(decode([...text])).toMatchObject({ status, trailers: undefined })
  })

  it('does not end before its last byte', () => {
    expect(decode(['5\r\nhello\r\n0\r\n\r'])).toMatchObject({
      body: 'hello',
      trailers: undefined,
      status: undefined,
    })
  })

  it('tells that the connection ended too early', () => {
    const decoder = createBodyDecoder({ kind: 'chunked' }, LIMITS)
    const told: unknown[] = []
    const sink = {
      onData: () => {},
      onEnd: () => told.push('end'),
      onProblem: (p: Problem) => told.push(p.status),
    }
    decoder.push(Buffer.from('5\r\nhello\r\n'), 0, 10, sink)
    decoder.finish(sink)
    decoder.finish(sink)
    expect(told).toEqual([400])
    expect(decoder.isDone).toBe(true)
  })
})
