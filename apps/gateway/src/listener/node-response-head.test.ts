import { describe, expect, it } from 'vitest'
import { nodeResponseHead } from './node-response-head.ts'

const TO_GET = { isHead: false, httpVersion: '1.1', keepsAlive: true, isEndKnown: false }
const NO_LENGTH = Number.POSITIVE_INFINITY

describe('nodeResponseHead()', () => {
  it.each([
    { status: 200, fields: ['X-A', '1'], sent: ['X-A', '1'], length: NO_LENGTH },
    { status: 200, fields: ['content-length', '07'], sent: ['content-length', '07'], length: 7 },
    { status: 200, fields: ['Transfer-Encoding', 'chunked'], sent: [], length: NO_LENGTH },
    { status: 200, fields: ['Content-Length', '0'], sent: ['Content-Length', '0'], length: 0 },
    { status: 204, fields: ['Content-Length', '7'], sent: [], length: NO_LENGTH },
    {
      status: 304,
      fields: ['Content-Length', '7'],
      sent: ['Content-Length', '7'],
      length: NO_LENGTH,
    },
  ])('sends $sent for $fields with $status', ({ status, fields, sent, length }) => {
    expect(nodeResponseHead(status, fields, TO_GET)).toEqual({
      headers: [...sent, 'Connection', 'keep-alive'],
      length,
      endsByClosing: false,
      closesUnsaid: false,
    })
  })

  it('keeps the length that it tells of a body that HEAD does not want', () => {
    const head = nodeResponseHead(200, ['Content-Length', '7'], { ...TO_GET, isHead: true })
    expect(head).toEqual({
      headers: ['Content-Length', '7', 'Connection', 'keep-alive'],
      length: NO_LENGTH,
      endsByClosing: false,
      closesUnsaid: false,
    })
  })

  it.each([
    { said: ['X-A'], keepsAlive: true, connection: 'keep-alive' },
    { said: ['X-A, Close'], keepsAlive: true, connection: 'close' },
    { said: ['keep-alive'], keepsAlive: false, connection: 'close' },
    { said: ['X-A', 'close'], keepsAlive: true, connection: 'close' },
    { said: ['Upgrade'], keepsAlive: true, connection: 'Upgrade' },
    { said: ['Upgrade'], keepsAlive: false, connection: 'Upgrade, close' },
    { said: ['upgrade, close'], keepsAlive: false, connection: 'upgrade, close' },
  ])('says $connection for $said where it keeps alive: $keepsAlive', (about) => {
    const fields = about.said.flatMap((value) => ['Connection', value])
    const { headers } = nodeResponseHead(200, fields, { ...TO_GET, keepsAlive: about.keepsAlive })
    expect(headers).toEqual(['Connection', about.connection])
  })

  it('says nothing that the client has said itself, where Upgrade has to stand', () => {
    const answer = { ...TO_GET, keepsAlive: false, isEndKnown: true }
    expect(nodeResponseHead(426, ['Connection', 'Upgrade'], answer)).toMatchObject({
      headers: ['Connection', 'Upgrade'],
      closesUnsaid: true,
    })
  })

  it.each([
    { what: 'a length', isHead: false, status: 200, fields: ['Content-Length', '1'], keeps: true },
    { what: 'HEAD', isHead: true, status: 200, fields: [], keeps: true },
    { what: '204', isHead: false, status: 204, fields: [], keeps: true },
    { what: '304', isHead: false, status: 304, fields: [], keeps: true },
    { what: 'a body of any length', isHead: false, status: 200, fields: [], keeps: false },
  ])('keeps a connection of HTTP/1.0 with $what: $keeps', ({ isHead, status, fields, keeps }) => {
    const answer = { isHead, httpVersion: '1.0', keepsAlive: true, isEndKnown: false }
    const { headers, endsByClosing } = nodeResponseHead(status, fields, answer)
    expect(headers.at(-1)).toBe(keeps ? 'keep-alive' : 'close')
    expect(endsByClosing).toBe(!keeps)
  })

  it.each([
    { what: 'an interim status', status: 199, fields: [] },
    { what: 'a length that is no number', status: 200, fields: ['Content-Length', '5x'] },
    { what: 'a length below zero', status: 200, fields: ['Content-Length', '-5'] },
    { what: 'an empty length', status: 200, fields: ['Content-Length', ''] },
    { what: 'a length beyond all', status: 200, fields: ['Content-Length', '9007199254740992'] },
    {
      what: 'two lengths',
      status: 200,
      fields: ['Content-Length', '5', 'content-length', '5'],
    },
  ])('refuses $what', ({ status, fields }) => {
    expect(() => nodeResponseHead(status, fields, TO_GET)).toThrow(
      expect.objectContaining({ code: 'POSTERN_HTTP1_HEAD_INVALID' }),
    )
  })
})
