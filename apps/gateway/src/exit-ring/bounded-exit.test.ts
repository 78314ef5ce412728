import type { Exit, ExitHeaders } from '@postern/pdk-response'
import { describe, expect, it } from 'vitest'
import { boundedExit, CutBody, MAX_BODY, MAX_HEADERS } from './bounded-exit.ts'

const small = { message: 'no' }
const bytes = (length: number) => new Uint8Array(length).fill(97)

function exitOf(parts: Partial<Exit>): Exit {
  return {
    status: 401,
    body: undefined,
    headers: undefined,
    source: 'exit',
    kind: 'ordinary',
    reason: 'test',
    message: undefined,
    phase: 'access',
    plugin: undefined,
    ...parts,
  }
}

/** The body that is kept of an exit with this one. */
function keptBody(body: Exit['body']) {
  return boundedExit(exitOf({ body })).body
}

describe('boundedExit()', () => {
  it('keeps an exit of short parts as it is, uncopied', () => {
    const message = 'a'.repeat(MAX_BODY)
    const exit = exitOf({ body: small, headers: { 'X-A': 'b' }, message })
    expect(boundedExit(exit)).toBe(exit)
  })

  it('keeps no message beyond the limit', () => {
    const exit = exitOf({ body: small, message: 'a'.repeat(MAX_BODY + 1) })
    expect(boundedExit(exit)).toEqual({ ...exit, message: undefined, areHeadersCut: false })
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
    expect(keptBody(at)).toEqual(at)
    expect(keptBody(over)).toBeInstanceOf(CutBody)
  })

  it('keeps the beginning of what it cuts', () => {
    const body = keptBody('ab'.repeat(MAX_BODY))
    expect((body as CutBody).text).toBe('ab'.repeat(MAX_BODY / 2))
    const json = keptBody({ list: 'x'.repeat(MAX_BODY) })
    expect((json as CutBody).text).toMatch(/^\{"list":"x+$/)
    expect((json as CutBody).text).toHaveLength(MAX_BODY)
  })

  it('does not hold the buffer of a short view', () => {
    const view = bytes(100_000).subarray(0, 10)
    expect((keptBody(view) as Uint8Array).buffer.byteLength).toBe(10)
  })

  it('keeps the headers that fit', () => {
    const name = 'X-Long'
    const fits = { [name]: 'a'.repeat(MAX_HEADERS - name.length) }
    expect(boundedExit(exitOf({ headers: fits })).headers).toEqual(fits)
    const tooLong = { 'X-A': 'b', ...fits, 'X-List': ['a', 'b'] }
    expect(boundedExit(exitOf({ headers: tooLong }))).toMatchObject({
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
    const body = keptBody(make())
    expect((body as CutBody).text.length).toBeLessThanOrEqual(MAX_BODY)
  })

  it('survives a header that an empty table of Lua stands in', () => {
    const headers = { 'X-Arr': {}, 'X-B': ['1', '2'] } as unknown as ExitHeaders
    expect(boundedExit(exitOf({ headers })).headers).toEqual(headers)
  })
})
