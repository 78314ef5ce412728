import { readFileSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import { type CaseResult, type KongCase, runCase } from './kong-cases.ts'

const cases = JSON.parse(
  readFileSync(new URL('./cases/kong-response.cases.json', import.meta.url), 'utf8'),
) as KongCase[]

const binding = cases.filter((test) => test.quirk !== true && test.superseded === undefined)

describe('kong.response as recorded from Kong', () => {
  it('has cases', () => {
    expect(binding.length).toBeGreaterThan(100)
  })

  it.each(binding)('$id', (test) => {
    check(test, runCase(test))
  })
})

/** What Kong does by accident of nginx or Lua, and what we do instead. */
describe('kong.response where it differs from Kong on purpose', () => {
  const deviations: readonly (readonly [id: string, expect: KongCase['expect']])[] = [
    ['exit-nil-body-403-server-page', { status: 403, body: '', headers: { 'Content-Type': null } }],
    ['exit-content-type-array-last-wins', { headers: { 'Content-Type': 'text/b' }, body: 'x' }],
    ['exit-499-closes', { status: 499, body: 'gone' }],
    ['exit-444-closes', { status: 444, body: 'gone' }],
    ['error-message-not-escaped-json', { json: { message: 'say "hi"', request_id: 'cafe' } }],
    ['error-message-not-escaped-html', { body_match: '<p>&lt;b&gt;\\.</p>' }],
    ['error-message-table-json-broken', { json: { message: '{"a":"b"}', request_id: 'cafe' } }],
    ['error-grpc-custom-message-lost', { headers: { 'grpc-message': 'custom' }, body: '' }],
    [
      'stream-table-body',
      { error: 'body must be a nil or string, L4 has no JSON encoding', stream_output: '' },
    ],
  ]

  it.each(deviations)('%s', (id, expected) => {
    const test = cases.find((one) => one.id === id) as KongCase
    check({ ...test, expect: expected }, runCase(test))
  })

  it('has a row for each of them', () => {
    const ids = cases.filter((test) => !binding.includes(test)).map((test) => test.id)
    expect(deviations.map(([id]) => id).sort()).toEqual(ids.sort())
  })
})

/** Each field of an expectation, and how it is checked. One without a check fails the test. */
const CHECKS: Readonly<Record<string, (expected: never, result: CaseResult) => void>> = {
  status: (expected: number, result) => expect(result.status).toBe(expected),
  body: (expected: string, result) => expect(result.body).toBe(expected),
  body_match: (expected: string, result) => expect(result.body).toMatch(new RegExp(expected)),
  json: (expected: unknown, result) => expect(JSON.parse(result.body)).toEqual(expected),
  headers: checkHeaders,
  error: (expected: string, result) =>
    expect(result.errors.find((error) => error !== null)).toContain(expected),
  errors: (expected: readonly (string | null)[], result) =>
    expect(result.errors).toEqual(
      expected.map((text) => (text === null ? null : expect.stringContaining(text))),
    ),
  returns: (expected: readonly (unknown[] | null)[], result) =>
    checkReturns(expected, result.returns),
  last_returns: (expected: readonly (unknown[] | null)[], result) =>
    checkReturns(expected, result.lastReturns),
  log: (expected: string, result) => expect(result.log.join('\n')).toContain(expected),
  flush_error: (expected: string, result) => expect(result.flushError).toContain(expected),
  stream_output: (expected: string, result) => expect(result.streamOutput).toBe(expected),
  finalize: (expected: number, result) => expect(result.finalize).toBe(expected),
}

function check(test: KongCase, result: CaseResult): void {
  for (const [field, expected] of Object.entries(test.expect)) {
    const checkField = CHECKS[field]
    if (checkField === undefined) throw new Error(`no check for ${field}`)
    checkField(expected as never, result)
  }
}

function checkHeaders(
  expected: Readonly<Record<string, string | readonly string[] | null>>,
  result: CaseResult,
): void {
  for (const [name, value] of Object.entries(expected)) {
    const wanted = value === null ? [] : typeof value === 'string' ? [value] : value
    expect(result.headers.getAll(name), name).toEqual(wanted)
  }
}

function checkReturns(
  expected: readonly (unknown[] | null)[],
  returned: readonly (unknown[] | null)[],
): void {
  expect(returned).toHaveLength(expected.length)
  expected.forEach((values, index) => {
    const got = returned[index]
    if (values === null) return expect(got).toBeNull()
    expect(got).toHaveLength(values.length)
    values.forEach((value, at) => matchValue(value, got?.[at]))
  })
}

function matchValue(expected: unknown, got: unknown): void {
  if (typeof expected !== 'object' || expected === null) return expect(got).toBe(expected)
  const matcher = expected as Record<string, unknown>
  if (matcher['$type'] !== undefined) expect(typeof got).toBe(matcher['$type'])
  else if (matcher['$has'] !== undefined) expect(got).toMatchObject(matcher['$has'] as object)
  else if (matcher['$size'] !== undefined) {
    expect(Object.keys(got as object)).toHaveLength(Number(matcher['$size']))
  } else expect(got).toEqual(expected)
}
