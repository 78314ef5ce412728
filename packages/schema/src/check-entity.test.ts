import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { checkEntity, checkRecord, type CheckOptions, defineEntity, typedefs } from './index.ts'

const teas = defineEntity({
  name: 'teas',
  primary_key: ['id'],
  endpoint_key: 'name',
  fields: {
    id: typedefs.id,
    created_at: typedefs.created_at,
    updated_at: typedefs.updated_at,
    name: { ...typedefs.name, required: true },
    minutes: { type: 'integer', default: 3, between: [1, 60] },
    kinds: { type: 'set', elements: { type: 'string' } },
    cups: { type: 'array', elements: { type: 'string' } },
    shop: { type: 'foreign', reference: 'shops' },
    secret: { type: 'string', auto: true },
    water: {
      type: 'record',
      fields: {
        degrees: { type: 'number', default: 95 },
        source: { type: 'record', fields: { town: { type: 'string' } } },
      },
    },
    labels: { type: 'map', keys: { type: 'string' }, values: { type: 'string' } },
    digest: { type: 'string' },
    rare: { type: 'string', absent_unless_set: true },
  },
  shorthand_fields: {
    short: {
      type: 'string',
      func: (value: string) => ({ name: value, minutes: 5 }),
    },
  },
  transformations: [{ input: ['name'], on_write: ({ name }) => ({ digest: `${String(name)}!` }) }],
})

const NOW = 1_700_000_000_123
const insert: CheckOptions = { operation: 'insert', nowMs: NOW }

function check(input: unknown, options: CheckOptions = insert) {
  const checked = checkEntity(teas, input, options)
  if (!checked.ok) throw new Error(JSON.stringify(checked.violations))
  return checked.value
}

function violationsOf(input: unknown, options: CheckOptions = insert) {
  const checked = checkEntity(teas, input, options)
  return checked.ok ? undefined : checked.violations
}

describe('checkEntity() on insert', () => {
  it('answers the whole entity in the order of the schema', () => {
    const value = check({ name: 'sencha' })
    expect(value).toEqual({
      id: expect.stringMatching(/^[0-9a-f-]{36}$/),
      created_at: 1_700_000_000,
      updated_at: 1_700_000_000,
      name: 'sencha',
      minutes: 3,
      kinds: null,
      cups: null,
      shop: null,
      secret: expect.stringMatching(/^[A-Za-z0-9]{32}$/),
      water: { degrees: 95, source: { town: null } },
      labels: null,
      digest: 'sencha!',
    })
    expect(Object.keys(value)).toEqual(Object.keys(teas.fields).filter((name) => name !== 'rare'))
  })

  it.each([
    [{ minutes: null }, { minutes: null }, 'a null takes the place of the default'],
    [{ secret: null }, { secret: null }, 'a null takes the place of what would be made'],
    [{ kinds: ['b', 'a', 'b'] }, { kinds: ['b', 'a'] }, 'a set loses repetitions'],
    [{ cups: ['b', 'a', 'b'] }, { cups: ['b', 'a', 'b'] }, 'a list keeps repetitions'],
    [{ cups: {} }, { cups: [] }, 'an empty object is an empty list'],
    [{ labels: [] }, { labels: {} }, 'an empty list is an empty map'],
    [{ water: [] }, { water: { degrees: 95, source: { town: null } } }, 'and an empty record'],
    [{ water: { degrees: null } }, { water: { degrees: null, source: { town: null } } }, 'nested'],
    [{ created_at: 5 }, { created_at: 5, updated_at: 1_700_000_000 }, 'created_at can be given'],
    [{ updated_at: 5 }, { updated_at: 1_700_000_000 }, 'updated_at cannot'],
    [
      { shop: { id: '123e4567-e89b-12d3-a456-426614174000', name: 'x' } },
      { shop: { id: '123e4567-e89b-12d3-a456-426614174000' } },
      'a foreign value keeps its id only',
    ],
    [{ short: 'oolong' }, { name: 'oolong', minutes: 5 }, 'a shorthand wins'],
  ])('answers for %j: %j (%s)', (input, part, _why) => {
    expect(check({ name: 'sencha', ...input })).toMatchObject(part)
  })

  it('does not change what it was given', () => {
    const input = Object.freeze({ name: 'sencha', kinds: Object.freeze(['a', 'a']) })
    expect(check(input).kinds).toEqual(['a'])
    expect(input.kinds).toEqual(['a', 'a'])
  })

  it('takes numbers with milliseconds for times that are numbers', () => {
    const schema = defineEntity({
      name: 't',
      primary_key: ['id'],
      fields: { created_at: typedefs.created_at_ms },
    })
    expect(checkEntity(schema, {}, insert)).toEqual({
      ok: true,
      value: { created_at: 1_700_000_000.123 },
    })
  })

  it('checks nothing but a shorthand that is broken', () => {
    expect(violationsOf({ short: 5, bogus: 1 })).toEqual({ short: 'expected a string' })
  })

  it('leaves stored forms alone when told to', () => {
    expect(check({ name: 'a' }, { ...insert, transform: false }).digest).toBeNull()
  })

  it.each([
    [{}, { name: 'required field missing' }],
    [{ name: null }, { name: 'required field missing' }],
    [{ name: 'a', water: null }, { water: 'required field missing' }],
    [{ name: 'a', bogus: null }, { bogus: 'unknown field' }],
    [{ name: 'a', water: { source: { x: 1 } } }, { water: { source: { x: 'unknown field' } } }],
    ['text', { '@entity': ['expected a record'] }],
    [null, { '@entity': ['expected a record'] }],
    [['a'], { '@entity': ['expected a record'] }],
    [[], { name: 'required field missing' }],
  ])('refuses %j: %j', (input, violations) => {
    expect(violationsOf(input)).toEqual(violations)
  })
})

describe('checkEntity() on update', () => {
  const current = check({
    name: 'sencha',
    kinds: ['a'],
    labels: { a: '1' },
    water: { degrees: 80 },
  })
  const update: CheckOptions = { operation: 'update', current, nowMs: NOW + 5000 }

  it('changes nothing but updated_at when nothing is given', () => {
    expect(check({}, update)).toEqual({ ...current, updated_at: 1_700_000_005 })
  })

  it.each([
    [{ minutes: 9 }, { minutes: 9, name: 'sencha' }, 'a field that is given'],
    [{ minutes: null }, { minutes: null }, 'null clears'],
    [{ kinds: ['b'] }, { kinds: ['b'] }, 'a set is replaced'],
    [{ kinds: [] }, { kinds: [] }, 'by an empty one too'],
    [{ labels: { b: '2' } }, { labels: { b: '2' } }, 'a map is replaced'],
    [
      { water: { source: { town: 'Uji' } } },
      { water: { degrees: 80, source: { town: 'Uji' } } },
      'records are merged',
    ],
    [{ id: '123e4567-e89b-12d3-a456-426614174000' }, { id: current.id }, 'the id stays'],
  ])('answers for %j: %j (%s)', (input, part, _why) => {
    expect(check(input, update)).toMatchObject(part)
  })

  it('refuses to clear a required field', () => {
    expect(violationsOf({ name: null }, update)).toEqual({ name: 'required field missing' })
  })

  it('transforms only what was given', () => {
    const stored = { ...current, digest: 'kept' }
    expect(check({ minutes: 4 }, { ...update, current: stored }).digest).toBe('kept')
    expect(check({ name: 'b' }, { ...update, current: stored }).digest).toBe('b!')
  })

  it('fills in fields that were added to the schema after the entity was stored', () => {
    const { minutes: _, ...older } = current
    expect(check({}, { ...update, current: older }).minutes).toBe(3)
  })
})

describe('checkEntity() on upsert', () => {
  it('replaces everything, and keeps the time of making', () => {
    const current = { ...check({ name: 'a', minutes: 9 }), created_at: 7 }
    const value = check({ id: current.id, name: 'b' }, { operation: 'upsert', current, nowMs: NOW })
    expect(value).toMatchObject({ id: current.id, name: 'b', minutes: 3, created_at: 7 })
  })
})

describe('checkEntity() with subschemas', () => {
  const plugins = defineEntity({
    name: 'plugins',
    primary_key: ['id'],
    subschema_key: 'name',
    subschema_error: "plugin '%s' not enabled",
    fields: {
      name: { type: 'string', required: true },
      consumer: { type: 'foreign', reference: 'consumers' },
      config: { type: 'record', abstract: true },
    },
  })
  const tea = {
    fields: {
      consumer: typedefs.no_consumer,
      config: { type: 'record', fields: { hot: { type: 'boolean', default: true } } },
    },
  } as const
  const subschema = (name: string) => (name === 'tea' ? tea : undefined)
  const options: CheckOptions = { ...insert, subschema }

  it.each([
    [{ name: 'tea' }, { name: 'tea', consumer: null, config: { hot: true } }],
    [
      { name: 'tea', config: {} },
      { name: 'tea', consumer: null, config: { hot: true } },
    ],
  ])('takes %j as %j', (input, value) => {
    expect(checkEntity(plugins, input, options)).toEqual({ ok: true, value })
  })

  it.each([
    [{ name: 'nope', bogus: 1 }, { name: "plugin 'nope' not enabled" }],
    [{ name: 5 }, { name: "plugin '5' not enabled" }],
    [{ name: 'constructor' }, { name: "plugin 'constructor' not enabled" }],
    [{}, { name: 'required field missing' }],
    [{ name: null }, { name: 'required field missing' }],
    [{ name: 'tea', config: null }, { config: 'required field missing' }],
    [{ name: 'tea', config: { cold: 1 } }, { config: { cold: 'unknown field' } }],
    [{ name: 'tea', consumer: { id: 'x' } }, { consumer: 'value must be null' }],
  ])('refuses %j: %j', (input, violations) => {
    expect(checkEntity(plugins, input, options)).toEqual({ ok: false, violations })
  })

  it('merges what is given into the stored configuration', () => {
    const current = { name: 'tea', consumer: null, config: { hot: false } }
    const update: CheckOptions = { operation: 'update', current, subschema }
    expect(checkEntity(plugins, { config: {} }, update)).toEqual({ ok: true, value: current })
  })

  it('looks at the first element when the key is a list', () => {
    const shapes = defineEntity({
      name: 'shapes',
      primary_key: ['id'],
      subschema_key: 'kinds',
      subschemas: { round: { fields: { radius: { type: 'number', required: true } } } },
      fields: { kinds: { type: 'set', elements: { type: 'string' }, default: ['round'] } },
    })
    const refuse = (input: object) => checkEntity(shapes, input, insert)
    expect(refuse({})).toMatchObject({ violations: { radius: 'required field missing' } })
    expect(refuse({ kinds: ['odd'] })).toMatchObject({ violations: { kinds: 'unknown type: odd' } })
    expect(refuse({ kinds: [] })).toMatchObject({ violations: { kinds: 'unknown type: nil' } })
    expect(refuse({ kinds: null })).toMatchObject({
      violations: { kinds: 'required field missing' },
    })
  })
})

describe('checkEntity() with a time to live', () => {
  const keys = defineEntity({ name: 'keys', primary_key: ['id'], ttl: true, fields: {} })

  it.each([
    [{}, { ok: true, value: { ttl: null } }],
    [{ ttl: 0 }, { ok: true, value: { ttl: 0 } }],
    [{ ttl: 100_000_000 }, { ok: true, value: { ttl: 100_000_000 } }],
    [
      { ttl: 100_000_001 },
      { ok: false, violations: { ttl: 'must be an integer between 0 and 100000000' } },
    ],
  ])('answers for %j: %j', (input, checked) => {
    expect(checkEntity(keys, input, insert)).toEqual(checked)
  })
})

describe('hostile input', () => {
  it.each([
    '{"name":"a","__proto__":{"x":1}}',
    '{"name":"a","constructor":1}',
    '{"name":"a","toString":null}',
    '{"name":"a","hasOwnProperty":1}',
  ])('refuses %s as unknown', (text) => {
    const input: unknown = JSON.parse(text)
    const name = Object.keys(input as object)[1] as string
    expect(Object.entries(violationsOf(input) ?? {})).toEqual([[name, 'unknown field']])
  })

  it('keeps __proto__ as a key of a map, and no prototype changes', () => {
    const input: unknown = JSON.parse('{"name":"a","labels":{"__proto__":"x"}}')
    const { labels } = check(input)
    expect(Object.entries(labels ?? {})).toEqual([['__proto__', 'x']])
    expect(({} as Record<string, unknown>).x).toBeUndefined()
  })

  it('takes long texts and many elements', () => {
    const cups = Array.from({ length: 10_000 }, (_, i) => `cup ${i}`)
    expect(check({ name: 'a'.repeat(100_000), cups }).cups).toHaveLength(10_000)
  })

  it('answers for any JSON value, and never throws', () => {
    fc.assert(
      fc.property(fc.jsonValue(), (input) => {
        const { ok } = checkEntity(teas, input, insert)
        expect(typeof ok).toBe('boolean')
      }),
    )
  })

  it('accepts what it has answered, unchanged', () => {
    const part = fc.record(
      {
        name: fc.stringMatching(/^[a-z]{1,9}$/),
        minutes: fc.option(fc.integer({ min: 1, max: 60 })),
        kinds: fc.option(fc.array(fc.stringMatching(/^[a-z]{1,3}$/))),
        labels: fc.option(fc.dictionary(fc.stringMatching(/^[a-z]{1,3}$/), fc.constant('x'))),
        water: fc.record({ degrees: fc.option(fc.integer()) }, { requiredKeys: [] }),
      },
      { requiredKeys: ['name'] },
    )
    fc.assert(
      fc.property(part, (input) => {
        const once = check(input)
        expect(check(once)).toEqual(once)
      }),
    )
  })
})

describe('checkRecord()', () => {
  it('completes a record alone', () => {
    const schema = { fields: { hot: { type: 'boolean', default: true } } } as const
    expect(checkRecord(schema, {})).toEqual({ ok: true, value: { hot: true } })
    expect(checkRecord(schema, { hot: 1 })).toEqual({
      ok: false,
      violations: { hot: 'expected a boolean' },
    })
    expect(checkRecord(schema, 5)).toEqual({
      ok: false,
      violations: { '@entity': ['expected a record'] },
    })
  })
})

describe('a field that is absent unless it is set', () => {
  const current = check({ name: 'sencha', rare: 'yes' })

  it.each<[given: object, rare: string | undefined]>([
    [{}, undefined],
    [{ rare: null }, undefined],
    [{ rare: 'yes' }, 'yes'],
  ])('comes out of an insert of %j as %s', (given, rare) => {
    const value = check({ name: 'sencha', ...given })
    expect(value.rare).toBe(rare)
    expect(Object.hasOwn(value, 'rare')).toBe(rare !== undefined)
  })

  it.each<[given: object, rare: string | undefined]>([
    [{}, 'yes'],
    [{ rare: 'no' }, 'no'],
    [{ rare: null }, undefined],
  ])('comes out of an update of it by %j as %s', (given, rare) => {
    const value = check(given, { operation: 'update', current, nowMs: NOW })
    expect(value.rare).toBe(rare)
    expect(Object.hasOwn(value, 'rare')).toBe(rare !== undefined)
  })
})
