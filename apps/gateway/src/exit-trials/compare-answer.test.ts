import { describe, expect, it } from 'vitest'
import { compareAnswer } from './compare-answer.ts'
import type { ExpectedAnswer } from './exit-tests.ts'

const RESPONSE = {
  status: 401,
  headers: {
    'Content-Type': 'application/json; charset=utf-8',
    'X-Count': '3',
    'Set-Cookie': ['a=1', 'b=2'],
  },
  body: '{"a":1,"b":{"c":[1,2]}}',
}

describe('compareAnswer()', () => {
  it.each<{ expected: ExpectedAnswer; why: string }>([
    { expected: { status: 401 }, why: 'the status is equal' },
    { expected: { body: { b: { c: [1, 2] }, a: 1 } }, why: 'the order of names does not count' },
    { expected: { body: '{ "b": { "c": [1, 2] }, "a": 1 }' }, why: 'text of JSON is its data' },
    { expected: { headers: { 'x-count': '3' } }, why: 'names of headers have no case' },
    { expected: { headers: { 'X-Count': 3 } }, why: 'a number is its text' },
    { expected: { headers: { 'Set-Cookie': ['a=1', 'b=2'] } }, why: 'all lines are there' },
    { expected: { headers: { 'X-Other': null } }, why: 'the header is not there' },
    { expected: { headers: {} }, why: 'no header is asked for' },
  ])('finds nothing where $why', ({ expected }) => {
    expect(compareAnswer(expected, RESPONSE)).toEqual([])
  })

  it.each<{ expected: ExpectedAnswer; parts: readonly string[] }>([
    { expected: { status: 403 }, parts: ['status'] },
    { expected: { body: { a: 1 } }, parts: ['body'] },
    { expected: { body: { a: '1', b: { c: [1, 2] } } }, parts: ['body'] },
    { expected: { body: { a: 1, b: { c: [2, 1] } } }, parts: ['body'] },
    { expected: { body: null }, parts: ['body'] },
    { expected: { body: 'text' }, parts: ['body'] },
    { expected: { headers: { 'X-Count': '4' } }, parts: ['header X-Count'] },
    { expected: { headers: { 'Set-Cookie': 'a=1' } }, parts: ['header Set-Cookie'] },
    { expected: { headers: { 'X-Count': null } }, parts: ['header X-Count'] },
    { expected: { headers: { constructor: 'x' } }, parts: ['header constructor'] },
    {
      expected: { status: 200, headers: { 'X-A': 'b' }, body: {} },
      parts: ['status', 'header X-A', 'body'],
    },
  ])('finds $parts for $expected', ({ expected, parts }) => {
    expect(compareAnswer(expected, RESPONSE).map(({ part }) => part)).toEqual(parts)
  })

  it.each<{ body: NonNullable<ExpectedAnswer['body']> | null; sent: string; same: boolean }>([
    { body: null, sent: '', same: true },
    { body: '', sent: '', same: true },
    { body: null, sent: '{}', same: false },
    { body: 'plain', sent: 'plain', same: true },
    { body: 'plain', sent: 'plain\n', same: false },
    { body: '5', sent: '5', same: true },
    { body: '"x"', sent: 'x', same: false },
    { body: [], sent: '[]', same: true },
    { body: {}, sent: '[]', same: false },
  ])('takes $body and $sent for the same: $same', ({ body, sent, same }) => {
    const found = compareAnswer({ body }, { status: 200, headers: {}, body: sent })
    expect(found.length === 0).toBe(same)
  })
})
