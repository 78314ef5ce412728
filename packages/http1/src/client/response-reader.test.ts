import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { DEFAULT_WIRE_LIMITS } from '../wire/limits.ts'
import { ResponseReader } from './response-reader.ts'

/** Reads a response that arrives in pieces, and tells what was heard of it. */
function read(pieces: readonly string[], about: { method?: string; ends?: boolean } = {}): Heard {
  const heard: Heard = { calls: [], body: '', canReuse: false, keepAliveSeconds: undefined }
  const reader = new ResponseReader({ ...DEFAULT_WIRE_LIMITS, maxInformational: 2 })
  reader.start(about.method ?? 'GET', {
    onInformation: ({ status }) => heard.calls.push(`information ${status}`),
    onHead: ({ status, reason, rawHeaders }) =>
      heard.calls.push(`head ${status} ${reason} ${rawHeaders.join('|')}`),
    onData: (chunk) => {
      heard.body += chunk.toString('latin1')
    },
    onComplete: (trailers) => heard.calls.push(`complete ${trailers.join('|')}`),
    onSwitch: ({ status, upgrade }, rest) =>
      heard.calls.push(`switch ${status} ${upgrade} ${rest.toString('latin1')}`),
    onBroken: (kind) => heard.calls.push(`broken ${kind}`),
  })
  for (const piece of pieces) reader.push(Buffer.from(piece, 'latin1'), piece.length)
  if (about.ends) reader.end()
  heard.canReuse = reader.canReuse
  heard.keepAliveSeconds = reader.keepAliveSeconds
  return heard
}

interface Heard {
  readonly calls: string[]
  body: string
  canReuse: boolean
  keepAliveSeconds: number | undefined
}

const WITH_LENGTH = 'HTTP/1.1 200 Fine\r\nA: 1\r\nContent-Length: 5\r\n\r\nhello'
const IN_CHUNKS =
  'HTTP/1.1 103 Early\r\nLink: </a>\r\n\r\nHTTP/1.1 404 \r\nTransfer-Encoding: chunked\r\n\r\n' +
  '2;a="b c"\r\nhe\r\n0003\r\nllo\r\n0\r\nX-Sum: 7\r\nX-B:\r\n\r\n'
const UNTIL_CLOSE = 'HTTP/1.0 200 OK\r\nA: \xe9\r\n\r\nhello'

describe('ResponseReader.push()', () => {
  it.each([
    { of: 'a length', text: WITH_LENGTH, ends: false },
    { of: 'chunks, with information and trailers', text: IN_CHUNKS, ends: false },
    { of: 'everything up to the end', text: UNTIL_CLOSE, ends: true },
    { of: 'no body', text: 'HTTP/1.1 204 None\r\nA: 1\r\n\r\n', ends: false },
  ])('reads $of alike wherever it is split', ({ text, ends }) => {
    const whole = read([text], { ends })
    expect(whole.calls.at(-1)).toMatch(/^complete/)
    expect(whole.body).toBe(text.includes('204') ? '' : 'hello')
    expect(read([...text], { ends })).toEqual(whole)
    for (let at = 1; at < text.length; at++) {
      const pieces = [text.slice(0, at), text.slice(at)]
      expect(read(pieces, { ends }), `split at ${at}`).toEqual(whole)
    }
  })

  it('reads broken responses alike wherever they are split, and never throws', () => {
    const texts = fc.constantFrom(WITH_LENGTH, IN_CHUNKS, UNTIL_CLOSE, `${WITH_LENGTH}${IN_CHUNKS}`)
    const edit = fc.record({
      at: fc.nat(200),
      removed: fc.nat(3),
      inserted: fc.stringMatching(/^[\r\n\t :;,A-F0-9\x01\x7f\xff]{0,3}$/),
    })
    const cuts = fc.array(fc.nat(300), { maxLength: 6 })
    fc.assert(
      fc.property(texts, fc.array(edit, { maxLength: 3 }), cuts, (text, edits, at) => {
        const broken = edits.reduce(
          (edited, { at, removed, inserted }) =>
            edited.slice(0, at) + inserted + edited.slice(at + removed),
          text,
        )
        const whole = read([broken], { ends: true })
        const sorted = [...at.filter((cut) => cut < broken.length), broken.length].sort(
          (a, b) => a - b,
        )
        const pieces = sorted.map((cut, i) => broken.slice(sorted[i - 1] ?? 0, cut))
        const inPieces = read(
          pieces.filter((piece) => piece !== ''),
          { ends: true },
        )
        expect(inPieces.calls).toEqual(whole.calls)
        expect(inPieces.body).toBe(whole.body)
      }),
      { numRuns: 2000 },
    )
  })

  it('hands over what it reads as it came', () => {
    expect(read([IN_CHUNKS]).calls).toEqual([
      'information 103',
      'head 404  Transfer-Encoding|chunked',
      'complete X-Sum|7|X-B|',
    ])
  })

  it.each([
    { what: 'the version is 2.0', text: 'HTTP/2.0 200 OK\r\n\r\n' },
    { what: 'the version is 0.9', text: 'HTTP/0.9 200 OK\r\n\r\n' },
    { what: 'the version is 1.10', text: 'HTTP/1.10 200 OK\r\n\r\n' },
    { what: 'the name is in lower case', text: 'http/1.1 200 OK\r\n\r\n' },
    { what: 'the protocol is ICY', text: 'ICY 200 OK\r\n\r\n' },
    { what: 'a mail server speaks', text: '220 mail ready\r\n' },
    { what: 'SSH speaks', text: 'SSH-2.0-OpenSSH_9.2\r\n' },
    { what: 'an empty line comes first', text: '\r\nHTTP/1.1 200 OK\r\n\r\n' },
    { what: 'the status is 000', text: 'HTTP/1.1 000 X\r\n\r\n' },
    { what: 'the status is 099', text: 'HTTP/1.1 099 X\r\n\r\n' },
    { what: 'the status has two digits', text: 'HTTP/1.1 20 X\r\n\r\n' },
    { what: 'the status has four digits', text: 'HTTP/1.1 2000 X\r\n\r\n' },
    { what: 'the status has letters', text: 'HTTP/1.1 2xx X\r\n\r\n' },
    { what: 'the status is negative', text: 'HTTP/1.1 -20 X\r\n\r\n' },
    { what: 'the status is missing', text: 'HTTP/1.1  OK\r\n\r\n' },
    { what: 'two spaces stand before the status', text: 'HTTP/1.1  200 OK\r\n\r\n' },
    { what: 'tabs separate', text: 'HTTP/1.1\t200\tOK\r\n\r\n' },
    { what: 'a bare CR is in the reason', text: 'HTTP/1.1 200 OK\rX: 1\r\n\r\n' },
    { what: 'a NUL is in the reason', text: 'HTTP/1.1 200 O\0K\r\n\r\n' },
    { what: 'lines end in LF', text: 'HTTP/1.1 200 OK\nA: 1\n\n' },
    { what: 'one line ends in LF', text: 'HTTP/1.1 200 OK\r\nA: 1\nB: 2\r\n\r\n' },
    { what: 'a line is folded', text: 'HTTP/1.1 200 OK\r\nA: 1\r\n 2\r\n\r\n' },
    { what: 'a space stands before a colon', text: 'HTTP/1.1 200 OK\r\nA : 1\r\n\r\n' },
    { what: 'a line has no colon', text: 'HTTP/1.1 200 OK\r\nA\r\n\r\n' },
    { what: 'a name is empty', text: 'HTTP/1.1 200 OK\r\n: 1\r\n\r\n' },
    { what: 'a name has delimiters', text: 'HTTP/1.1 200 OK\r\nA(b): 1\r\n\r\n' },
    { what: 'a value has a NUL', text: 'HTTP/1.1 200 OK\r\nA: \0\r\n\r\n' },
    { what: 'a value has a control character', text: 'HTTP/1.1 200 OK\r\nA: \x01\r\n\r\n' },
    { what: 'an informational answer is broken', text: 'HTTP/1.1 103 E\r\nA: \r1\r\n\r\n' },
    { what: 'there is a length and a coding', text: head('Content-Length: 3', chunked()) },
    { what: 'lengths differ', text: head('Content-Length: 3', 'Content-Length: 4') },
    { what: 'a list of lengths differs', text: head('Content-Length: 3, 4') },
    { what: 'the length has a sign', text: head('Content-Length: +5') },
    { what: 'the length is negative', text: head('Content-Length: -5') },
    { what: 'the length is hexadecimal', text: head('Content-Length: 0x5') },
    { what: 'the length is a fraction', text: head('Content-Length: 5.0') },
    { what: 'the length is empty', text: head('Content-Length:') },
    { what: 'the length is beyond 2^53', text: head('Content-Length: 9007199254740993') },
    { what: 'the coding is another one', text: head('Transfer-Encoding: xchunked') },
    { what: 'chunked is not the last coding', text: head('Transfer-Encoding: chunked, gzip') },
    { what: 'the coding is in HTTP/1.0', text: `HTTP/1.0 200 OK\r\n${chunked()}\r\n\r\n` },
    { what: 'a chunk size has 0x', text: `${head(chunked())}0x5\r\nhello\r\n0\r\n\r\n` },
    { what: 'a chunk size is empty', text: `${head(chunked())}\r\nhello\r\n0\r\n\r\n` },
    { what: 'a chunk size is negative', text: `${head(chunked())}-5\r\nhello\r\n0\r\n\r\n` },
    { what: 'a chunk size is 2^64+5', text: `${head(chunked())}10000000000000005\r\nhello` },
    { what: 'a chunk size ends in LF', text: `${head(chunked())}5\nhello\r\n0\r\n\r\n` },
    { what: 'a chunk is longer than its size', text: `${head(chunked())}4\r\nhello\r\n0\r\n\r\n` },
    { what: 'a chunk is shorter than its size', text: `${head(chunked())}6\r\nhello\r\n0\r\n\r\n` },
    { what: 'a trailer has no colon', text: `${head(chunked())}0\r\nX\r\n\r\n` },
    { what: 'there is too much information', text: 'HTTP/1.1 102 P\r\n\r\n'.repeat(3) },
    { what: 'the head is too long', text: `HTTP/1.1 200 OK\r\nA: ${'x'.repeat(20_000)}` },
    { what: 'a trailer is too long', text: `${head(chunked())}0\r\nA: ${'x'.repeat(20_000)}` },
    { what: 'there are too many fields', text: head(...Array<string>(201).fill('A: 1')) },
  ])('calls it invalid when $what', ({ text }) => {
    const { calls, canReuse } = read([text])
    expect(calls.filter((call) => !/^(head|information)/.test(call))).toEqual(['broken invalid'])
    expect(canReuse && calls.length === 1).toBe(false)
  })

  it.each([
    { what: 'nothing came', text: '' },
    { what: 'a status line was begun', text: 'HTTP/1.1 20' },
    { what: 'a head was begun', text: 'HTTP/1.1 200 OK\r\nA: 1\r\n' },
    { what: 'only information came', text: 'HTTP/1.1 100 Go\r\n\r\n' },
    { what: 'a body is shorter than its length', text: `${head('Content-Length: 9')}hello` },
    { what: 'a chunk is cut', text: `${head(chunked())}9\r\nhello` },
    { what: 'the last chunk is missing', text: `${head(chunked())}5\r\nhello\r\n` },
    { what: 'the trailers are cut', text: `${head(chunked())}0\r\nX: 1\r\n` },
  ])('calls it reset when the connection ends and $what', ({ text }) => {
    expect(read([text], { ends: true }).calls.at(-1)).toBe('broken reset')
  })

  it.each([
    { to: 'HEAD', method: 'HEAD', text: head('Content-Length: 500') },
    { to: 'HEAD with a coding', method: 'HEAD', text: head(chunked()) },
    { to: 'a condition', method: 'GET', text: 'HTTP/1.1 304 N\r\nContent-Length: 5\r\n\r\n' },
  ])('expects no body in an answer to $to', ({ method, text }) => {
    const { calls, canReuse } = read([text], { method })
    expect([calls.at(-1), canReuse]).toEqual(['complete ', true])
  })

  it('leaves what follows a 101 to the other protocol', () => {
    const text = 'HTTP/1.1 101 S\r\nConnection: upgrade\r\nUpgrade: websocket\r\n\r\nHTTP/1.1 99'
    expect(read([text]).calls).toEqual(['switch 101 websocket HTTP/1.1 99'])
  })
})

describe('ResponseReader.canReuse', () => {
  it.each([
    { text: WITH_LENGTH, expected: true },
    { text: IN_CHUNKS, expected: true },
    { text: UNTIL_CLOSE, expected: false },
    { text: `${WITH_LENGTH}HTTP/1.1 200 OK\r\n\r\n`, expected: false },
    { text: `${IN_CHUNKS}x`, expected: false },
    { text: `${head('Content-Length: 0')}x`, expected: false },
    { text: head('Content-Length: 0', 'Connection: close'), expected: false },
    { text: head('Content-Length: 0', 'Connection: a, CLOSE'), expected: false },
    { text: head('Content-Length: 0', 'Connection: a', 'Connection: close'), expected: false },
    { text: 'HTTP/1.0 200 OK\r\nContent-Length: 0\r\n\r\n', expected: false },
    {
      text: 'HTTP/1.0 200 OK\r\nConnection: keep-alive\r\nContent-Length: 0\r\n\r\n',
      expected: true,
    },
    { text: 'HTTP/1.1 204 N\r\n\r\n', expected: true },
    { text: 'HTTP/1.1 204 N\r\nContent-Length: 0\r\n\r\n', expected: true },
    { text: 'HTTP/1.1 204 N\r\nContent-Length: 5\r\n\r\n', expected: false },
    { text: `HTTP/1.1 204 N\r\n${chunked()}\r\n\r\n`, expected: false },
  ])('is $expected after $text', ({ text, expected }) => {
    const { calls, canReuse } = read([text], { ends: text === UNTIL_CLOSE })
    expect(calls.at(-1)).toMatch(/^complete/)
    expect(canReuse).toBe(expected)
  })
})

describe('ResponseReader.keepAliveSeconds', () => {
  it.each([
    { value: 'timeout=5', seconds: 5 },
    { value: 'max=100, Timeout=15', seconds: 15 },
    { value: 'max=100', seconds: undefined },
    { value: 'mytimeout=5', seconds: undefined },
    { value: 'timeout=x', seconds: undefined },
    { value: 'timeout=0', seconds: 0 },
  ])('is $seconds for Keep-Alive: $value', ({ value, seconds }) => {
    const { keepAliveSeconds } = read([head('Content-Length: 0', `keep-alive: ${value}`)])
    expect(keepAliveSeconds).toBe(seconds)
  })
})

function head(...fields: readonly string[]): string {
  return `HTTP/1.1 200 OK\r\n${fields.map((field) => `${field}\r\n`).join('')}\r\n`
}

function chunked(): string {
  return 'Transfer-Encoding: chunked'
}
