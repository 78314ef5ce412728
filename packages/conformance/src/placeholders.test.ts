import { expect, it } from 'vitest'
import { createPlaceholders } from './placeholders.ts'

const ID = 'cafe'.repeat(8)
const UUID = '00000000-0000-4000-8000-000000000001'
const OTHER = '00000000-0000-4000-8000-000000000002'

it.each<[recorded: string, got: string, matches: boolean]>([
  ['a.b', 'a.b', true],
  ['a.b', 'axb', false],
  ['<ms>', '12', true],
  ['<ms>', '1.5', false],
  ['<date>', 'Sat, 21 Nov 2026 12:00:00 GMT', true],
  ['<date>', 'yesterday', false],
  ['id=<request_id>.', `id=${ID}.`, true],
  ['id=<request_id>.', `id=${ID}x`, false],
  ['<uuid:1>', UUID, true],
  ['<uuid:1>', 'no uuid', false],
  ['<p>text</p>', '<p>text</p>', true],
  ['<p><ms></p>', '<p>7</p>', true],
  ['<p><ms></p>', '<b>7</b>', false],
])('%j takes %j: %j', (recorded, got, matches) => {
  expect(createPlaceholders().match(recorded, got)).toBe(matches)
})

it('takes the same number for the same id', () => {
  const placeholders = createPlaceholders()
  expect(placeholders.match('<uuid:1> <uuid:2> <uuid:1>', `${UUID} ${OTHER} ${UUID}`)).toBe(true)
  expect(placeholders.match('<uuid:1>', OTHER)).toBe(false)
  expect(createPlaceholders().match('<uuid:1>', OTHER)).toBe(true)
})

it('takes one request id for a whole exchange', () => {
  const placeholders = createPlaceholders()
  expect(placeholders.match('<request_id>', ID)).toBe(true)
  expect(placeholders.match('<request_id>', 'beef'.repeat(8))).toBe(false)
})
