import { describe, expect, it } from 'vitest'
import { checkAnswer, lookUp } from './check-answer.ts'
import type { Expectation, Json } from './http-case.ts'

const UUID = '1d1f5a5e-6b5b-4c0e-9b1a-0a4f1f4f6f10'

function answer(json: Json, headers: Record<string, string | string[]> = {}) {
  return { status: 200, headers, body: JSON.stringify(json) }
}

describe('checkAnswer()', () => {
  it.each<{ name: string; expected: Expectation; json: Json }>([
    { name: 'nothing expected', expected: {}, json: null },
    { name: 'a status', expected: { status: 200 }, json: {} },
    { name: 'one of several statuses', expected: { status: [404, 200] }, json: {} },
    { name: 'a part of an object', expected: { json_subset: { a: 1 } }, json: { a: 1, b: 2 } },
    {
      name: 'a nested part',
      expected: { json_subset: { a: { b: [1] } } },
      json: { a: { b: [1], c: 2 } },
    },
    { name: 'a part of each item', expected: { json_subset: [{ a: 1 }] }, json: [{ a: 1, b: 2 }] },
    { name: 'null for what is missing', expected: { json_subset: { a: null } }, json: {} },
    { name: 'anything', expected: { json_subset: { a: '<any>' } }, json: { a: null } },
    {
      name: 'a pattern',
      expected: { json_subset: { id: '~/^[0-9a-f-]{36}$/' } },
      json: { id: UUID },
    },
    {
      name: 'equal JSON in another order',
      expected: { json_equals: { a: 1, b: 2 } },
      json: { b: 2, a: 1 },
    },
    { name: 'an absent path', expected: { json_absent: 'json.a.b' }, json: { a: {} } },
    { name: 'a body', expected: { body: '"x"' }, json: 'x' },
    { name: 'parts of a body', expected: { body_contains: ['x', 'y'] }, json: 'xy' },
  ])('accepts $name', ({ expected, json }) => {
    expect(checkAnswer(expected, answer(json))).toEqual([])
  })

  it.each<{ name: string; expected: Expectation; json: Json; told: string }>([
    {
      name: 'another status',
      expected: { status: 201 },
      json: {},
      told: 'status: want 201, got 200 {}',
    },
    {
      name: 'none of several statuses',
      expected: { status: [404, 201] },
      json: {},
      told: 'status: want 404 or 201, got 200 {}',
    },
    {
      name: 'another value',
      expected: { json_subset: { a: 1 } },
      json: { a: '1' },
      told: 'json.a: want 1, got "1"',
    },
    {
      name: 'a missing field',
      expected: { json_subset: { a: 1 } },
      json: {},
      told: 'json.a: want 1, got nothing',
    },
    {
      name: 'a field that must be null',
      expected: { json_subset: { a: null } },
      json: { a: 0 },
      told: 'json.a: want null, got 0',
    },
    {
      name: 'anything that is missing',
      expected: { json_subset: { a: '<any>' } },
      json: {},
      told: 'json.a: missing',
    },
    {
      name: 'an inherited name',
      expected: { json_subset: { constructor: '<any>' } },
      json: {},
      told: 'json.constructor: missing',
    },
    {
      name: 'a longer list',
      expected: { json_subset: [1] },
      json: [1, 2],
      told: 'json: want [1], got [1,2]',
    },
    {
      name: 'an object for a list',
      expected: { json_subset: [] },
      json: {},
      told: 'json: want [], got {}',
    },
    {
      name: 'text for an object',
      expected: { json_subset: { a: {} } },
      json: { a: 'x' },
      told: 'json.a: want an object, got "x"',
    },
    {
      name: 'no match',
      expected: { json_subset: { a: '~/^x$/' } },
      json: { a: 'y' },
      told: 'json.a: "y" does not match /^x$/',
    },
    {
      name: 'a number for a pattern',
      expected: { json_subset: { a: '~/1/' } },
      json: { a: 1 },
      told: 'json.a: 1 does not match /1/',
    },
    {
      name: 'one field more',
      expected: { json_equals: { a: 1 } },
      json: { a: 1, b: 2 },
      told: 'json: want {"a":1}, got {"a":1,"b":2}',
    },
    {
      name: 'another order of a list',
      expected: { json_equals: [1, 2] },
      json: [2, 1],
      told: 'json: want [1,2], got [2,1]',
    },
    {
      name: 'a path that leads somewhere',
      expected: { json_absent: ['a.0'] },
      json: { a: [5] },
      told: 'a.0: should be absent, is 5',
    },
    {
      name: 'another body',
      expected: { body: 'x' },
      json: 'x',
      told: 'body: want "x", got "\\"x\\""',
    },
    {
      name: 'a lacking part',
      expected: { body_contains: 'z' },
      json: 'xy',
      told: 'body: lacks "z"',
    },
  ])('tells of $name', ({ expected, json, told }) => {
    expect(checkAnswer(expected, answer(json))).toEqual([told])
  })

  it.each<{
    name: string
    want: Json
    got: string | string[] | undefined
    told: string | undefined
  }>([
    { name: 'the value', want: 'a', got: 'a', told: undefined },
    { name: 'each value of a repeated header', want: ['a', 'b'], got: ['a', 'b'], told: undefined },
    { name: 'that it is there', want: true, got: 'x', told: undefined },
    { name: 'that it is there', want: '<any>', got: 'x', told: undefined },
    { name: 'a pattern', want: '~/^Key/', got: 'Key realm="x"', told: undefined },
    { name: 'that it is absent', want: null, got: undefined, told: undefined },
    { name: 'another value', want: 'a', got: 'b', told: 'header X-A: want "a", got "b"' },
    {
      name: 'a lacking value',
      want: ['a', 'b'],
      got: 'a',
      told: 'header X-A: want ["a","b"], got "a"',
    },
    {
      name: 'a missing header',
      want: 'a',
      got: undefined,
      told: 'header X-A: want "a", got nothing',
    },
    { name: 'a missing header', want: true, got: undefined, told: 'header X-A: missing' },
    {
      name: 'a header too many',
      want: null,
      got: 'a',
      told: 'header X-A: should be absent, is "a"',
    },
    {
      name: 'no match',
      want: '~/^Key/',
      got: undefined,
      told: 'header X-A: nothing does not match /^Key/',
    },
  ])('compares a header: $name', ({ want, got, told }) => {
    const given = answer({}, got === undefined ? {} : { 'x-a': got })
    expect(checkAnswer({ headers: { 'X-A': want } }, given)).toEqual(
      told === undefined ? [] : [told],
    )
  })

  it('tells every difference of an answer that is not JSON', () => {
    const given = { status: 502, headers: {}, body: '<html>' }
    expect(checkAnswer({ status: 200, json_subset: { a: 1 } }, given)).toEqual([
      'status: want 200, got 502 <html>',
      'json: want an object, got nothing',
    ])
  })
})

describe('lookUp()', () => {
  it.each([
    { path: 'json.data.0.id', value: 7 },
    { path: 'data.0.id', value: 7 },
    { path: 'json', value: { data: [{ id: 7 }] } },
    { path: 'data.1.id', value: undefined },
    { path: 'data.length', value: 1 },
    { path: 'constructor', value: undefined },
    { path: 'data.0.id.x', value: undefined },
  ])('leads $path to $value', ({ path, value }) => {
    expect(lookUp({ data: [{ id: 7 }] }, path)).toEqual(value)
  })
})
