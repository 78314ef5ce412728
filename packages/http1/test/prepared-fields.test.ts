import { createClient, PreparedFields } from '@postern/http1'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { requestHead } from '../src/client/request-head.ts'
import { ResponseHeadDraft } from '../src/server/response-head.ts'
import { exchange, requestTo } from './client-exchange.ts'
import { onRequest, rawServer } from './raw-server.ts'
import { startServer } from './start-server.ts'

const NAMES = [
  'X-A',
  'x-b',
  'Content-Type',
  'Content-Length',
  'content-length',
  'Connection',
  'connection',
  'Transfer-Encoding',
  'Upgrade',
  'Date',
  'Host',
  'Expect',
  'Keep-Alive',
  'a b',
]
const VALUES = [
  '',
  '0',
  '5',
  '007',
  '5, 5',
  'close',
  'Upgrade, x',
  'chunked',
  'a\r\nb: c',
  '€',
  'é',
]

/** Fields that a message may have, right and wrong ones, and where what was written before ends. */
const splitFields = fc
  .array(fc.tuple(fc.constantFrom(...NAMES), fc.constantFrom(...VALUES)), { maxLength: 6 })
  .chain((pairs) => fc.record({ fields: fc.constant(pairs.flat()), at: fc.nat(pairs.length) }))

/** What a call answers, or the error that it throws. */
function outcome<T>(call: () => T): T | string {
  try {
    return call()
  } catch (error) {
    return (error as { code?: string }).code ?? String(error)
  }
}

const DATE_LINE = 'Date: Sat, 21 Nov 2026 12:00:00 GMT\r\n'

describe('an answer with prepared fields', () => {
  it('begins as one with the same fields in one list', () => {
    const statuses = fc.constantFrom(200, 204, 304, 404, 426, 599)
    const answered = { refused: 0, sent: 0 }
    fc.assert(
      fc.property(splitFields, statuses, fc.boolean(), ({ fields, at }, status, isHead) => {
        const written = (own: readonly string[], before?: readonly string[]): unknown =>
          outcome(() => {
            const draft = new ResponseHeadDraft()
            const prepared = before === undefined ? undefined : new PreparedFields(before)
            draft.write(status, own, { isHead, dateLine: DATE_LINE }, prepared)
            return { ...draft }
          })
        const plain = written(fields)
        expect(written(fields.slice(2 * at), fields.slice(0, 2 * at))).toEqual(plain)
        answered[typeof plain === 'string' ? 'refused' : 'sent'] += 1
      }),
      { numRuns: 3000 },
    )
    expect(Math.min(answered.refused, answered.sent)).toBeGreaterThan(300)
  })

  it.each([
    { with: 'nothing', fields: [], own: ['Content-Length', '4'] },
    { with: 'a plain field', fields: ['X-A', '1'], own: ['Content-Length', '4'] },
    { with: 'Content-Length', fields: ['Content-Length', '4'], own: ['X-A', '1'] },
    { with: 'no length anywhere', fields: ['X-A', '1'], own: [] },
    { with: 'Connection: close', fields: ['Connection', 'close'], own: ['Content-Length', '4'] },
    {
      with: 'Connection on both sides',
      fields: ['Connection', 'Upgrade'],
      own: ['Connection', 'x'],
    },
    { with: 'Upgrade', fields: ['Connection', 'Upgrade', 'Upgrade', 'TLS/1.2'], own: [] },
    { with: 'Date', fields: ['Date', 'today'], own: [] },
    { with: 'Transfer-Encoding', fields: ['Transfer-Encoding', 'gzip, chunked'], own: [] },
    { with: 'Content-Length', method: 'HEAD', fields: ['Content-Length', '4'], own: [] },
    { with: 'Content-Length', status: 204, fields: ['Content-Length', '4'], own: [] },
    { with: 'Content-Length', status: 304, fields: ['Content-Length', '4'], own: [] },
  ])('leaves as without them: $method $status with $with', async (row) => {
    const { fields, own, method = 'GET', status = 200 } = row
    const { send } = await startServer((exchange) => {
      if (exchange.target === '/prepared') {
        exchange.sendHead(status, own, new PreparedFields(fields))
      } else exchange.sendHead(status, [...fields, ...own])
      exchange.end('body')
    })
    const answerTo = async (target: string): Promise<string> => {
      const last = 'GET /end HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n'
      const text = await send(`${method} ${target} HTTP/1.1\r\nHost: a\r\n\r\n${last}`)
      return text.replaceAll(/Date: \w{3}, [^\r]*/g, 'Date: now')
    }
    const plain = await answerTo('/plain')
    expect(plain).toMatch(/^HTTP\/1\.1 \d{3} /)
    expect(await answerTo('/prepared')).toBe(plain)
  })

  it.each([
    { fields: ['Content-Length', '4', 'Content-Length', '4'], own: [] },
    { fields: ['Content-Length', '4'], own: ['content-length', '4'] },
    { fields: [], own: ['Content-Length', '4', 'content-length', '4'] },
  ])('is refused with two lengths: $fields before $own', ({ fields, own }) => {
    const draft = new ResponseHeadDraft()
    const answer = { isHead: false, dateLine: DATE_LINE }
    const write = (): void => draft.write(200, own, answer, new PreparedFields(fields))
    expect(outcome(write)).toBe('POSTERN_HTTP1_HEAD_INVALID')
  })

  it.each([
    { length: '00000000000000000000005', taken: true },
    { length: '9007199254740991', taken: true },
    { length: '9007199254740992', taken: false },
    { length: '+5', taken: false },
    { length: '', taken: false },
  ])('has any length that can be read from a server: $length, $taken', ({ length, taken }) => {
    const prepared = (): PreparedFields => new PreparedFields(['Content-Length', length])
    if (taken) expect(prepared()).toMatchObject({ length: Number(length) })
    else expect(outcome(prepared)).toBe('POSTERN_HTTP1_HEAD_INVALID')
  })
})

describe('a request with prepared fields', () => {
  it('has the same head as one with the same fields in one list', () => {
    const requests = fc.record({
      method: fc.constantFrom('GET', 'POST', 'HEAD'),
      body: fc.constantFrom(undefined, Buffer.from('hello'), emptySource()),
      upgrade: fc.constantFrom(undefined, 'websocket'),
    })
    let compared = 0
    fc.assert(
      fc.property(splitFields, requests, ({ fields, at }, { method, body, upgrade }) => {
        const before = outcome(() => new PreparedFields(fields.slice(0, 2 * at)))
        if (typeof before === 'string') return
        compared += 1
        const about = { method, body, ...(upgrade !== undefined && { upgrade }) }
        const headers = fields.slice(2 * at)
        const written = outcome(() =>
          requestHead(requestTo(1, { ...about, headers, prepared: before })),
        )
        expect(written).toEqual(
          outcome(() => requestHead(requestTo(1, { ...about, headers: fields }))),
        )
      }),
      { numRuns: 3000 },
    )
    expect(compared).toBeGreaterThan(1000)
  })

  it.each([
    { with: 'plain fields', fields: ['X-A', '1', 'X-B', '2'] },
    { with: 'Date', fields: ['Date', 'today'] },
    { with: 'Host', fields: ['Host', 'b.test'] },
    { with: 'Connection', fields: ['Connection', 'close'] },
    { with: 'Transfer-Encoding', fields: ['Transfer-Encoding', 'chunked'] },
    { with: 'Content-Length', fields: ['Content-Length', '5'] },
    { with: 'Expect', fields: ['Expect', '100-continue'] },
    { with: 'Upgrade', fields: ['Upgrade', 'h2c'] },
    { with: 'Keep-Alive', fields: ['Keep-Alive', 'timeout=5'] },
  ])('leaves as without it: $with', async ({ fields }) => {
    const heads: string[] = []
    await using server = await rawServer((socket) => {
      onRequest(socket, (head) => {
        heads.push(head)
        socket.write('HTTP/1.1 204 No Content\r\n\r\n')
      })
    })
    const client = createClient()
    const own = ['Host', 'a.test', 'X-C', '3']
    await exchange(client, requestTo(server.port, { headers: [...fields, ...own] }))
    await exchange(
      client,
      requestTo(server.port, { headers: own, prepared: new PreparedFields(fields) }),
    )
    await client.close()
    expect(heads[0]).toContain('X-C: 3')
    expect(heads[1]).toBe(heads[0])
  })
})

async function* emptySource(): AsyncGenerator<Uint8Array> {}
