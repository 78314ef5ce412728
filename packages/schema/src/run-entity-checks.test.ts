import { describe, expect, it } from 'vitest'
import {
  checkEntity,
  checkRecord,
  type EntityCheck,
  type Fields,
  type Violations,
} from './index.ts'

const text = { type: 'string' } as const
const fields: Fields = {
  a: text,
  b: text,
  c: text,
  list: { type: 'set', elements: text },
  inner: { type: 'record', fields: { x: text } },
}

function violationsOf(check: EntityCheck, value: unknown): Violations | undefined {
  const checked = checkRecord({ fields, entity_checks: [check] }, value)
  return checked.ok ? undefined : checked.violations
}

const needsA: EntityCheck = {
  conditional: {
    if_field: 'b',
    if_match: { eq: 'on' },
    then_field: 'a',
    then_match: { required: true },
  },
}
const needsInner: EntityCheck = {
  conditional: {
    if_field: 'inner.x',
    if_match: { eq: 'on' },
    then_field: 'a',
    then_match: { len_min: 2 },
    then_err: "look at '%s'",
  },
}
const needsOne: EntityCheck = {
  conditional_at_least_one_of: {
    if_field: 'list',
    if_match: { contains: 's' },
    then_at_least_one_of: ['a', 'b'],
    then_err: 'set one of %s',
    else_match: { contains: 'p' },
    else_then_at_least_one_of: ['c'],
  },
}
const exclusiveSets: EntityCheck = {
  mutually_exclusive_sets: { set1: ['a', 'b'], set2: ['c', 'list'] },
}
const custom: EntityCheck = {
  custom_entity_check: {
    field_sources: ['a', 'b'],
    fn: ({ a, b }) => (a === b ? undefined : `${String(a)} is not ${String(b)}`),
  },
}

describe('entity checks', () => {
  it.each<[EntityCheck, object, string | undefined]>([
    [{ at_least_one_of: ['a', 'b'] }, { b: 'x' }, undefined],
    [
      { at_least_one_of: ['a', 'list'] },
      { list: [] },
      "at least one of these fields must be non-empty: 'a', 'list'",
    ],
    [
      { at_least_one_of: ['inner.x'] },
      {},
      "at least one of these fields must be non-empty: 'inner.x'",
    ],
    [{ at_least_one_of: ['inner.x'] }, { inner: { x: '1' } }, undefined],
    [{ only_one_of: ['a', 'b'] }, { a: 'x' }, undefined],
    [{ only_one_of: ['a', 'b'] }, {}, "exactly one of these fields must be non-empty: 'a', 'b'"],
    [
      { only_one_of: ['a', 'b'] },
      { a: 'x', b: 'y' },
      "exactly one of these fields must be non-empty: 'a', 'b'",
    ],
    [
      { distinct: ['a', 'b'] },
      { a: 'x', b: 'x' },
      "values of these fields must be distinct: 'a', 'b'",
    ],
    [{ distinct: ['a', 'b'] }, { a: 'x', b: 'y' }, undefined],
    [{ distinct: ['a', 'b'] }, {}, undefined],
    [
      { mutually_required: ['a', 'b'] },
      { a: 'x' },
      "all or none of these fields must be set: 'a', 'b'",
    ],
    [{ mutually_required: ['a', 'b'] }, {}, undefined],
    [{ mutually_required: ['a', 'b'] }, { a: 'x', b: 'y' }, undefined],
    [
      { mutually_exclusive: ['a', 'b'] },
      { a: 'x', b: 'y' },
      "only one or none of these fields must be set: 'a', 'b'",
    ],
    [{ mutually_exclusive: ['a', 'b'] }, { a: 'x' }, undefined],
    [exclusiveSets, { a: 'x', c: 'y' }, "these sets are mutually exclusive: ('a'), ('c')"],
    [exclusiveSets, { a: 'x', b: 'y' }, undefined],
    [needsOne, { list: ['s', 'p'] }, "set one of 'a', 'b'"],
    [needsOne, { list: ['s'], b: 'x' }, undefined],
    [needsOne, { list: ['p'] }, "at least one of these fields must be non-empty: 'c'"],
    [needsOne, { list: ['q'] }, undefined],
    [custom, { a: 'x', b: 'y' }, 'x is not y'],
    [custom, { a: 'x', b: 'x' }, undefined],
  ])('%j says of %j: %j', (check, value, message) => {
    expect(violationsOf(check, value)).toEqual(message && { '@entity': [message] })
  })

  it('tells a condition about the entity and about the field', () => {
    expect(violationsOf(needsA, { b: 'on' })).toEqual({
      '@entity': ["failed conditional validation given value of field 'b'"],
      a: 'required field missing',
    })
    expect(violationsOf(needsA, { b: 'off' })).toBeUndefined()
  })

  it('keeps what the field itself asks for when a condition is laid over it', () => {
    expect(violationsOf(needsA, { b: 'on', a: '' })).toEqual({
      '@entity': ["failed conditional validation given value of field 'b'"],
      a: 'length must be at least 1',
    })
  })

  it('reads nested fields, and says the text of the condition', () => {
    expect(violationsOf(needsInner, { a: 'x', inner: { x: 'on' } })).toEqual({
      '@entity': ["look at 'inner.x'"],
      a: 'length must be at least 2',
    })
  })

  it.each<[EntityCheck, object, object]>([
    [custom, { a: 1, b: 'y' }, { a: 'expected a string' }],
    [{ distinct: ['a', 'b'] }, { a: 1, b: 1 }, { a: 'expected a string', b: 'expected a string' }],
    [needsA, { b: 5 }, { b: 'expected a string' }],
    [needsOne, { list: 5 }, { list: 'expected a set' }],
  ])('does not run %j on %j, as the values are broken', (check, value, violations) => {
    expect(violationsOf(check, value)).toEqual(violations)
  })

  it('asks whether fields are set even when one of them is broken', () => {
    expect(violationsOf({ at_least_one_of: ['a', 'b'] }, { a: '' })).toEqual({
      '@entity': ["at least one of these fields must be non-empty: 'a', 'b'"],
      a: 'length must be at least 1',
    })
  })

  it('runs on the records of a list', () => {
    const ranges = {
      fields: {
        r: {
          type: 'array',
          elements: { type: 'record', fields, entity_checks: [{ at_least_one_of: ['a', 'b'] }] },
        },
      },
    } as const
    const checked = checkRecord(ranges, { r: [{ a: 'x' }, {}] })
    expect(checked).toEqual({
      ok: false,
      violations: {
        r: [null, { '@entity': ["at least one of these fields must be non-empty: 'a', 'b'"] }],
      },
    })
  })

  it('says that it is about an update', () => {
    const schema = {
      name: 't',
      primary_key: ['id'],
      fields,
      entity_checks: [{ at_least_one_of: ['a', 'b'] }],
    }
    const checked = checkEntity(schema, { a: null }, { operation: 'update', current: { a: 'x' } })
    expect(checked).toEqual({
      ok: false,
      violations: {
        '@entity': ["when updating, at least one of these fields must be non-empty: 'a', 'b'"],
      },
    })
  })
})
