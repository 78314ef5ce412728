import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { normalizePath } from './normalize-path.ts'
import { upstreamPath } from './upstream-path.ts'

describe('normalizePath()', () => {
  it.each([
    { raw: '', normal: '' },
    { raw: '/', normal: '/' },
    { raw: '/a/b', normal: '/a/b' },
    { raw: '/a%2fb', normal: '/a%2Fb' },
    { raw: '/f%6f%6F', normal: '/foo' },
    { raw: '/a%20b', normal: '/a b' },
    { raw: '/%22%5C%7C', normal: '/"\\|' },
    { raw: '/a%00b', normal: '/a\0b' },
    { raw: '/a%2520b', normal: '/a%2520b' },
    { raw: '/a+b%2bc', normal: '/a+b%2Bc' },
    { raw: '/%21%2a%27%28%29%3b%3a%40%26', normal: '/%21%2A%27%28%29%3B%3A%40%26' },
    { raw: '/%3d%2b%24%2c%2f%3f%25%23%5b%5d', normal: '/%3D%2B%24%2C%2F%3F%25%23%5B%5D' },
    { raw: '/a%zz%', normal: '/a%zz%' },
    { raw: '/a%4', normal: '/a%4' },
    { raw: '/%2E', normal: '/' },
    { raw: '/a/%2e%2e/b', normal: '/b' },
    { raw: '/a%2F..%2Fb', normal: '/a%2F..%2Fb' },
    { raw: '/a/.', normal: '/a/' },
    { raw: '/a/b/..', normal: '/a/' },
    { raw: '/a/b/../..', normal: '/' },
    { raw: '/../../a', normal: '/a' },
    { raw: '/...', normal: '/...' },
    { raw: '/..a/a../.b', normal: '/..a/a../.b' },
    { raw: '//a///b', normal: '/a/b' },
    { raw: '/a//../b', normal: '/b' },
    { raw: '/a//', normal: '/a/' },
    { raw: '/endel%C3%B8st', normal: '/endeløst' },
    { raw: '/%f0%9f%90%9f', normal: '/🐟' },
    { raw: '/\xc3\xb8', normal: '/ø' },
  ])('makes $normal of $raw', ({ raw, normal }) => {
    expect(normalizePath(raw)).toBe(normal)
  })

  it.each([
    { what: 'a lone byte', raw: '/a%ff', normal: '/a\udcff' },
    { what: 'a raw byte', raw: '/\xe9', normal: '/\udce9' },
    { what: 'a cut character', raw: '/%C3', normal: '/\udcc3' },
    { what: 'an overlong slash', raw: '/%c0%af', normal: '/\udcc0\udcaf' },
    { what: 'a surrogate', raw: '/%ed%a0%80', normal: '/\udced\udca0\udc80' },
    { what: 'a byte before a character', raw: '/%ff%c3%b8', normal: '/\udcffø' },
    { what: 'nothing, but U+FFFD itself', raw: '/%ef%bf%bd', normal: '/\ufffd' },
  ])('keeps bytes that are not UTF-8 apart: $what', ({ raw, normal }) => {
    expect(normalizePath(raw)).toBe(normal)
  })

  it('gives the same again for what it made, but for percent signs that were literal', () => {
    const segment = fc.constantFrom('a', '.', '..', '', '%2e', '%2F', 'é', '%20', 'b.c')
    fc.assert(
      fc.property(fc.array(segment, { maxLength: 8 }), (segments) => {
        const raw = Buffer.from(`/${segments.join('/')}`).toString('latin1')
        const once = normalizePath(raw)
        expect(normalizePath(Buffer.from(once).toString('latin1'))).toBe(once)
        expect(once).not.toMatch(/\/\/|\/\.{1,2}(\/|$)/)
      }),
    )
  })

  it('loses no byte on the way to the Service', () => {
    const route = { id: '1', strip_path: false }
    fc.assert(
      fc.property(fc.uint8Array({ minLength: 1, maxLength: 40 }), (bytes) => {
        const hex = [...bytes].map((byte) => `%${byte.toString(16).padStart(2, '0')}`).join('')
        const path = normalizePath(`/x${hex}x`)
        const sent = upstreamPath({ route, service: undefined, prefix: '' }, path)
        expect(sent).toMatch(/^[!-~]+$/)
        const back = sent.replace(/%([0-9A-F]{2})/g, (_, digits: string) =>
          String.fromCharCode(Number.parseInt(digits, 16)),
        )
        const dots = Buffer.from(bytes).toString('latin1')
        if (!dots.includes('/') && !dots.includes('.')) expect(back).toBe(`/x${dots}x`)
      }),
    )
  })
})
