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

async function read(given: Exchange, maxBytes: number): Promise<{ got: string; code?: string }> {
  let got = ''
  try {
    for await (const chunk of limitBody(given, maxBytes) as AsyncIterable<Uint8Array>) {
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
    expect(limitBody(told, 10)).toBe(told.body)
    expect(limitBody(exchange({}), 10)).toBeUndefined()
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
