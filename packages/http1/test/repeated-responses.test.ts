import { describe, expect, it } from 'vitest'
import { ResponseReader } from '../src/client/response-reader.ts'
import type { FieldMemo } from '../src/wire/field-memo.ts'
import { DEFAULT_WIRE_LIMITS } from '../src/wire/limits.ts'
import { RepeatedMessages, RESPONSE_WORDS } from './repeated-messages.ts'

const SEED = Number(process.env.FUZZ_SEED ?? 1)

function newReader(): ResponseReader {
  return new ResponseReader({ ...DEFAULT_WIRE_LIMITS, maxInformational: 2 })
}

interface Read {
  /** Everything that was heard, and what the connection is good for afterwards. */
  readonly heard: readonly unknown[]
  readonly rawHeaders: readonly string[] | undefined
  readonly memo: FieldMemo | undefined
  readonly isComplete: boolean
}

/** Reads one response that comes in pieces. The connection ends behind it where nothing else ends it. */
function read(reader: ResponseReader, method: string, pieces: readonly Buffer[]): Read {
  const heard: unknown[] = []
  let body = ''
  let memo: FieldMemo | undefined
  let rawHeaders: readonly string[] | undefined
  let isComplete = false
  let isOver = false
  reader.start(method, {
    onInformation: (head) => heard.push(['information', head]),
    onHead: (head, itsMemo) => {
      memo = itsMemo
      ;({ rawHeaders } = head)
      heard.push(['head', head])
    },
    onData: (chunk) => {
      body += chunk.toString('latin1')
    },
    onComplete: (trailers) => {
      isComplete = isOver = true
      heard.push(['complete', trailers])
    },
    onSwitch: (head, rest) => {
      isOver = true
      heard.push(['switch', head, rest.toString('latin1')])
    },
    onBroken: (kind, message) => {
      isOver = true
      heard.push(['broken', kind, message])
    },
  })
  for (const piece of pieces) reader.push(piece, piece.length)
  isComplete &&= reader.canReuse
  if (!isOver) reader.end()
  heard.push(['body', body, reader.canReuse, reader.keepAliveSeconds])
  return { heard, rawHeaders, memo, isComplete }
}

/** Bytes in pieces that end at the given places. */
function piecesOf(text: string, cuts: readonly number[]): Buffer[] {
  const bytes = Buffer.from(text, 'latin1')
  const ends = [...cuts.filter((cut) => cut > 0 && cut < bytes.length), bytes.length]
  return ends
    .map((end, i) => Buffer.from(bytes.subarray(ends[i - 1] ?? 0, end)))
    .filter(({ length }) => length > 0)
}

const EARLY = 'HTTP/1.1 103 Early Hints\r\nLink: </a>\r\n\r\n'

describe('responses that repeat the head of the one before', () => {
  it('are read like those of a new connection, in 3,000 connections', () => {
    const made = new RepeatedMessages(SEED, RESPONSE_WORDS)
    let responses = 0
    for (let i = 0; i < 3000; i++) {
      const reader = newReader()
      for (const message of made.next(10)) {
        const method = made.below(12) === 0 ? 'HEAD' : 'GET'
        const text = (made.below(8) === 0 ? EARLY : '') + message
        const cuts = made.below(3) > 0 ? [] : [made.below(text.length), text.length - 2]
        cuts.sort((a, b) => a - b)
        const pieces = piecesOf(text, cuts)
        const { heard, isComplete } = read(reader, method, pieces)
        const about = `seed ${SEED}, ${i}, ${method} ${JSON.stringify(text)} cut at ${cuts.join()}`
        expect(heard, about).toEqual(read(newReader(), method, pieces).heard)
        responses += 1
        if (!isComplete) break
      }
    }
    expect(responses).toBeGreaterThan(6000)
  })

  const WITH_LENGTH = 'HTTP/1.1 200 OK\r\nKeep-Alive: timeout=7\r\nContent-Length: 4\r\n\r\nbody'
  const IN_CHUNKS =
    'HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n4\r\nbody\r\n0\r\nX-Sum: 7\r\n\r\n'
  const UNTIL_CLOSE = 'HTTP/1.1 200 OK\r\nX-A: 1\r\n\r\nbody'

  it.each([
    { of: 'a length', text: WITH_LENGTH },
    { of: 'chunks and trailers', text: IN_CHUNKS },
    { of: 'no body', text: 'HTTP/1.1 204 No Content\r\nX-A: 1\r\n\r\n' },
    { of: 'no body, after early hints', text: `${EARLY}HTTP/1.1 304 Not Modified\r\n\r\n` },
    { of: 'a body up to the end', text: UNTIL_CLOSE },
  ])('are read alike wherever they are split: $of', ({ text }) => {
    const { heard } = read(newReader(), 'GET', piecesOf(text, []))
    for (let at = 1; at < text.length; at++) {
      const reader = newReader()
      const head = text === UNTIL_CLOSE ? 'HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n' : text
      read(reader, 'GET', piecesOf(head, []))
      read(reader, 'GET', piecesOf(head, []))
      expect(read(reader, 'GET', piecesOf(text, [at])).heard, `split at ${at}`).toEqual(heard)
      if (text === UNTIL_CLOSE) continue
      expect(read(reader, 'GET', piecesOf(text, [])).heard, `after ${at}`).toEqual(heard)
    }
  })

  const plain = 'HTTP/1.1 200 OK\r\nX-A: 1\r\nContent-Length: 4\r\n\r\n'
  it.each([
    { differs: 'nothing', next: `${plain}body`, isKept: true },
    { differs: 'the body', next: `${plain}BODY`, isKept: true },
    { differs: 'what came before it', next: `${EARLY}${plain}body`, isKept: true },
    { differs: 'the version', next: `${plain.replace('1.1', '1.0')}body`, isKept: false },
    { differs: 'the status', next: `${plain.replace('200', '201')}body`, isKept: false },
    { differs: 'the reason', next: `${plain.replace('OK', 'Ok')}body`, isKept: false },
    { differs: 'a value', next: `${plain.replace(': 1', ': 2')}body`, isKept: false },
    { differs: 'the length', next: `${plain.replace(': 4', ': 5')}body.`, isKept: false },
    { differs: 'the method of the request', method: 'HEAD', next: plain, isKept: false },
  ])('keep memo and rawHeaders: $isKept, where $differs differs', (row) => {
    const { next, isKept, method = 'GET' } = row
    const reader = newReader()
    read(reader, 'GET', piecesOf(`${plain}body`, []))
    const before = read(reader, 'GET', piecesOf(`${plain}body`, []))
    const after = read(reader, method, piecesOf(next, []))
    expect(after.isComplete || next.includes('1.0')).toBe(true)
    expect(after.memo === before.memo).toBe(isKept)
    expect(after.rawHeaders === before.rawHeaders).toBe(isKept)
  })

  it.each([
    { bytes: 4096, isKept: true },
    { bytes: 4097, isKept: false },
  ])('are kept with heads of $bytes bytes: $isKept', ({ bytes, isKept }) => {
    const [before, after] = ['HTTP/1.1 200 OK\r\nX-Long: ', '\r\nContent-Length: 0\r\n\r\n']
    const text = before + 'x'.repeat(bytes - before.length - after.length) + after
    const reader = newReader()
    read(reader, 'GET', piecesOf(text, []))
    const second = read(reader, 'GET', piecesOf(text, []))
    const third = read(reader, 'GET', piecesOf(text, []))
    expect(third.heard).toEqual(second.heard)
    expect(third.memo === second.memo).toBe(isKept)
  })

  it('are not seen behind what has begun another, nor in the last piece of one', () => {
    const text = `${plain}body`
    for (let at = 1; at < plain.length; at++) {
      const reader = newReader()
      const halves = piecesOf(text, [at])
      for (let i = 0; i < 3; i++) read(reader, 'GET', halves)
      const tail = halves.slice(1)
      expect(read(reader, 'GET', tail).heard, `${at}`).toEqual(read(newReader(), 'GET', tail).heard)
    }
    for (const begun of ['H', 'HTTP/1.1 200 OK\r\nX-B: ', 'X']) {
      const reader = newReader()
      for (let i = 0; i < 2; i++) read(reader, 'GET', piecesOf(text, []))
      const pieces = piecesOf(begun + text, [begun.length])
      expect(read(reader, 'GET', pieces).heard).toEqual(read(newReader(), 'GET', pieces).heard)
    }
  })

  it('tell Keep-Alive and reuse of each, not of the one before', () => {
    const reader = newReader()
    const heard = [WITH_LENGTH, WITH_LENGTH, `${WITH_LENGTH}stray`, IN_CHUNKS].map((text) => {
      read(reader, 'GET', piecesOf(text, []))
      return [reader.canReuse, reader.keepAliveSeconds]
    })
    expect(heard).toEqual([
      [true, 7],
      [true, 7],
      [false, 7],
      [true, undefined],
    ])
  })
})
