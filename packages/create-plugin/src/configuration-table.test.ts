import { describe, expect, it } from 'vitest'
import { configurationTable } from './index.ts'

const table = (fields: Readonly<Record<string, unknown>>) =>
  configurationTable({ fields: { config: { type: 'record', fields } } })
const rows = (fields: Readonly<Record<string, unknown>>) => table(fields).split('\n').slice(2)

describe('configurationTable()', () => {
  it('has a head, and a row for each field in order', () => {
    expect(table({ b: { type: 'string' }, a: { type: 'number', default: 1 } })).toBe(
      [
        '| field | type | default | meaning |',
        '| --- | --- | --- | --- |',
        '| `b` | string |  |  |',
        '| `a` | number | `1` |  |',
      ].join('\n'),
    )
  })

  it.each([
    [{ type: 'string', required: true }, 'string | (required) | '],
    [{ type: 'string', required: true, default: 'x' }, 'string | `"x"` | '],
    [{ type: 'boolean', default: false }, 'boolean | `false` | '],
    [{ type: 'string', description: 'What it is.' }, 'string |  | What it is.'],
    [
      { type: 'string', description: 'What it is.', one_of: ['a', 'b'] },
      'string |  | What it is. One of `"a"`, `"b"`.',
    ],
    [{ type: 'integer', between: [1, 3] }, 'integer |  | 1 to 3.'],
    [{ type: 'number', gt: 0 }, 'number |  | Greater than 0.'],
    [
      { type: 'string', len_min: 2, len_max: 9 },
      'string |  | Length at least 2; length at most 9.',
    ],
    [
      { type: 'array', elements: { type: 'string', one_of: ['a'] }, default: [] },
      'array of string | `[]` | Each: one of `"a"`.',
    ],
    [{ type: 'map', values: { type: 'number' } }, 'map to number |  | '],
    [{ type: 'string', default: 'a|b' }, 'string | `"a\\|b"` | '],
    [{ type: 'string', one_of: ['a|b'] }, 'string |  | One of `"a\\|b"`.'],
    [{ type: 'string', description: 'Two\n  lines.' }, 'string |  | Two lines.'],
    [{}, 'any |  | '],
  ])('tells of %j', (field, cells) => {
    expect(rows({ f: field })).toEqual([`| \`f\` | ${cells} |`])
  })

  it('puts the fields of a record below it', () => {
    const inner = {
      x: { type: 'string' },
      y: { type: 'record', fields: { z: { type: 'string' } } },
    }
    expect(rows({ r: { type: 'record', required: true, fields: inner } })).toEqual([
      '| `r` | record |  |  |',
      '| `r.x` | string |  |  |',
      '| `r.y` | record |  |  |',
      '| `r.y.z` | string |  |  |',
    ])
  })

  it.each([{}, { config: { type: 'record' } }, { config: { type: 'record', fields: {} } }])(
    'says that there is nothing: %j',
    (fields) => {
      expect(configurationTable({ fields })).toBe('There is nothing to configure.')
    },
  )
})
