import { describe, expect, it } from 'vitest'
import { defineRecord, reflectSchema, typedefs } from './index.ts'

describe('reflectSchema()', () => {
  it('shows fields in order, each as an object with one key, without functions', () => {
    const schema = defineRecord({
      fields: {
        host: { ...typedefs.host, required: true },
        config: {
          type: 'record',
          fields: { names: { type: 'array', elements: { type: 'string' }, default: ['a'] } },
        },
        limit: { type: 'number', between: [0, Number.POSITIVE_INFINITY] },
      },
      entity_checks: [
        { at_least_one_of: ['host', 'limit'] },
        { custom_entity_check: { field_sources: ['host'], fn: () => undefined } },
      ],
      shorthand_fields: { url: { type: 'string', func: () => ({}) } },
    })
    expect(JSON.parse(JSON.stringify(reflectSchema(schema)))).toEqual({
      fields: [
        { host: { type: 'string', required: true } },
        {
          config: {
            type: 'record',
            required: true,
            fields: [{ names: { type: 'array', elements: { type: 'string' }, default: ['a'] } }],
          },
        },
        { limit: { type: 'number', between: [0, 'inf'] } },
      ],
      entity_checks: [
        { at_least_one_of: ['host', 'limit'] },
        { custom_entity_check: { field_sources: ['host'] } },
      ],
    })
  })

  it('keeps what a foreign field refers to and how rows are deleted', () => {
    const fields = { shop: { type: 'foreign', reference: 'shops', on_delete: 'cascade' } } as const
    expect(reflectSchema({ fields })).toEqual({
      fields: [{ shop: { type: 'foreign', reference: 'shops', on_delete: 'cascade' } }],
      entity_checks: [],
    })
  })
})
