import { describe, expect, it } from 'vitest'
import { testContext, testPlugin } from '../test/test-context.ts'
import { type Handlers, runBodyFilter } from './index.ts'

type Filter = NonNullable<Handlers<Readonly<Record<string, unknown>>>['body_filter']>

function filtered(pieces: readonly string[], ...filters: readonly Filter[]) {
  const plugins = filters.map((body_filter, i) => testPlugin(`p${i}`, { body_filter }, -i))
  const { ctx, lines } = testContext({ plugins })
  const pass = (text: string | undefined): string =>
    Buffer.from(
      runBodyFilter(ctx, text === undefined ? undefined : Buffer.from(text), text === undefined) ??
        [],
    ).toString()
  return { lines, pass, run: () => [...pieces.map(pass), pass(undefined)] }
}

describe('runBodyFilter()', () => {
  it('lets a handler change each piece', () => {
    const upper: Filter = (_kong, _config, _prepared, piece) => {
      if (piece.chunk !== undefined) {
        piece.chunk = Buffer.from(Buffer.from(piece.chunk).toString().toUpperCase())
      }
    }
    expect(filtered(['ab', 'cd'], upper).run()).toEqual(['AB', 'CD', ''])
  })

  it('shows what one handler made of the body to the next', () => {
    const first: Filter = (kong) => {
      const body = kong.response.getRawBody()
      if (body !== undefined) kong.response.setRawBody(`<${body.toString()}>`)
    }
    const second: Filter = (kong) => {
      const body = kong.response.getRawBody()
      if (body !== undefined) kong.response.setRawBody(`[${body.toString()}]`)
    }
    expect(filtered(['ab', 'cd'], first, second).run()).toEqual(['', '', '[<abcd>]'])
  })

  it('logs what a handler throws, and passes it on', () => {
    const { run, lines } = filtered(['a'], () => {
      throw new Error('broken')
    })
    expect(run).toThrow('broken')
    expect(lines.join()).toContain('err: [p0] body_filter failed: Error: broken')
  })

  it('calls nobody for the pieces that come after a failure', () => {
    const seen: string[] = []
    const fails: Filter = (_kong, _config, _prepared, { chunk }) => {
      seen.push(Buffer.from(chunk ?? []).toString())
      if (seen.length === 2) throw new Error('broken')
    }
    const { pass, lines } = filtered([], fails)
    expect(pass('a')).toBe('a')
    expect(() => pass('b')).toThrow('broken')
    expect([pass('c'), pass(undefined)]).toEqual(['', ''])
    expect([seen, lines.length]).toEqual([['a', 'b'], 1])
  })

  it('refuses a handler that wants to wait', () => {
    const late: () => unknown = () => Promise.reject(new Error('late'))
    const { run } = filtered(['a'], late)
    expect(run).toThrow('body_filter of plugin "p0" answered a promise')
  })
})
