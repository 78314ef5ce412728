import { describe, expect, it } from 'vitest'
import { coerceForm, defineEntity, type Field, typedefs } from './index.ts'

const texts: Field = { type: 'array', elements: { type: 'string' } }
const numbers: Field = { type: 'set', elements: { type: 'integer' } }
const headers: Field = { type: 'map', keys: { type: 'string' }, values: texts }

describe('coerceForm()', () => {
  it.each<[Field, unknown, unknown]>([
    [{ type: 'integer' }, '80', 80],
    [{ type: 'integer' }, '-1', -1],
    [{ type: 'integer' }, 'abc', 'abc'],
    [{ type: 'integer' }, '80x', '80x'],
    [{ type: 'integer' }, '0x50', '0x50'],
    [{ type: 'integer' }, 'Infinity', 'Infinity'],
    [{ type: 'integer' }, '', null],
    [{ type: 'number' }, '1.5', 1.5],
    [{ type: 'number' }, '1e1', 10],
    [{ type: 'boolean' }, 'true', true],
    [{ type: 'boolean' }, 'false', false],
    [{ type: 'boolean' }, 'TRUE', 'TRUE'],
    [{ type: 'boolean' }, '1', '1'],
    [{ type: 'string' }, '12345', '12345'],
    [{ type: 'string' }, '', null],
    [texts, 'a', ['a']],
    [texts, ['a', ''], ['a', null]],
    [texts, '', null],
    [numbers, '1', [1]],
    [numbers, ['1', 'x'], [1, 'x']],
    [headers, { 'x-a': 'b' }, { 'x-a': ['b'] }],
    [headers, 'b', 'b'],
    [
      { type: 'record', fields: { n: { type: 'integer' } } },
      { n: '1', x: '1' },
      { n: 1, x: '1' },
    ],
    [{ type: 'foreign', reference: 'r' }, { id: '' }, { id: null }],
    [{ type: 'foreign', reference: 'r' }, { name: '5' }, { name: '5' }],
  ])('%j: %j becomes %j', (field, value, expected) => {
    expect(coerceForm({ fields: { f: field } }, { f: value })).toEqual({ f: expected })
  })

  it.each<[Field, unknown]>([
    [{ type: 'integer' }, 80],
    [{ type: 'boolean' }, true],
    [{ type: 'string' }, 5],
    [texts, ['a']],
    [texts, { a: 'b' }],
    [texts, null],
    [headers, { 'x-a': ['b'] }],
    [{ type: 'json' }, { a: ['1'] }],
  ])('%j: leaves %j alone', (field, value) => {
    expect(coerceForm({ fields: { f: field } }, { f: value })).toEqual({ f: value })
  })

  it('makes a list of a single value that has a type', () => {
    expect(coerceForm({ fields: { f: numbers } }, { f: 5 })).toEqual({ f: [5] })
  })

  it('leaves unknown names to the check', () => {
    expect(coerceForm({ fields: {} }, { x: '' })).toEqual({ x: '' })
  })

  it.each([['text'], [null], [[1]]])('leaves %j alone, which is no form', (input) => {
    expect(coerceForm({ fields: {} }, input)).toEqual(input)
  })

  it('reads a time to live', () => {
    const keys = defineEntity({ name: 'keys', primary_key: ['id'], ttl: true, fields: {} })
    expect(coerceForm(keys, { ttl: '60' })).toEqual({ ttl: 60 })
  })

  describe('with subschemas', () => {
    const plugins = defineEntity({
      name: 'plugins',
      primary_key: ['id'],
      subschema_key: 'name',
      fields: { name: { type: 'string' }, config: { type: 'record', abstract: true } },
    })
    const tea = {
      fields: {
        config: { type: 'record', fields: { functions: texts, hot: { type: 'boolean' } } },
      },
    } as const
    const subschema = (name: string) => (name === 'tea' ? tea : undefined)
    const config = { functions: 'return 1', hot: 'true' }

    it('reads the configuration of a plugin', () => {
      expect(coerceForm(plugins, { name: 'tea', config }, { subschema })).toEqual({
        name: 'tea',
        config: { functions: ['return 1'], hot: true },
      })
    })

    it('takes the key from the stored plugin when the form has none', () => {
      const options = { subschema, subschemaKey: 'tea' }
      expect(coerceForm(plugins, { config }, options)).toEqual({
        config: { functions: ['return 1'], hot: true },
      })
    })

    it.each([[{ config }], [{ name: 'nope', config }]])('leaves %j alone', (form) => {
      expect(coerceForm(plugins, form, { subschema })).toEqual(form)
    })
  })

  it('reads shorthand fields, and keeps __proto__ a name like others', () => {
    const schema = {
      fields: { host: typedefs.host },
      shorthand_fields: { port: { type: 'integer', func: () => ({}) } },
    } as const
    expect(coerceForm(schema, { port: '80' })).toEqual({ port: 80 })
    const form: unknown = JSON.parse('{"__proto__":"x"}')
    expect(Object.entries(coerceForm(schema, form) as object)).toEqual([['__proto__', 'x']])
  })
})
