import { describe, expect, it } from 'vitest'
import { parseHost, withoutRootDot } from './host-name.ts'

describe('parseHost()', () => {
  it.each([
    { host: 'Example.COM', name: 'example.com', port: -1 },
    { host: 'example.com:8080', name: 'example.com', port: 8080 },
    { host: 'example.com:0', name: 'example.com', port: 0 },
    { host: 'example.com:', name: 'example.com:', port: -1 },
    { host: 'example.com:abc', name: 'example.com:abc', port: -1 },
    { host: 'example.com:123456', name: 'example.com:123456', port: -1 },
    { host: 'example.com:0x50', name: 'example.com:0x50', port: -1 },
    { host: '[::1]', name: '[::1]', port: -1 },
    { host: '[::1]:80', name: '[::1]:80', port: -1 },
    { host: '', name: '', port: -1 },
    { host: `${'a'.repeat(251)}.com`, name: `${'a'.repeat(251)}.com`, port: -1 },
    { host: `${'a'.repeat(252)}.com`, name: '', port: -1 },
  ])('takes $host apart', ({ host, name, port }) => {
    expect(parseHost(host)).toEqual({ name, port })
  })
})

describe('withoutRootDot()', () => {
  it.each([
    { name: 'example.com.', without: 'example.com' },
    { name: 'example.com', without: 'example.com' },
    { name: 'a..', without: 'a.' },
    { name: '.', without: '.' },
    { name: '', without: '' },
  ])('makes $without of $name', ({ name, without }) => {
    expect(withoutRootDot(name)).toBe(without)
  })
})
