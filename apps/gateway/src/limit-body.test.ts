import { Readable } from 'node:stream'
import { describe, expect, it } from 'vitest'
import { limitBody } from './limit-body.ts'
import type { Exchange } from './listener/listener.ts'

function exchange(facts: {
  chunks?: readonly string[]
  rawHeaders?: readonly string[]
  rawTrailers?: readonly string[]
}): Exchange {
  const { chunks, rawHeaders = ['Transfer-Encoding', 'chunked'], rawTrailers = [] } = facts
  const body =
    chunks === undefined ? undefined : Readable.from(chunks.map((chunk) => Buffer.from(chunk)))
  return { body, rawHeaders, rawTrailers } as unknown as Exchange
}

async function read(
  given: Exchange,
  maxBytes: number,
  timeoutMs = 0,
): Promise<{ got: string; code?: string }> {
  let got = ''
  try {
    for await (const chunk of limitBody(given, {
      maxBytes,
      timeoutMs,
    }) as AsyncIterable<Uint8Array>) {
      got += Buffer.from(chunk).toString()
    }
    return { got }
  } catch (error) {
    return { got, code: (error as { code: string }).code }
  }
}

const trailers = (lines: number, value = 'v') =>
  Array.from({ length: lines }, (_, i) => [`X-${i}`, value]).flat()

describe('limitBody()', () => {
  it('hands on a body that has told its length, and none where there is none', () => {
    const told = exchange({ chunks: ['a'], rawHeaders: ['content-length', '1'] })
    expect(limitBody(told, { maxBytes: 10, timeoutMs: 0 })).toBe(told.body)
    expect(limitBody(exchange({}), { maxBytes: 10, timeoutMs: 0 })).toBeUndefined()
  })

  it.each([
    { what: 'exactly the limit', chunks: ['12345', '67890'], maxBytes: 10 },
    { what: 'any size without a limit', chunks: ['x'.repeat(100_000)], maxBytes: 0 },
    { what: 'nothing', chunks: [], maxBytes: 1 },
  ])('lets $what pass', async ({ chunks, maxBytes }) => {
    expect(await read(exchange({ chunks }), maxBytes)).toEqual({ got: chunks.join('') })
  })

  it('fails before the chunk that goes beyond the limit is handed on', async () => {
    expect(await read(exchange({ chunks: ['12345', '67890', '!'] }), 10)).toEqual({
      got: '1234567890',
      code: 'POSTERN_GATEWAY_BODY_OVER_LIMIT',
    })
  })

  it('fails at the first chunk that comes after the time is over', async () => {
    const rawHeaders = ['content-length', '2']
    async function* slowly() {
      yield Buffer.from('a')
      await new Promise((resolve) => setTimeout(resolve, 20))
      yield Buffer.from('b')
    }
    const slow = { body: Readable.from(slowly()), rawHeaders } as unknown as Exchange
    expect((await read(slow, 0, 1)).code).toBe('POSTERN_GATEWAY_BODY_TOO_SLOW')
    expect(await read(exchange({ chunks: ['a', 'b'], rawHeaders }), 0, 60_000)).toEqual({
      got: 'ab',
    })
  })

  it.each([
    { what: '100 trailer lines', rawTrailers: trailers(100), code: undefined },
    { what: '101 trailer lines', rawTrailers: trailers(101), code: 'TRAILERS_TOO_LARGE' },
    { what: '8 KiB of trailers', rawTrailers: ['X', 'v'.repeat(8191)], code: undefined },
    {
      what: 'a byte more',
      rawTrailers: ['X', 'v'.repeat(8192)],
      code: 'TRAILERS_TOO_LARGE',
    },
  ])('answers $code to $what', async ({ rawTrailers, code }) => {
    const outcome = await read(exchange({ chunks: ['a'], rawTrailers }), 0)
    expect(outcome.code).toBe(code && `POSTERN_GATEWAY_${code}`)
  })
})
