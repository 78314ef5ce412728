import { describe, expect, it } from 'vitest'
import { compareOracle } from './compare-oracle.ts'
import type { OracleAnswer, OracleUpstream } from './oracle-case.ts'

const ANSWER: OracleAnswer = {
  status: 200,
  headers: [
    ['Date', '<date>'],
    ['X-A', '1'],
    ['X-A', '2'],
    ['Content-Length', '4'],
  ],
  body: 'text',
  closes: false,
}

const GOT: OracleAnswer = {
  ...ANSWER,
  headers: [
    ['Content-Length', '4'],
    ['X-A', '1'],
    ['X-A', '2'],
    ['Date', 'Sat, 21 Nov 2026 12:00:00 GMT'],
  ],
}

const SEEN: OracleUpstream = { method: 'GET', target: '/a', headers: [['X-A', '1']], body: '' }

function differences(want: Partial<OracleAnswer>, got: Partial<OracleAnswer>): string[] {
  return compareOracle(
    { answer: { ...ANSWER, ...want }, upstream: null },
    { answer: { ...GOT, ...got }, upstream: [] },
  )
}

describe('answers', () => {
  it.each<[what: string, want: Partial<OracleAnswer>, got: Partial<OracleAnswer>]>([
    ['headers in another order', {}, {}],
    [
      'JSON with fields in another order',
      { body: '{"a":1,"b":[2]}' },
      { body: '{ "b": [2], "a": 1 }' },
    ],
    ['a slash that is escaped', { body: '["\\/"]' }, { body: '["/"]' }],
    [
      'digits beyond the fifteenth',
      { body: '[1.234567890123457e+17]' },
      { body: '[123456789012345680]' },
    ],
    ['a number for a placeholder', { body: '{"at":"<ts>"}' }, { body: '{"at":12}' }],
    ['chunks', { headers: [...ANSWER.headers.slice(0, 3), ['Transfer-Encoding', 'chunked']] }, {}],
  ])('are alike but for %s', (_, want, got) => {
    expect(differences(want, got)).toEqual([])
  })

  it.each<[what: string, got: Partial<OracleAnswer>, difference: string]>([
    ['the status', { status: 201 }, 'status: want 200, got 201'],
    ['the body', { body: 'TEXT' }, 'body: want "text", got "TEXT"'],
    ['the end', { closes: true }, 'closes: want false, got true'],
    ['a header', { headers: GOT.headers.slice(0, 2) }, 'X-A: want ["1","2"], got ["1"]'],
    [
      'an order within a name',
      { headers: [GOT.headers[0], GOT.headers[2], GOT.headers[1], GOT.headers[3]] as never },
      'X-A: want ["1","2"], got ["2","1"]',
    ],
    [
      'a capital',
      { headers: GOT.headers.map(([n, v]) => [n === 'Date' ? 'date' : n, v] as const) },
      'Date: want ["<date>"], got []',
    ],
    ['bytes behind', { extra_bytes: 'x' }, 'bytes after the body differ'],
  ])('differ in %s', (_, got, difference) => {
    expect(differences({}, got)).toContain(difference)
  })

  it.each([
    [null, undefined, []],
    [null, GOT, ['answer: want "none", got 200']],
    [ANSWER, undefined, ['answer: want 200, got "none"']],
  ])('may be none', (answer, got, difference) => {
    const outcome = { answer: got, upstream: [] }
    expect(compareOracle({ answer, upstream: null }, outcome)).toEqual(difference)
  })
})

describe('what the Service saw', () => {
  it.each<[want: OracleUpstream | null, got: readonly OracleUpstream[], differences: number]>([
    [null, [], 0],
    [null, [SEEN], 1],
    [SEEN, [], 1],
    [SEEN, [{ ...SEEN, headers: [['x-a', '1']] }], 0],
    [SEEN, [{ ...SEEN, headers: [['X-A', '2']] }], 1],
    [SEEN, [{ ...SEEN, method: 'PUT', target: '/b', body: 'x' }], 3],
  ])('%j against %j', (upstream, got, count) => {
    const differences = compareOracle(
      { answer: null, upstream },
      { answer: undefined, upstream: got },
    )
    expect(differences).toHaveLength(count)
  })
})
