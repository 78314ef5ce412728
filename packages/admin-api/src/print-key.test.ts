import { describe, expect, it } from 'vitest'
import { printKey } from './print-key.ts'

describe('printKey()', () => {
  it.each([
    { key: { id: 'x' }, text: '{id="x"}' },
    {
      key: { service: { id: 'x' }, name: 'tea', consumer: null, route: null },
      text: '{consumer=null,name="tea",route=null,service={id="x"}}',
    },
    { key: { limit: 5, on: true }, text: '{limit=5,on=true}' },
    { key: { name: 'a"b' }, text: '{name="a"b"}' },
    { key: {}, text: '{}' },
  ])('writes $text', ({ key, text }) => {
    expect(printKey(key)).toBe(text)
  })
})
