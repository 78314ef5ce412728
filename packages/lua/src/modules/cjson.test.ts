import { describe, expect, it } from 'vitest'
import { createLua } from '../lua.ts'

const run = (source: string): unknown[] =>
  createLua({ extraGlobals: ['setmetatable'] })
    .compile(`local cjson, safe = require "cjson", require "cjson.safe" return ${source}`)
    .call()

describe('cjson.encode()', () => {
  it.each([
    ['nil', 'null'],
    ['cjson.null', 'null'],
    ['1', '1'],
    ['1.5', '1.5'],
    ['1/3', '0.33333333333333'],
    ['1e15', '1e+15'],
    ['"a/b\\"c\\n\\1\\127"', '"a\\/b\\"c\\n\\u0001\\u007f"'],
    ['"é"', '"é"'],
    ['{}', '{}'],
    ['cjson.empty_array', '[]'],
    ['setmetatable({}, cjson.empty_array_mt)', '[]'],
    ['setmetatable({}, cjson.array_mt)', '[]'],
    ['cjson.decode("[]")', '[]'],
    ['{1, "two", {three = 3}}', '[1,"two",{"three":3}]'],
    ['{1, nil, 3}', '[1,null,3]'],
    ['{[1] = 1, [3] = 3}', '[1,null,3]'],
    ['{1, x = 2}', '{"1":1,"x":2}'],
    ['{[1.5] = 1}', '{"1.5":1}'],
  ])('writes %s as %s', (value, json) => {
    expect(run(`cjson.encode(${value})`)).toEqual([json])
  })

  it.each([
    ['print', 'Cannot serialise function: type not supported'],
    ['0/0', 'Cannot serialise number: must not be NaN or Infinity'],
    ['{[100] = 1}', 'Cannot serialise table: excessively sparse array'],
    ['{[true] = 1}', 'Cannot serialise table: table key must be a number or string'],
    [
      '(function() local t = {} t.t = t return t end)()',
      'Cannot serialise, excessive depth (1001)',
    ],
  ])('refuses %s', (value, message) => {
    expect(() => run(`cjson.encode(${value})`)).toThrow(message)
    expect(run(`safe.encode(${value})`)).toEqual([undefined, message])
  })

  it('writes what it was told to', () => {
    expect(
      run(`(function()
        cjson.encode_escape_forward_slash(false)
        cjson.encode_empty_table_as_object(false)
        cjson.encode_sparse_array(true)
        cjson.encode_number_precision(3)
        return cjson.encode({ "a/b", {}, 1/3 }), cjson.encode({ [100] = 1 }), cjson.new().encode({})
      end)()`),
    ).toEqual(['["a/b",[],0.333]', '{"100":1}', '{}'])
  })
})

describe('cjson.decode()', () => {
  it.each([
    ['{"a":[1,2.5,-3e2],"b":null,"c":true}', { a: [1, 2.5, -300], b: null, c: true }],
    ['  [ ]  ', []],
    ['{}', {}],
    ['"\\u00e9\\ud83d\\ude00\\n\\/"', 'é😀\n/'],
    ['[[],{}]', [[], {}]],
    ['0x1f', 31],
  ])('reads %s', (json, value) => {
    expect(createLua().compile('return require("cjson").decode(...)').call(json)).toEqual([value])
  })

  it.each([
    ['', 'Expected value but found T_END at character 1'],
    ['{', 'Expected object key string but found T_END at character 2'],
    ['{"a" 1}', 'Expected colon but found T_NUMBER at character 6'],
    ['{"a":1 "b"}', 'Expected comma or object end but found T_STRING at character 8'],
    ['[1 2]', 'Expected comma or array end but found T_NUMBER at character 4'],
    ['[1,]', 'Expected value but found T_ARR_END at character 4'],
    ['nope', 'Expected value but found invalid token at character 1'],
    ['1 2', 'Expected the end but found T_NUMBER at character 3'],
    ['"abc', 'Expected value but found unexpected end of string at character 5'],
    ['"\\x"', 'Expected value but found invalid escape code at character 1'],
    ['['.repeat(1001), 'Found too many nested data structures (1001)'],
  ])('refuses %s', (json, message) => {
    const lua = createLua()
    expect(lua.compile('return require("cjson.safe").decode(...)').call(json)).toEqual([
      undefined,
      message,
    ])
    expect(() => lua.compile('return require("cjson").decode(...)').call(json)).toThrow(message)
  })

  it('takes no other than one argument', () => {
    expect(() => run('cjson.decode()')).toThrow('expected 1 argument')
    expect(() => run('cjson.encode()')).toThrow('expected 1 argument')
  })
})
