import { describe, expect, it } from 'vitest'
import { filterChunk, readWholeBody, replaceBody } from './body-filter.ts'
import { createResponseState, type ResponseState } from './response-state.ts'

/** Sends pieces through handlers, and answers what came out of each pass. */
function passes(pieces: readonly string[], handler: (state: ResponseState) => void): string[] {
  const state = createResponseState()
  const out = (chunk: Uint8Array | undefined, last: boolean): string =>
    Buffer.from(filterChunk(state, { chunk, last }, () => handler(state)) ?? []).toString()
  return [...pieces.map((piece) => out(Buffer.from(piece), false)), out(undefined, true)]
}

describe('filterChunk()', () => {
  it('sends what no handler touches', () => {
    expect(passes(['a', 'b'], () => undefined)).toEqual(['a', 'b', ''])
  })

  it('withholds a body that is read until its end', () => {
    const seen: (string | undefined)[] = []
    const read = (state: ResponseState): void => {
      readWholeBody(state)
      seen.push(readWholeBody(state)?.toString())
    }
    expect(passes(['a', '', 'b'], read)).toEqual(['', '', '', 'ab'])
    expect(seen).toEqual([undefined, undefined, undefined, 'ab'])
  })

  it('drops what arrives after a body was given', () => {
    expect(passes(['a', 'b', 'c'], (state) => replaceBody(state, 'X'))).toEqual(['X', '', '', ''])
  })

  it('sends nothing for an empty body', () => {
    expect(passes(['a'], (state) => replaceBody(state, ''))).toEqual(['', ''])
  })

  it('reads an empty body as no bytes', () => {
    const seen: unknown[] = []
    passes([], (state) => seen.push(readWholeBody(state)?.length))
    expect(seen).toEqual([0])
  })

  it('keeps bytes that are no text', () => {
    const state = createResponseState()
    const bytes = new Uint8Array([255, 0, 254])
    filterChunk(state, { chunk: bytes, last: false }, () => void readWholeBody(state))
    const out = filterChunk(
      state,
      { chunk: undefined, last: true },
      () => void readWholeBody(state),
    )
    expect([...(out ?? [])]).toEqual([255, 0, 254])
  })
})

describe('outside body_filter', () => {
  it('reads and replaces nothing', () => {
    const state = createResponseState()
    replaceBody(state, 'x')
    expect(readWholeBody(state)).toBeUndefined()
    expect(state.bodyFilter).toBeUndefined()
  })
})
