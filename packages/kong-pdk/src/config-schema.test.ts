import { checkRecord, describeViolations } from '@postern/schema'
import { describe, expect, it } from 'vitest'
import { configSchema } from './config-schema.ts'

function check(schema: unknown, config: unknown): unknown {
  const checked = checkRecord(configSchema('tested', schema), { config })
  return checked.ok
    ? (checked.value as { config: unknown }).config
    : describeViolations(checked.violations)
}

describe('configSchema()', () => {
  const refused = (problem: string) => `schema violation (config.${problem})`
  const text = (field: object) => [{ a: { type: 'string', ...field } }]
  it.each([
    [undefined, {}, {}],
    [[], {}, {}],
    [{}, {}, {}],
    [text({ default: 'x' }), {}, { a: 'x' }],
    [text({}), {}, { a: null }],
    [text({ required: true }), {}, refused('a: required field missing')],
    [text({ one_of: ['x', 'y'] }), { a: 'y' }, { a: 'y' }],
    [text({ one_of: ['x', 'y'] }), { a: 'z' }, refused('a: expected one of: x, y')],
    [text({ len_min: 2 }), { a: 'xy' }, { a: 'xy' }],
    [text({ len_min: 2 }), { a: 'x' }, refused('a: length must be at least 2')],
    [text({ match: '^%d+$' }), { a: '12' }, { a: '12' }],
    [text({ match: '^%d+$' }), { a: '1a' }, refused('a: invalid value: 1a')],
    [
      text({ match_none: [{ pattern: '%s', err: 'no spaces' }] }),
      { a: 'x y' },
      refused('a: no spaces'),
    ],
    [
      text({ match_any: { patterns: ['^a', '^b'], err: 'a or b' } }),
      { a: 'c' },
      refused('a: a or b'),
    ],
    [[{ n: { type: 'number', between: [1, 3] } }], { n: 3 }, { n: 3 }],
    [
      [{ n: { type: 'number', between: [1, 3] } }],
      { n: 4 },
      refused('n: value should be between 1 and 3'),
    ],
    [[{ n: { type: 'integer' } }], { n: 1.5 }, refused('n: expected an integer')],
    [[{ b: { type: 'boolean', default: true } }], {}, { b: true }],
    [[{ l: { type: 'array', elements: { type: 'string' } } }], { l: ['x'] }, { l: ['x'] }],
    [[{ l: { type: 'set', elements: { type: 'string' } } }], { l: ['x', 'x'] }, { l: ['x'] }],
    [[{ m: { type: 'map', values: { type: 'number' } } }], { m: { k: 1 } }, { m: { k: 1 } }],
    [
      [{ r: { type: 'record', fields: [{ x: { type: 'number', default: 1 } }] } }],
      {},
      { r: { x: 1 } },
    ],
    [[{ a: { type: 'string', custom_validator: () => 'no' } }], { a: 'x' }, { a: 'x' }],
    [
      [{ ['__proto__']: { type: 'string' } }, { b: { type: 'string' } }],
      { b: 'x' },
      expect.objectContaining({ b: 'x' }),
    ],
    [text({}), { b: 1 }, refused('b: unknown field')],
  ])('makes of %j and %j %j', (schema, config, expected) => {
    expect(check(schema, config)).toEqual(expected)
  })

  it.each([
    ['x', 'Schema: expected a list of objects with one key each'],
    [{ a: { type: 'string' } }, 'Schema: expected a list of objects with one key each'],
    [[{}], 'Schema[0]: expected an object with one key'],
    [[null], 'Schema[0]: expected an object with one key'],
    [
      [{ a: { type: 'string' }, b: { type: 'string' } }],
      'Schema[0]: expected an object with one key',
    ],
    [[{ a: { type: 'string' } }, { a: { type: 'string' } }], 'Schema[1]: there are two fields "a"'],
    [[{ a: 'string' }], 'Schema[0].a: expected an object with a type'],
    [[{ a: { type: 'text' } }], 'Schema[0].a: type is "text", expected one of string'],
    [[{ a: { type: 'function' } }], 'Schema[0].a: type is "function"'],
    [[{ a: {} }], 'Schema[0].a: type is undefined'],
    [
      [{ a: { type: 'string', lenmin: 1 } }],
      'Schema[0].a.lenmin: there is no attribute of this name',
    ],
    [[{ a: { type: 'array' } }], 'Schema[0].a: array has no elements'],
    [[{ a: { type: 'record' } }], 'Schema[0].a: record has no fields'],
    [[{ a: { type: 'map' } }], 'Schema[0].a: map has no values'],
    [[{ a: { type: 'array', elements: { type: 'x' } } }], 'Schema[0].a.elements: type is "x"'],
    [[{ a: { type: 'string', match: 5 } }], 'Schema[0].a.match: expected a Lua pattern'],
    [[{ a: { type: 'string', match: '%bxy' } }], 'Schema[0].a.match: "%bxy": %b is not supported'],
    [[{ a: { type: 'string', match_none: 'x' } }], 'Schema[0].a.match_none: expected a list'],
    [[{ a: { type: 'string', match_any: {} } }], 'Schema[0].a.match_any: expected an object'],
  ])('refuses %j', (schema, message) => {
    expect(() => configSchema('tested', schema)).toThrow(message)
  })
})
