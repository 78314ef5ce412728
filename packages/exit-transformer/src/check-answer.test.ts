import { describe, expect, it } from 'vitest'
import { checkAnswer } from './check-answer.ts'

const input = { status: 401, body: { message: 'no key' }, headers: { 'X-A': '1' } }

function nested(depth: number): unknown {
  let value: unknown = 1
  for (let i = 0; i < depth; i++) value = [value]
  return value
}

describe('checkAnswer()', () => {
  it.each([
    { status: undefined, gives: 401 },
    { status: null, gives: 401 },
    { status: 200, gives: 200 },
    { status: 599, gives: 599 },
    { status: 599.9, gives: 599 },
    { status: 418.7, gives: 418 },
  ])('takes status $status as $gives', ({ status, gives }) => {
    expect(checkAnswer({ status, body: null, headers: null }, input)).toEqual({
      ok: true,
      status: gives,
      body: undefined,
      headers: undefined,
    })
  })

  it.each([
    0,
    -1,
    99,
    100,
    101,
    199,
    199.9,
    600,
    1e9,
    Number.NaN,
    Number.POSITIVE_INFINITY,
    '200',
    '200 OK\r\nX-Evil: 1',
    {},
    true,
    200n,
    Symbol('x'),
  ])('refuses status %s', (status) => {
    const answer = checkAnswer({ status, body: null, headers: null }, input)
    expect(answer).toMatchObject({ ok: false, reason: expect.stringMatching(/^status must be/) })
  })

  it.each([
    { name: 'text', body: 'x' },
    { name: 'empty text', body: '' },
    { name: 'an object', body: { a: [1, null, { b: true }] } },
    { name: 'an empty array', body: [] },
    { name: 'bytes', body: new Uint8Array([255]) },
    { name: '512 levels', body: nested(512) },
    { name: 'an object with an undefined member', body: { a: undefined } },
  ])('takes a body that is $name', ({ body }) => {
    expect(checkAnswer({ status: 200, body, headers: null }, input)).toMatchObject({ ok: true })
  })

  it.each([
    { name: 'a number', body: 5 },
    { name: 'false', body: false },
    { name: 'a function', body: () => 1 },
    { name: 'a symbol', body: Symbol('x') },
    { name: 'an object that holds a function', body: { a: [() => 1] } },
    { name: 'an object that holds a BigInt', body: { a: 1n } },
    { name: '513 levels', body: nested(513) },
    { name: '100000 levels', body: nested(100_000) },
    { name: 'a cycle', body: cycle() },
  ])('refuses a body that is $name', ({ body }) => {
    const answer = checkAnswer({ status: 200, body, headers: null }, input)
    expect(answer).toMatchObject({ ok: false, reason: expect.stringMatching(/^body/) })
  })
})

function cycle(): object {
  const body: Record<string, unknown> = {}
  body.self = body
  return body
}
