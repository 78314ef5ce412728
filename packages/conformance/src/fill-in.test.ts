import { describe, expect, it } from 'vitest'
import { fillIn } from './fill-in.ts'
import type { Json } from './http-case.ts'

const SAVED = new Map<string, Json | undefined>([
  ['id', 'abc'],
  ['port', 8080],
  ['list', [1, 2]],
])

describe('fillIn()', () => {
  it.each<{ value: Json; filled: Json }>([
    { value: '/services/{{id}}', filled: '/services/abc' },
    { value: '{{port}}', filled: 8080 },
    { value: 'http://x:{{port}}/', filled: 'http://x:8080/' },
    { value: '{{list}}', filled: [1, 2] },
    { value: 'a{{list}}', filled: 'a[1,2]' },
    { value: { '{{id}}': ['{{id}}', { x: '{{port}}' }] }, filled: { abc: ['abc', { x: 8080 }] } },
    { value: '{{unknown}} {{constructor}}', filled: '{{unknown}} {{constructor}}' },
    { value: null, filled: null },
    { value: true, filled: true },
  ])('makes $filled of $value', ({ value, filled }) => {
    expect(fillIn(value, SAVED)).toEqual(filled)
  })
})
