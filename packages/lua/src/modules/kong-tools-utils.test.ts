import { describe, expect, it } from 'vitest'
import { createLua, type HostValue } from '../index.ts'

const run = (source: string): HostValue[] =>
  createLua().compile(`local utils = require "kong.tools.utils" return ${source}`).call()

describe('kong.tools.utils', () => {
  it.each<[source: string, answer: HostValue]>([
    ['utils.split("a,b,,c", ",")', ['a', 'b', '', 'c']],
    ['utils.split("a", ",")', ['a']],
    ['utils.split("a.b", ".")', ['a', 'b']],
    ['utils.split(" a  b ")', ['a', 'b']],
    ['utils.split("a1b2c", "%d", false)', ['a', 'b', 'c']],
    ['utils.split("a,b,c", ",", true, 2)', ['a', 'b,c']],
    ['utils.strip("  a b ")', 'a b'],
    ['utils.strip(nil)', ''],
    ['utils.is_valid_uuid(utils.uuid())', true],
    ['utils.is_valid_uuid("x")', false],
    ['utils.table_contains({ 1, 2 }, 2)', true],
    ['utils.table_contains(nil, 2)', false],
    ['utils.table_merge({ a = 1, b = 1 }, { b = 2 })', { a: 1, b: 2 }],
    ['utils.deep_copy({ a = { b = 1 } })', { a: { b: 1 } }],
    ['utils.cycle_aware_deep_merge({ a = { b = 1 } }, { a = { c = 2 } })', { a: { b: 1, c: 2 } }],
    ['utils.concat({ 1 }, { 2, 3 })', [1, 2, 3]],
    ['utils.table_size({ 1, x = 2 })', 2],
    ['utils.is_array({ 1, 2 })', true],
    ['utils.is_array({ a = 1 })', false],
    ['utils.encode_args({ a = "x y", b = { 1, 2 }, c = true })', 'a=x%20y&b=1&b=2&c'],
    ['utils.decode_args("a=x+y&b=1&b=%32&c")', { a: 'x y', b: ['1', '2'], c: true }],
    ['#utils.random_string()', 32],
    ['#utils.get_random_bytes(5)', 5],
  ])('%s', (source, answer) => {
    expect(run(source)).toEqual([answer])
  })

  it('raises for a text that is none, at the line of the caller', () => {
    expect(() => run('utils.split(nil, ",")')).toThrow(
      "chunk:1: argument 1 expected a 'string' got a 'nil'",
    )
  })
})
