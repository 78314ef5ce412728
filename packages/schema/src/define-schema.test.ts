import { describe, expect, expectTypeOf, it } from 'vitest'
import {
  checkEntity,
  checkRecord,
  defineEntity,
  defineRecord,
  type Infer,
  type RecordSchema,
} from './index.ts'
import { typedefs } from './index.ts'

const tea = defineEntity({
  name: 'teas',
  primary_key: ['id'],
  fields: {
    id: typedefs.id,
    created_at: typedefs.created_at,
    name: { type: 'string', required: true },
    key: { type: 'string', auto: true },
    kind: { type: 'string', required: true, one_of: ['green', 'black'] },
    minutes: { type: 'integer', default: 3 },
    strong: { type: 'boolean', required: true, default: true },
    cups: { type: 'array', elements: { type: 'integer' } },
    headers: {
      type: 'map',
      keys: { type: 'string' },
      values: { type: 'array', elements: { type: 'string' } },
    },
    shop: { type: 'foreign', reference: 'shops' },
    water: { type: 'record', fields: { degrees: { type: 'number', required: true } } },
    milk: { type: 'record', required: false, fields: { fat: { type: 'number' } } },
    extra: { type: 'json', required: true },
    tags: typedefs.tags,
  },
})

interface Tea {
  readonly id: string
  readonly created_at: number
  readonly name: string
  readonly key: string | null
  readonly kind: 'green' | 'black'
  readonly minutes: number | null
  readonly strong: boolean
  readonly cups: readonly number[] | null
  readonly headers: Readonly<Record<string, readonly string[]>> | null
  readonly shop: { readonly id: string } | null
  readonly water: { readonly degrees: number }
  readonly milk: { readonly fat: number | null } | null
  readonly extra: unknown
  readonly tags: readonly string[] | null
}

describe('Infer', () => {
  it('is the type of a complete value', () => {
    expectTypeOf<Infer<typeof tea>>().toEqualTypeOf<Tea>()
  })

  it('is the type that a schema was given', () => {
    const typed: RecordSchema<Tea> = tea
    expectTypeOf<Infer<typeof typed>>().toEqualTypeOf<Tea>()
    // @ts-expect-error: name is a string there
    const wrong: RecordSchema<{ readonly name: number }> = tea
    expect(wrong).toBe(typed)
  })

  it('is a record of unknown values when nothing is known', () => {
    expectTypeOf<Infer<RecordSchema>>().toEqualTypeOf<Record<string, unknown>>()
  })

  it('types what checks answer', () => {
    const checked = checkRecord(tea, {})
    if (checked.ok) expectTypeOf(checked.value).toEqualTypeOf<Tea>()
    const entity = checkEntity(tea, {}, { operation: 'insert' })
    if (entity.ok) expectTypeOf(entity.value.kind).toEqualTypeOf<'green' | 'black'>()
    expect([checked.ok, entity.ok]).toEqual([false, false])
  })

  it('takes over the type of a schema that is spread into a field', () => {
    const water: RecordSchema<{ readonly degrees: number }> = defineRecord({
      fields: { degrees: { type: 'number', required: true } },
    })
    const kettle = defineRecord({ fields: { water: { type: 'record', ...water } } })
    expectTypeOf<Infer<typeof kettle>>().toEqualTypeOf<{
      readonly water: { readonly degrees: number }
    }>()
  })
})

describe('defineRecord()', () => {
  it('answers what it was given', () => {
    const schema = { fields: { a: { type: 'string' } } } as const
    expect(defineRecord(schema)).toBe(schema)
  })

  it.each([
    [{ at_least_one_of: ['a', 'b'] }],
    [{ mutually_exclusive_sets: { set1: ['a'], set2: ['b'] } }],
    [{ conditional: { if_field: 'a', if_match: {}, then_field: 'b', then_match: {} } }],
    [{ conditional_at_least_one_of: { if_field: 'a', if_match: {}, then_at_least_one_of: ['b'] } }],
    [{ custom_entity_check: { field_sources: ['b'], fn: () => undefined } }],
  ])('refuses the check %j of a field that is not there', (check) => {
    const schema = { fields: { a: { type: 'string' } }, entity_checks: [check] } as const
    expect(() => defineRecord(schema)).toThrow(
      expect.objectContaining({ code: 'POSTERN_SCHEMA_CHECK_FIELD_UNKNOWN' }),
    )
  })

  it.each([
    [{ type: 'string', match: '(' }],
    [{ type: 'string', not_match: '(' }],
    [{ type: 'string', match_none: [{ pattern: '(', err: 'x' }] }],
    [{ type: 'string', match_any: { patterns: ['('], err: 'x' } }],
    [{ type: 'array', elements: { type: 'string', match: '(' } }],
    [{ type: 'map', keys: { type: 'string', match: '(' }, values: { type: 'string' } }],
    [{ type: 'record', fields: { a: { type: 'string', match: '(' } } }],
  ] as const)('refuses the pattern in %j', (field) => {
    expect(() => defineRecord({ fields: { f: field } })).toThrow(
      expect.objectContaining({ code: 'POSTERN_SCHEMA_PATTERN_INVALID' }),
    )
  })

  it('does not compile with a type that does not exist', () => {
    // @ts-expect-error: there is no such type
    expect(defineRecord({ fields: { a: { type: 'text' } } })).toBeDefined()
  })
})
