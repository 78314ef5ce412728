import { describe, expect, it } from 'vitest'
import { type ParsedHost, parseHost } from './index.ts'

function name(host: string, port?: number): ParsedHost {
  return { kind: 'name', host, port }
}

describe('parseHost()', () => {
  it.each<[string, ParsedHost | string]>([
    ['example.com', name('example.com')],
    ['EXAMPLE.com:80', name('EXAMPLE.com', 80)],
    ['a_b.com', name('a_b.com')],
    ['-a.com', name('-a.com')],
    ['a.com.', name('a.com.')],
    ['a.com:65535', name('a.com', 65535)],
    ['a.com:65536', 'invalid port number'],
    ['a.com:', 'invalid hostname: a.com:'],
    ['a-.com', 'invalid hostname: a-.com'],
    ['a..com', 'invalid hostname: a..com'],
    ['.a.com', 'invalid hostname: .a.com'],
    ['a com', 'invalid hostname: a com'],
    ['é', 'invalid hostname: é'],
    ['', 'invalid hostname: '],
    ['10.0.0.1', { kind: 'ipv4', host: '10.0.0.1', port: undefined }],
    ['10.0.0.1:80', { kind: 'ipv4', host: '10.0.0.1', port: 80 }],
    ['10.0.0.256', 'invalid ipv4 address: 10.0.0.256'],
    ['10.0.0.1:65536', 'invalid port number'],
    ['1234', 'invalid ipv4 address: 1234'],
    ['::1', { kind: 'ipv6', host: '[0000:0000:0000:0000:0000:0000:0000:0001]', port: undefined }],
    ['::', { kind: 'ipv6', host: '[0000:0000:0000:0000:0000:0000:0000:0000]', port: undefined }],
    ['[::1]:80', { kind: 'ipv6', host: '[0000:0000:0000:0000:0000:0000:0000:0001]', port: 80 }],
    [
      '2001:DB8::A',
      { kind: 'ipv6', host: '[2001:0db8:0000:0000:0000:0000:0000:000a]', port: undefined },
    ],
    [
      '1:2:3:4:5:6:7:8',
      { kind: 'ipv6', host: '[0001:0002:0003:0004:0005:0006:0007:0008]', port: undefined },
    ],
    ['1:2:3:4:5:6:7', 'invalid ipv6 address: 1:2:3:4:5:6:7'],
    ['1:2:3:4:5:6:7:8:9', 'invalid ipv6 address: 1:2:3:4:5:6:7:8:9'],
    ['1::2::3', 'invalid ipv6 address: 1::2::3'],
    ['[::1]:65536', 'invalid port number'],
    ['[::1]x', 'invalid ipv6 address: [::1]x'],
    ['g::1', 'invalid ipv6 address: g::1'],
  ])('reads %j as %j', (text, parsed) => {
    expect(parseHost(text)).toEqual(parsed)
  })

  it('reads a very long name in no time', () => {
    expect(parseHost(`${'a.'.repeat(50_000)}-`)).toContain('invalid hostname')
  })
})
