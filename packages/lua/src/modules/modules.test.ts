import { describe, expect, it } from 'vitest'
import { createLua, type HostValue } from '../index.ts'

const NAMES = [
  'base64',
  'cjson',
  'cjson.safe',
  'kong.tools.cjson',
  'kong.tools.http',
  'kong.tools.json',
  'kong.tools.rand',
  'kong.tools.string',
  'kong.tools.table',
  'kong.tools.time',
  'kong.tools.timestamp',
  'kong.tools.uri',
  'kong.tools.utils',
  'kong.tools.uuid',
  'kong.tools.yield',
  'ngx.base64',
  'ngx.re',
  'pl.stringx',
  'pl.tablex',
  'resty.template',
]

const run = (source: string): HostValue[] => createLua({ requires: NAMES }).compile(source).call()

describe('modules', () => {
  it.each(NAMES)('%s is a table, and the same one each time', (name) => {
    const source = `local m = require "${name}" return type(m), m == require "${name}"`
    expect(run(source)).toEqual(['table', true])
  })

  it('are refused by exact name, in the words of Kong', () => {
    const lua = createLua({ requires: ['cjson'] })
    expect(() => lua.compile('require "cjson.safe"').call()).toThrow(
      "chunk:1: require 'cjson.safe' not allowed within sandbox",
    )
  })

  it('that are functions in LuaJIT are functions', () => {
    const lua = createLua({ requires: ['table.clear', 'table.nkeys'] })
    const source =
      'local t = { 1, a = 2 } local n = require "table.nkeys"(t) require "table.clear"(t) return n, next(t)'
    expect(lua.compile(source).call()).toEqual([2, undefined])
  })

  it('pay for functions that the chunk put in the place of ours', () => {
    const source = 'ipairs = function() while true do end end require "kong.tools.table"'
    expect(() => run(source)).toThrow('ran out of steps')
  })
})

describe('functions of modules', () => {
  it.each<[source: string, ...values: HostValue[]]>([
    ['require"kong.tools.string".splitn("a,b,c", ",", 2)', ['a', 'b,c'], 2],
    ['require"kong.tools.string".strip(" x ")', 'x'],
    ['require"kong.tools.string".to_hex("\\1\\255")', '01ff'],
    ['require"kong.tools.string".from_hex("4142")', 'AB'],
    ['require"kong.tools.string".bytes_to_str(2048, "k")', '2.00 KiB'],
    ['require"kong.tools.string".replace_dashes_lower("A-b")', 'a_b'],
    ['require"kong.tools.table".table_path({ a = { b = 1 } }, { "a", "b" })', 1],
    ['require"kong.tools.table".remove_duplicates({ 1, 2, 1 })', [1, 2]],
    ['require"kong.tools.table".add_error({ a = "x" }, "a", "y")', { a: ['x', 'y'] }],
    ['require"kong.tools.uuid".is_valid_uuid(require"kong.tools.uuid".uuid())', true],
    ['#require"kong.tools.rand".get_rand_bytes(9)', 9],
    ['require"kong.tools.uri".normalize("/a/./b/../c%2f%7e//d", true)', '/a/c%2F~/d'],
    ['require"kong.tools.uri".normalize("/../a/..")', '/'],
    ['require"kong.tools.uri".escape("/a b?\\195\\169")', '/a%20b?%C3%A9'],
    ['require"kong.tools.http".encode_args({ a = "b c" })', 'a=b%20c'],
    ['require"kong.tools.cjson".encode({ 1 })', '[1]'],
    ['require"kong.tools.json".decode("[1]")', [1]],
    ['require"kong.tools.time".time() > 1e9', true],
    ['require"kong.tools.timestamp".get_timestamps(1e12).month', 999_302_400_000],
    ['require"kong.tools.yield".in_yield()', false],
    ['require"pl.stringx".strip("--a-", "-")', 'a'],
    ['require"pl.stringx".replace("a.b.c", ".", "%")', 'a%b%c'],
    ['require"pl.stringx".count("aXbX", "X"), require"pl.stringx".endswith("abc", "bc")', 2, true],
    ['require"pl.tablex".deepcompare({ 1, { 2 } }, { 1, { 2 } })', true],
    ['require"pl.tablex".map(function(x) return x * 2 end, { 1, 2 })', [2, 4]],
    ['require"base64".encode("hi?"), require"base64".decode("aGk/")', 'aGk/', 'hi?'],
    ['require"base64".decode("?")', undefined, 'invalid input'],
    ['require"ngx.base64".encode_base64url("\\255\\254")', '__4'],
    ['require"ngx.base64".decode_base64url("aGk_")', 'hi?'],
  ])('%s', (source, ...values) => {
    expect(run(`return ${source}`)).toEqual(values)
  })
})

describe('tables that all chunks share', () => {
  it.each(['array_mt', 'empty_array_mt'])('keep nothing: cjson.%s', (name) => {
    expect(() => run(`require "cjson".${name}.x = 1`)).toThrow(
      `Cannot modify cjson.${name}.x. Protected by the sandbox.`,
    )
  })
})
