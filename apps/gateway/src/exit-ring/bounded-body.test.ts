import type { ExitHeaders } from '@postern/pdk-response'
import { describe, expect, it } from 'vitest'
import { boundedParts, CutBody, MAX_BODY, MAX_HEADERS } from './bounded-body.ts'

const small = { message: 'no' }
const bytes = (length: number) => new Uint8Array(length).fill(97)

describe('boundedParts()', () => {
  it('keeps short parts as they are, uncopied', () => {
    const headers = { 'X-A': 'b' }
    const kept = boundedParts({ body: small, headers })
    expect(kept.body).toBe(small)
    expect(kept.headers).toBe(headers)
    expect(kept.areHeadersCut).toBe(false)
  })

  it.each([
    { title: 'text', at: 'a'.repeat(MAX_BODY), over: 'a'.repeat(MAX_BODY + 1) },
    { title: 'bytes', at: bytes(MAX_BODY), over: bytes(MAX_BODY + 1) },
    {
      title: 'an object with text',
      at: { m: 'a'.repeat(MAX_BODY - 1) },
      over: { m: 'a'.repeat(MAX_BODY) },
    },
    {
      title: 'an object with values',
      at: Array.from({ length: 63 }, () => 1),
      over: Array.from({ length: 64 }, () => 1),
    },
  ])('cuts $title beyond the limit', ({ at, over }) => {
    expect(boundedParts({ body: at, headers: undefined }).body).toEqual(at)
    expect(boundedParts({ body: over, headers: undefined }).body).toBeInstanceOf(CutBody)
  })

  it('keeps the beginning of what it cuts', () => {
    const { body } = boundedParts({ body: 'ab'.repeat(MAX_BODY), headers: undefined })
    expect((body as CutBody).text).toBe('ab'.repeat(MAX_BODY / 2))
    const json = boundedParts({ body: { list: 'x'.repeat(MAX_BODY) }, headers: undefined }).body
    expect((json as CutBody).text).toMatch(/^\{"list":"x+$/)
    expect((json as CutBody).text).toHaveLength(MAX_BODY)
  })

  it('does not hold the buffer of a short view', () => {
    const view = bytes(100_000).subarray(0, 10)
    expect(
      (boundedParts({ body: view, headers: undefined }).body as Uint8Array).buffer.byteLength,
    ).toBe(10)
  })

  it('keeps the headers that fit', () => {
    const name = 'X-Long'
    const fits = { [name]: 'a'.repeat(MAX_HEADERS - name.length) }
    expect(boundedParts({ body: undefined, headers: fits })).toMatchObject({ areHeadersCut: false })
    const tooLong = { 'X-A': 'b', ...fits, 'X-List': ['a', 'b'] }
    expect(boundedParts({ body: undefined, headers: tooLong })).toEqual({
      body: undefined,
      headers: { 'X-A': 'b' },
      areHeadersCut: true,
    })
  })

  it.each<{ title: string; make: () => object }>([
    {
      title: 'that contains itself',
      make: () => {
        const loop: Record<string, unknown> = {}
        loop.self = loop
        return loop
      },
    },
    { title: 'with a large number', make: () => ({ big: Array.from({ length: 99 }, () => 1n) }) },
    {
      title: 'nested deeply',
      make: () => JSON.parse(`${'['.repeat(5000)}${']'.repeat(5000)}`) as object,
    },
  ])('survives a body $title', ({ make }) => {
    const { body } = boundedParts({ body: make(), headers: undefined })
    expect((body as CutBody).text.length).toBeLessThanOrEqual(MAX_BODY)
  })

  it('survives a header that an empty table of Lua stands in', () => {
    const headers = { 'X-Arr': {}, 'X-B': ['1', '2'] } as unknown as ExitHeaders
    expect(boundedParts({ body: 'x', headers }).headers).toEqual(headers)
  })
})
