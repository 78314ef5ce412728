import { type FieldMemo, NEEDS_MORE, Problem } from '@postern/http1'
import { describe, expect, it } from 'vitest'
import { shown } from './fuzz-codec.ts'
import { FreshHeads, readStream, rememberingHeads } from './read-stream.ts'
import { REQUEST_WORDS, RepeatedMessages } from './repeated-messages.ts'

const SEED = Number(process.env.FUZZ_SEED ?? 1)

/** A head whose remembered part, from the space before the version on, has that many bytes. */
function headOf(rememberedBytes: number, target = '/'): string {
  const [before, after] = [' HTTP/1.1\r\nHost: a\r\nX-Long: ', '\r\n\r\n']
  return `GET ${target}${before}${'x'.repeat(rememberedBytes - before.length - after.length)}${after}`
}

/** Pushes heads one by one, and tells of each what it was read as, with what it is kept. */
function pushAll(heads: readonly string[], limits: Parameters<typeof rememberingHeads>[0] = {}) {
  const reader = rememberingHeads(limits)
  return heads.map((head) => {
    const bytes = Buffer.from(head, 'latin1')
    const end = reader.push(bytes, 0, bytes.length)
    return { end, head: reader.head, memo: reader.memo }
  })
}

/** Fields that were told together with the memo of others, where heads come as they are and in pieces. */
function mixedMemos(messages: readonly string[], cuts: readonly number[]): string[] {
  const reader = rememberingHeads()
  const fieldsOf = new Map<FieldMemo, string>()
  const mixed: string[] = []
  for (const message of messages) {
    const bytes = Buffer.from(message.slice(0, message.indexOf('\r\n\r\n', 2) + 4), 'latin1')
    const cut = (cuts[0] ?? 0) % (bytes.length + 1)
    if (cut > 0 && reader.push(bytes.subarray(0, cut), 0, cut) !== NEEDS_MORE) break
    if (reader.push(bytes.subarray(cut), 0, bytes.length - cut) < 0) break
    if (reader.head instanceof Problem) break
    const fields = JSON.stringify(reader.head.rawHeaders)
    if (fields !== (fieldsOf.get(reader.memo) ?? fields)) mixed.push(fields)
    fieldsOf.set(reader.memo, fields)
  }
  return mixed
}

describe('heads that repeat the one before', () => {
  it('are read like new ones in 3,000 connections, whole and in pieces', () => {
    const made = new RepeatedMessages(SEED, REQUEST_WORDS)
    let requests = 0
    for (let i = 0; i < 3000; i++) {
      const messages = made.next(2 + made.below(10))
      const stream = Buffer.from(messages.join(''), 'latin1')
      const cuts = Array.from({ length: made.below(5) }, () => made.below(stream.length)).toSorted(
        (a, b) => a - b,
      )
      const about = `seed ${SEED}, connection ${i}: ${JSON.stringify(messages)}`
      const fresh = shown(stream)
      expect(shown(stream, [], rememberingHeads()), about).toBe(fresh)
      expect(shown(stream, cuts, rememberingHeads()), `${about} cut at ${cuts.join()}`).toBe(
        shown(stream, cuts),
      )
      expect(mixedMemos(messages, cuts), about).toEqual([])
      requests += (JSON.parse(fresh) as { requests: unknown[] }).requests.length
    }
    expect(requests).toBeGreaterThan(5000)
  })

  it('are read like new ones wherever they are split', () => {
    const made = new RepeatedMessages(SEED + 1, REQUEST_WORDS)
    for (let i = 0; i < 60; i++) {
      const stream = Buffer.from(made.next(5).join(''), 'latin1')
      for (let at = 1; at < stream.length; at++) {
        const read = shown(stream, [at], rememberingHeads())
        expect(read, `seed ${SEED + 1}, ${i} at ${at}`).toBe(shown(stream, [at]))
      }
    }
  })

  const plain = 'GET /a HTTP/1.1\r\nHost: a\r\nX-A: 1\r\n\r\n'
  it.each([
    { differs: 'nothing', next: plain, isKept: true },
    { differs: 'the target', next: plain.replace('/a', '/other?b=c'), isKept: true },
    { differs: 'the form of the target', next: plain.replace('/a', 'http://b/'), isKept: true },
    { differs: 'the method', next: plain.replace('GET', 'PUT'), isKept: false },
    { differs: 'a longer method', next: plain.replace('GET', 'GETS'), isKept: false },
    { differs: 'the version', next: plain.replace('1.1', '1.0'), isKept: false },
    { differs: 'a value', next: plain.replace(': 1', ': 2'), isKept: false },
    { differs: 'the capitals of a name', next: plain.replace('X-A', 'x-a'), isKept: false },
    { differs: 'white space', next: plain.replace(': 1', ':1'), isKept: false },
    { differs: 'one more field', next: plain.replace('X-A', 'X-B: 1\r\nX-A'), isKept: false },
    { differs: 'one field less', next: plain.replace('X-A: 1\r\n', ''), isKept: false },
    { differs: 'an empty line before', next: `\r\n${plain}`, isKept: false },
  ])('keep memo and rawHeaders: $isKept, where $differs differs', ({ next, isKept }) => {
    const [, before, after] = pushAll([plain, plain, next])
    if (before === undefined || after === undefined) throw new Error('expected three heads')
    expect(after.end).toBe(next.length)
    expect(after.memo === before.memo).toBe(isKept)
    if (before.head instanceof Problem || after.head instanceof Problem) throw new Error('refused')
    expect(after.head.rawHeaders === before.head.rawHeaders).toBe(isKept)
  })

  it('have a memo of their own until a second one has come', () => {
    const [first, second, third] = pushAll([plain, plain, plain])
    expect(second?.memo).not.toBe(first?.memo)
    expect(third?.memo).toBe(second?.memo)
  })

  it.each([
    { what: 'in pieces', between: [plain.slice(0, 9), plain.slice(9).replace(': 1', ': 2')] },
    { what: 'too long to be kept', between: [headOf(4097)] },
    { what: 'CONNECT', between: ['CONNECT a:1 HTTP/1.1\r\nHost: b\r\n\r\n'] },
  ])('share no memo with one that came before another $what', ({ between }) => {
    const all = pushAll([plain, plain, ...between, plain])
    const memos = all.filter(({ end }) => end !== NEEDS_MORE).map(({ memo }) => memo)
    expect(memos).toHaveLength(4)
    expect(new Set(memos).size).toBe(4)
  })

  it.each(['G', 'X', '\r', '\r\n', 'GET / HTTP/1.1\r\nHost: a\r\nX-B: ', 'GET /b'])(
    'are not seen behind what has begun another: %j',
    (begun) => {
      const stream = Buffer.from(plain + plain + begun + plain)
      const cuts = [2 * plain.length, 2 * plain.length + begun.length]
      expect(shown(stream, cuts, rememberingHeads())).toBe(shown(stream, cuts))
    },
  )

  it.each([
    { rememberedBytes: 4095, isKept: true },
    { rememberedBytes: 4096, isKept: true },
    { rememberedBytes: 4097, isKept: false },
  ])('are kept with $rememberedBytes bytes: $isKept', ({ rememberedBytes, isKept }) => {
    const head = headOf(rememberedBytes)
    const [, second, third] = pushAll([head, head, head])
    expect(third?.head).toEqual(second?.head)
    expect(third?.memo === second?.memo).toBe(isKept)
  })

  it.each([
    { lineBytes: 2048, isKept: true },
    { lineBytes: 2049, isKept: false },
  ])('are kept with method and target of $lineBytes bytes: $isKept', ({ lineBytes, isKept }) => {
    const head = headOf(100, `/${'t'.repeat(lineBytes - 'GET /'.length)}`)
    const [, second, third] = pushAll([headOf(100), headOf(100), head])
    expect(third?.head).toMatchObject({ method: 'GET', target: head.split(' ')[1] })
    expect(third?.memo === second?.memo).toBe(isKept)
  })

  it.each([
    { limit: 'maxTargetBytes', at: 100, status: undefined },
    { limit: 'maxTargetBytes', at: 99, status: 414 },
    { limit: 'maxHeadBytes', at: 204, status: undefined },
    { limit: 'maxHeadBytes', at: 203, status: 431 },
  ])('are held to $limit $at as new ones are: $status', ({ limit, at, status }) => {
    const short = headOf(100)
    const long = headOf(100, `/${'t'.repeat(99)}`)
    expect(long).toHaveLength(204)
    const stream = Buffer.from(short + short + long)
    const fresh = readStream(stream, [], new FreshHeads({ [limit]: at }))
    const { problem, ...read } = readStream(stream, [], rememberingHeads({ [limit]: at }))
    expect(problem?.status).toBe(status)
    expect({ ...read, problem }).toEqual(fresh)
  })

  it.each([
    { has: 'a line end', target: '/a\r\nX:' },
    { has: 'an empty line', target: '/a\r\n\r\n' },
    { has: 'a bare LF', target: '/a\n' },
    { has: 'a NUL', target: '/a\0' },
    { has: 'a tab', target: '/a\tb' },
    { has: 'a fragment', target: '/a#b' },
    { has: 'a byte beyond ASCII', target: '/\xe9' },
    { has: 'nothing', target: '' },
    { has: 'an asterisk', target: '*' },
    { has: 'another scheme', target: 'ftp://a/' },
  ])('are refused where the target has $has', ({ target }) => {
    const bad = plain.replace('/a', target)
    const stream = Buffer.from(plain + plain + bad, 'latin1')
    const { requests, problem } = readStream(stream, [], rememberingHeads())
    expect(requests).toHaveLength(2)
    expect(problem?.status).toBe(400)
    expect(shown(stream, [], rememberingHeads())).toBe(shown(stream))
  })
})
