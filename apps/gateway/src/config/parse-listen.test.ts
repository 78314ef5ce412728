import { describe, expect, it } from 'vitest'
import { parseListen } from './parse-listen.ts'

const PLAIN = { ssl: false, http2: false, proxy_protocol: false, reuseport: false, backlog: null }

describe('parseListen()', () => {
  it.each([
    { text: '0.0.0.0:8000', entries: [{ ...PLAIN, host: '0.0.0.0', port: 8000 }] },
    { text: '127.0.0.1:0', entries: [{ ...PLAIN, host: '127.0.0.1', port: 0 }] },
    { text: '[::1]:8000', entries: [{ ...PLAIN, host: '::1', port: 8000 }] },
    { text: 'localhost:65535', entries: [{ ...PLAIN, host: 'localhost', port: 65_535 }] },
    {
      text: '0.0.0.0:8000 reuseport backlog=16384, 127.0.0.1:8443 ssl http2',
      entries: [
        { ...PLAIN, host: '0.0.0.0', port: 8000, reuseport: true, backlog: 16_384 },
        { ...PLAIN, host: '127.0.0.1', port: 8443, ssl: true, http2: true },
      ],
    },
    {
      text: '  a:1   proxy_protocol  deferred bind ipv6only=on so_keepalive=30m::10  ',
      entries: [{ ...PLAIN, host: 'a', port: 1, proxy_protocol: true }],
    },
    { text: 'off', entries: [] },
    { text: ' off ', entries: [] },
  ])('reads $text', ({ text, entries }) => {
    expect(parseListen(text)).toEqual({ ok: true, entries })
  })

  it.each([
    { text: '', offset: 0 },
    { text: '8000', offset: 0 },
    { text: '0.0.0.0', offset: 0 },
    { text: '0.0.0.0:', offset: 0 },
    { text: '0.0.0.0:http', offset: 0 },
    { text: '0.0.0.0:-1', offset: 0 },
    { text: '0.0.0.0:65536', offset: 0 },
    { text: '::1:8000', offset: 0 },
    { text: 'unix:/run/postern.sock', offset: 0 },
    { text: '0.0.0.0:8000, off', offset: 14 },
    { text: '0.0.0.0:8000,', offset: 13 },
    { text: '0.0.0.0:8000, 127.0.0.1', offset: 14 },
    { text: '0.0.0.0:8000 tls', offset: 13 },
    { text: '0.0.0.0:8000 ssl, 0.0.0.0:8001 backlog=0', offset: 31 },
    { text: '0.0.0.0:8000 backlog=-5', offset: 13 },
    { text: '0.0.0.0:8000 backlog=9999999999', offset: 13 },
  ])('refuses $text at character $offset', ({ text, offset }) => {
    expect(parseListen(text)).toMatchObject({ ok: false, offset })
  })
})
