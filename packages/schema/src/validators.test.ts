import { describe, expect, it } from 'vitest'
import { checkRecord, type Field, type Violation } from './index.ts'

/** What is wrong with a value of that field, or undefined. */
function wrongWith(field: Field, value: unknown): Violation | undefined {
  const checked = checkRecord({ fields: { f: field } }, { f: value })
  return checked.ok ? undefined : checked.violations.f
}

const OK = undefined
const sets = [
  ['http', 'https'],
  ['tcp', 'tls'],
]

describe('types', () => {
  it.each<[Field, unknown, Violation | undefined]>([
    [{ type: 'string' }, 'a', OK],
    [{ type: 'string' }, 1, 'expected a string'],
    [{ type: 'string' }, ['a'], 'expected a string'],
    [{ type: 'number' }, 1.5, OK],
    [{ type: 'number' }, '1.5', 'expected a number'],
    [{ type: 'integer' }, 1, OK],
    [{ type: 'integer' }, 1e42, OK],
    [{ type: 'integer' }, 1.5, 'expected an integer'],
    [{ type: 'integer' }, '1', 'expected an integer'],
    [{ type: 'boolean' }, false, OK],
    [{ type: 'boolean' }, 'false', 'expected a boolean'],
    [{ type: 'array', elements: { type: 'string' } }, [], OK],
    [{ type: 'array', elements: { type: 'string' } }, 'a', 'expected an array'],
    [{ type: 'array', elements: { type: 'string' } }, { a: 1 }, 'expected an array'],
    [{ type: 'array', elements: { type: 'string' } }, ['a', 1], [null, 'expected a string']],
    [{ type: 'array', elements: { type: 'string' } }, [1, 'a'], ['expected a string']],
    [{ type: 'array', elements: { type: 'string' } }, [null], ['required field missing']],
    [{ type: 'set', elements: { type: 'integer' } }, 1, 'expected a set'],
    [{ type: 'map', keys: { type: 'string' }, values: { type: 'string' } }, { a: 'b' }, OK],
    [{ type: 'map', keys: { type: 'string' }, values: { type: 'string' } }, 0, 'expected a map'],
    [
      { type: 'map', keys: { type: 'string' }, values: { type: 'string' } },
      ['a'],
      'expected a string',
    ],
    [
      { type: 'map', keys: { type: 'string' }, values: { type: 'string' } },
      { a: 'b', '': 'c' },
      'length must be at least 1',
    ],
    [
      {
        type: 'map',
        keys: { type: 'string' },
        values: { type: 'array', elements: { type: 'string' } },
      },
      { a: [1] },
      ['expected a string'],
    ],
    [{ type: 'record', fields: {} }, 5, 'expected a record'],
    [{ type: 'record', fields: {} }, ['a'], 'expected a record'],
    [{ type: 'record', fields: {} }, [], OK],
    [{ type: 'record', fields: {} }, { x: null }, { x: 'unknown field' }],
    [{ type: 'record', fields: { a: { type: 'string' } } }, { a: 1 }, { a: 'expected a string' }],
    [{ type: 'record', fields: {} }, null, 'required field missing'],
    [{ type: 'record', required: false, fields: {} }, null, OK],
    [{ type: 'foreign', reference: 'tea' }, {}, { id: 'missing primary key' }],
    [{ type: 'foreign', reference: 'tea' }, 'x', { id: 'missing primary key' }],
    [{ type: 'foreign', reference: 'tea' }, { id: 'x' }, { id: 'expected a valid UUID' }],
    [{ type: 'foreign', reference: 'tea' }, { id: '123E4567-e89b-12d3-a456-426614174000' }, OK],
    [{ type: 'json' }, { a: [1] }, OK],
    [{ type: 'string', required: true }, null, 'required field missing'],
    [{ type: 'string' }, null, OK],
    [
      { type: 'record', abstract: true },
      {},
      'error in schema definition: abstract field was not specialized',
    ],
  ])('%j says of %j: %j', (field, value, expected) => {
    expect(wrongWith(field, value)).toEqual(expected)
  })
})

describe('validators', () => {
  it.each<[Field, unknown, Violation | undefined]>([
    [{ type: 'string', eq: 'a' }, 'a', OK],
    [{ type: 'string', eq: 'a' }, 'b', 'value must be a'],
    [{ type: 'string', eq: 'a' }, null, 'value must be a'],
    [{ type: 'string', eq: null }, 'b', 'value must be null'],
    [{ type: 'string', eq: null }, null, OK],
    [{ type: 'boolean', ne: true }, true, 'value must not be true'],
    [{ type: 'boolean', ne: true }, false, OK],
    [{ type: 'string', ne: null }, null, 'value must not be null'],
    [{ type: 'string', not_one_of: ['a', 'b'] }, 'a', 'must not be one of: a, b'],
    [{ type: 'string', not_one_of: ['a', 'b'] }, 'c', OK],
    [{ type: 'string', one_of: ['a', 'b'] }, 'c', 'expected one of: a, b'],
    [{ type: 'integer', one_of: [1, 2] }, 3, 'expected one of: 1, 2'],
    [{ type: 'integer', one_of: [1, 2] }, 2, OK],
    [{ type: 'number', gt: 0 }, 0, 'value must be greater than 0'],
    [{ type: 'number', gt: 0 }, 0.1, OK],
    [{ type: 'integer', timestamp: true }, 0, 'expected a valid timestamp'],
    [{ type: 'integer', timestamp: true }, 1, OK],
    [
      { type: 'string', uuid: true },
      '123e4567-e89b-12d3-a456-42661417400',
      'expected a valid UUID',
    ],
    [{ type: 'string', uuid: true }, '123e4567-e89b-12d3-a456-426614174000', OK],
    [{ type: 'string', is_regex: true }, '(', 'not a valid regex: ('],
    [{ type: 'string', is_regex: true }, '()', OK],
    [{ type: 'integer', between: [1, 3] }, 0, 'value should be between 1 and 3'],
    [{ type: 'integer', between: [1, 3] }, 1, OK],
    [{ type: 'integer', between: [1, 3] }, 3, OK],
    [{ type: 'integer', between: [1, 3] }, 4, 'value should be between 1 and 3'],
    [{ type: 'string', len_eq: 2 }, 'a', 'length must be 2'],
    [{ type: 'string', len_eq: 2 }, 'ab', OK],
    [{ type: 'string' }, '', 'length must be at least 1'],
    [{ type: 'string', len_min: 0 }, '', OK],
    [{ type: 'string', len_min: 2 }, 'a', 'length must be at least 2'],
    [{ type: 'string', len_max: 2 }, 'abc', 'length must be at most 2'],
    [{ type: 'string', len_max: 2 }, 'ab', OK],
    [{ type: 'string', len_max: 2 }, 'é', OK],
    [{ type: 'string', len_max: 1 }, 'é', 'length must be at most 1'],
    [{ type: 'array', elements: { type: 'string' }, len_min: 1 }, [], 'length must be at least 1'],
    [{ type: 'string', starts_with: '/' }, 'a', 'should start with: /'],
    [{ type: 'string', starts_with: '/' }, '/a', OK],
    [{ type: 'string', not_match: 'a+' }, 'baa', 'invalid value: baa'],
    [{ type: 'string', match: '^[A-Z]+$' }, 'get', 'invalid value: get'],
    [{ type: 'string', match: '^[A-Z]+$' }, 'GET', OK],
    [{ type: 'string', match_none: [{ pattern: '//', err: 'no //' }] }, '//', 'no //'],
    [{ type: 'string', match_all: [{ pattern: '^a', err: 'no a' }] }, 'b', 'no a'],
    [{ type: 'string', match_any: { patterns: ['^a', '^b'], err: 'neither' } }, 'c', 'neither'],
    [{ type: 'string', match_any: { patterns: ['^a', '^b'], err: 'neither' } }, 'b', OK],
    [
      { type: 'array', elements: { type: 'string' }, contains: 'a' },
      ['b'],
      'expected to contain: a',
    ],
    [{ type: 'array', elements: { type: 'string' }, contains: 'a' }, ['b', 'a'], OK],
    [
      { type: 'string', custom_validator: (v: string) => (v === 'a' ? undefined : `not a: ${v}`) },
      'b',
      'not a: b',
    ],
    [
      { type: 'set', elements: { type: 'string' }, mutually_exclusive_subsets: sets },
      ['http', 'tls'],
      "these sets are mutually exclusive: ('http', 'https'), ('tcp', 'tls')",
    ],
    [
      { type: 'set', elements: { type: 'string' }, mutually_exclusive_subsets: sets },
      ['http', 'https'],
      OK,
    ],
    [{ type: 'string', referenceable: true, len_max: 2 }, '{vault://env/key}', OK],
    [{ type: 'string', len_max: 2 }, '{vault://env/key}', 'length must be at most 2'],
  ])('%j says of %j: %j', (field, value, expected) => {
    expect(wrongWith(field, value)).toEqual(expected)
  })

  it('says what err says, whatever validator fails', () => {
    expect(wrongWith({ type: 'integer', between: [0, 9], err: 'not a digit' }, 10)).toBe(
      'not a digit',
    )
  })

  it('keeps the message of a wrong type when there is err', () => {
    const field: Field = { type: 'integer', between: [0, 9], err: 'not a digit' }
    expect(wrongWith(field, 'a')).toBe('expected an integer')
  })

  it('says the first fault in the order of the documentation', () => {
    const field: Field = { type: 'string', match: '^b', one_of: ['a'], len_min: 9 }
    expect(wrongWith(field, 'c')).toBe('expected one of: a')
  })
})
