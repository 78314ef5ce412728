import { describe, expect, it } from 'vitest'
import { HeadReader, IS_BROKEN, NEEDS_MORE } from './head-reader.ts'

const HEAD = 'GET / HTTP/1.1\r\nHost: a\r\n\r\n'

function reader(options: { maxHeadBytes?: number; maxTargetBytes?: number } = {}): HeadReader {
  return new HeadReader({ maxHeadBytes: 1000, skipsEmptyLine: true, ...options })
}

function push(heads: HeadReader, text: string): number {
  const buffer = Buffer.from(`<<${text}`, 'latin1')
  const after = heads.push(buffer, 2, buffer.length)
  return after < 0 ? after : after - 2
}

describe('HeadReader', () => {
  it('finds the end of a head, and leaves what follows', () => {
    const heads = reader()
    expect(push(heads, `${HEAD}body`)).toBe(HEAD.length)
    expect(heads.head).toBe('GET / HTTP/1.1\r\nHost: a\r\n')
  })

  it.each(Array.from({ length: HEAD.length - 1 }, (_, i) => i + 1))(
    'finds it when the first read has %i bytes',
    (at) => {
      const heads = reader()
      expect(push(heads, HEAD.slice(0, at))).toBe(NEEDS_MORE)
      expect(heads.hasBegun).toBe(true)
      expect(push(heads, `${HEAD.slice(at)}body`)).toBe(HEAD.length - at)
      expect(heads.head).toBe('GET / HTTP/1.1\r\nHost: a\r\n')
      expect(heads.hasBegun).toBe(false)
    },
  )

  it.each([
    ['in one piece', [`\r\n${HEAD}`]],
    ['in pieces', ['\r', '\n', HEAD]],
  ])('skips one empty line before a head, %s', (_what, pieces) => {
    const heads = reader()
    pieces.forEach((piece) => push(heads, piece))
    expect(heads.head).toBe('GET / HTTP/1.1\r\nHost: a\r\n')
  })

  it('does not count an empty line as the beginning of a head', () => {
    const heads = reader()
    expect(push(heads, '\r\n')).toBe(NEEDS_MORE)
    expect(heads.hasBegun).toBe(false)
  })

  it.each([
    ['a bare LF', 'GET / HTTP/1.1\nHost: a\n\n'],
    ['a bare LF at the start', '\nGET'],
    ['a bare CR', 'GET /\rx'],
    ['a NUL', 'GET /\0'],
    ['a handshake of TLS', '\x16\x03\x01\x02\x00'],
  ])('tells at once that %s is no head', (_what, text) => {
    const heads = reader()
    expect(push(heads, text)).toBe(IS_BROKEN)
    expect(heads.problem?.status).toBe(400)
  })

  it('tells so when the two halves come apart', () => {
    const heads = reader()
    expect(push(heads, 'GET / HTTP/1.1\r')).toBe(NEEDS_MORE)
    expect(push(heads, 'Host: a\r\n')).toBe(IS_BROKEN)
  })

  it.each([
    ['complete', 1000, HEAD.length],
    ['as large as the limit', HEAD.length, HEAD.length],
    ['one byte larger', HEAD.length - 1, IS_BROKEN],
  ])('takes a head that is %s', (_what, maxHeadBytes, wanted) => {
    const heads = reader({ maxHeadBytes })
    expect(push(heads, HEAD)).toBe(wanted)
    if (wanted === IS_BROKEN) expect(heads.problem?.status).toBe(431)
  })

  it('refuses a head without end when it has reached the limit, however it comes', () => {
    for (const piece of [1, 7, 5000]) {
      const heads = reader({ maxHeadBytes: 3000 })
      let sent = 0
      let last = NEEDS_MORE
      while (last === NEEDS_MORE && sent < 10_000) {
        last = push(heads, 'A'.repeat(piece))
        sent += piece
      }
      expect(last).toBe(IS_BROKEN)
      expect(sent).toBeLessThanOrEqual(3000 + piece)
      expect(heads.problem?.status).toBe(431)
    }
  })

  it('finds the end of a large head with a body behind it', () => {
    const large = `GET / HTTP/1.1\r\nX: ${'a'.repeat(5000)}\r\n\r\n`
    const heads = reader({ maxHeadBytes: 6000 })
    expect(push(heads, large + 'b'.repeat(10_000))).toBe(large.length)
  })

  it.each([
    [100, NEEDS_MORE],
    [164, NEEDS_MORE],
    [165, IS_BROKEN],
  ])('refuses with 414 where the first line has no end: %i bytes', (bytes, wanted) => {
    const heads = reader({ maxTargetBytes: 100 })
    expect(push(heads, 'A'.repeat(bytes))).toBe(wanted)
    if (wanted === IS_BROKEN) expect(heads.problem?.status).toBe(414)
  })
})
