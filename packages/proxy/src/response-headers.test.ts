import { describe, expect, it } from 'vitest'
import { type ResponseHeaderFacts, responseHeaders } from './response-headers.ts'

const plain: ResponseHeaderFacts = {
  via: undefined,
  server: undefined,
  acceptsTrailers: false,
  upgrade: undefined,
}

describe('responseHeaders()', () => {
  it('keeps order, letter case and repetition', () => {
    const raw = ['Set-Cookie', 'a', 'x-A', '1', 'Content-Length', '5', 'Set-Cookie', 'b']
    expect(responseHeaders(raw, plain)).toEqual(raw)
  })

  it.each([
    { raw: ['Connection', 'close'] },
    { raw: ['Keep-Alive', 'timeout=5'] },
    { raw: ['Proxy-Connection', 'keep-alive'] },
    { raw: ['TE', 'trailers'] },
    { raw: ['transfer-encoding', 'chunked'] },
    { raw: ['Upgrade', 'h2c'] },
    { raw: ['X-Secret', '1', 'Connection', 'keep-alive, X-Secret'] },
    { raw: ['x-a', '1', 'X-B', '2', 'Connection', ' ,X-A,', 'connection', 'X-b'] },
    { raw: ['Trailer', 'Expires'] },
  ])('leaves out $raw', ({ raw }) => {
    expect(responseHeaders(raw, plain)).toEqual([])
  })

  it.each([
    { name: 'Content-Length', raw: ['Content-Length', '5', 'Connection', 'Content-Length'] },
    { name: 'close', raw: ['Close', 'Keep-Me', 'Connection', 'close'] },
  ])('keeps $name though Connection names it', ({ raw }) => {
    expect(responseHeaders(raw, plain)).toEqual(raw.slice(0, 2))
  })

  it.each([
    { raw: ['Trailer', 'X-Sum'], kept: ['Trailer', 'X-Sum'] },
    { raw: ['Trailer', 'X-Sum', 'Content-Length', '5'], kept: ['Content-Length', '5'] },
  ])('makes $kept of $raw for a client that accepts trailers', ({ raw, kept }) => {
    expect(responseHeaders(raw, { ...plain, acceptsTrailers: true })).toEqual(kept)
  })

  it.each([
    { raw: [], sent: ['Via', '1.1 us'] },
    { raw: ['Via', '2 nginx'], sent: ['Via', '2 nginx, 1.1 us'] },
    { raw: ['via', '2 a', 'Via', '1.0 b'], sent: ['Via', '2 a, 1.0 b, 1.1 us'] },
  ])('appends this hop to Via: $raw', ({ raw, sent }) => {
    expect(responseHeaders(raw, { ...plain, via: '1.1 us' })).toEqual(sent)
  })

  it('leaves Via alone when there is nothing to add', () => {
    expect(responseHeaders(['Via', '2 a'], plain)).toEqual(['Via', '2 a'])
  })

  it('adds Server only where the Service sent none', () => {
    const facts = { ...plain, server: 'us' }
    expect(responseHeaders([], facts)).toEqual(['Server', 'us'])
    expect(responseHeaders(['server', 'them'], facts)).toEqual(['server', 'them'])
  })

  it('writes Connection and Upgrade anew for an answer that switches protocols', () => {
    const raw = ['Connection', 'Upgrade', 'Upgrade', 'WebSocket', 'Sec-WebSocket-Accept', 'x']
    expect(responseHeaders(raw, { ...plain, upgrade: 'websocket' })).toEqual([
      'Sec-WebSocket-Accept',
      'x',
      'Connection',
      'upgrade',
      'Upgrade',
      'websocket',
    ])
  })

  it.each([{ name: '__proto__' }, { name: 'constructor' }, { name: 'toString' }])(
    'knows nothing special about $name',
    ({ name }) => {
      expect(responseHeaders([name, '1'], plain)).toEqual([name, '1'])
      expect(responseHeaders([name, '1', 'Connection', name], plain)).toEqual([])
    },
  )
})
