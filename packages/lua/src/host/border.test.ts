import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { createLua, type HostValue, type LuaFunction, multi } from '../index.ts'

const echo = createLua().compile('return ...')

describe('values on their way through Lua and back', () => {
  it.each<[what: string, value: HostValue]>([
    ['a boolean', true],
    ['a number', 1.5],
    ['text', 'grüße 😀'],
    ['a list', [1, 'two', [3]]],
    ['an empty list', []],
    ['an empty object', {}],
    ['null in an object', { a: null }],
    ['null in a list', [1, null, 3]],
    ['bytes that are no UTF-8', new Uint8Array([255, 0, 128])],
    ['names that objects inherit', { toString: 1, constructor: 2, hasOwnProperty: 3 }],
    ['a name that sets a prototype', JSON.parse('{"__proto__":{"polluted":1}}') as HostValue],
    ['digits as names', { '1': 'a', '2': 'b' }],
    ['many names', Object.fromEntries(Array.from({ length: 100 }, (_, i) => [`k${i}`, i]))],
  ])('%s', (_, value) => {
    const [back] = echo.call(value)
    expect(back).toEqual(value)
    expect(JSON.stringify(back)).toBe(JSON.stringify(value))
  })

  it('makes text of bytes that are UTF-8', () => {
    expect(echo.call(new Uint8Array([0xc3, 0xa9]))).toEqual(['é'])
  })

  it('takes null and undefined alone as nil', () => {
    expect(echo.call(null, undefined, 1)).toEqual([undefined, undefined, 1])
  })

  it('keeps any JSON as it is', () => {
    fc.assert(
      fc.property(fc.jsonValue(), (value) => {
        if (value === null) return
        const [back] = echo.call(value)
        expect(JSON.parse(JSON.stringify(back))).toEqual(JSON.parse(JSON.stringify(value)))
      }),
    )
  })

  it('hands a function back as the same function', () => {
    const lua = createLua()
    const [fn] = lua.compile('return function(x) return x * 2 end').call() as [LuaFunction]
    expect(fn.call(21)).toEqual([42])
    expect(lua.compile('local f = ... return f(5)').call(fn)).toEqual([10])
  })

  it.each([
    ['a circle', 'local t = {} t.t = t return t', 'nested in more than 1000 others'],
    ['a coroutine', 'return coroutine.create(print)', 'a thread cannot leave Lua'],
    ['a boolean as key', 'return { [true] = 1 }', 'a table with a boolean as key cannot leave Lua'],
    [
      'what is deep in a table, and says where',
      'return 401, { "x", items = { { a = {} }, { ["é"] = coroutine.create(print) } } }',
      'a thread cannot leave Lua (at items[2].é)',
    ],
    [
      'what is deep beside a circle',
      'local t = { 1 } t[1] = { b = coroutine.create(print), c = t } return t',
      'a thread cannot leave Lua (at [1].b)',
    ],
    [
      'what is too deep to be told',
      'local t = coroutine.create(print) for i = 1, 500 do t = { x = t } end return t',
      /a thread cannot leave Lua$/,
    ],
  ])('refuses %s', (_, source, message) => {
    expect(() => createLua().compile(source).call()).toThrow(message)
  })

  it.each([
    ['cjson.empty_array', []],
    ['{ items = cjson.empty_array, [2] = 1 }', { items: [], 2: 1 }],
    ['{ cjson.empty_array, cjson.null }', [[], null]],
    ['setmetatable({}, cjson.empty_array_mt)', []],
    ['setmetatable({}, cjson.array_mt)', []],
    ['{}', {}],
  ])('hands %s out as JSON has it', (expression, value) => {
    const lua = createLua({ extraGlobals: ['setmetatable'] })
    const source = `local cjson = require "cjson" return ${expression}`
    expect(lua.compile(source).call()).toEqual([value])
  })

  it('refuses a circle of the host', () => {
    const circle: { self?: unknown } = {}
    circle.self = circle
    expect(() => echo.call(circle as HostValue)).toThrow('at most 1000 levels and no circle')
  })

  it.each([[1n], [Symbol('s')]])('refuses %s of the host', (value) => {
    expect(() => echo.call(value as unknown as HostValue)).toThrow('cannot pass into Lua')
  })
})

describe('functions of the host', () => {
  const call = (fn: (...args: HostValue[]) => unknown, source: string): HostValue[] =>
    createLua({ globals: { host: { fn: fn as never } } })
      .compile(source)
      .call()

  it('get what Lua gives and answer one value, several, or none', () => {
    const seen: HostValue[] = []
    const fn = (...args: HostValue[]): unknown => {
      seen.push(...args)
      return args.length === 3 ? multi(undefined, 'why not') : undefined
    }
    expect(call(fn, 'return host.fn(1, "é", { 2 })')).toEqual([undefined, 'why not'])
    expect(seen).toEqual([1, 'é', [2]])
    expect(call(fn, 'return select("#", host.fn())')).toEqual([0])
  })

  it('raise what they throw, at the line of the call', () => {
    const fn = (): never => {
      throw new Error('code must be a number')
    }
    expect(() => call(fn, '\nhost.fn()')).toThrow('chunk:2: code must be a number')
    expect(call(fn, 'return pcall(host.fn)')).toEqual([false, 'code must be a number'])
  })

  it('end everything with a signal, past every pcall', () => {
    const signal = { name: 'signal' }
    const lua = createLua({
      globals: {
        exit: () => {
          throw signal
        },
      },
      isSignal: (error) => error === signal,
    })
    let thrown: unknown
    try {
      lua.compile('pcall(function() pcall(exit) end) return "went on"').call()
    } catch (error) {
      thrown = error
    }
    expect(thrown).toBe(signal)
  })

  it('are tables of each chunk, so that one cannot change them for another', () => {
    const lua = createLua({ globals: { host: { fn: () => 'ours' } } })
    lua.compile('host.fn = function() return "theirs" end host.extra = 1').call()
    expect(lua.compile('return host.fn(), host.extra').call()).toEqual(['ours', undefined])
  })

  it('call functions they are handed as part of the chunk, at once and later', () => {
    const kept: LuaFunction[] = []
    const globals = {
      call: (fn: HostValue) => (fn as LuaFunction).call()[0],
      keep: (fn: HostValue) => void kept.push(fn as LuaFunction),
    }
    const chunk = createLua({ mode: 'on', globals }).compile(`
      function string.twice(s) return s .. s end
      local function fn() return ("x"):twice() .. ("y"):rep(50000):sub(1, 1) end
      keep(fn)
      return call(fn)`)
    expect(chunk.call()).toEqual(['xxy'])
    const { allocatedBytes } = chunk
    expect(kept[0]?.call()).toEqual(['xxy'])
    expect(chunk.allocatedBytes).toBeGreaterThan(allocatedBytes + 50_000)
  })

  it('pass an error of a Lua function they call on as it is', () => {
    const fn = (f: HostValue): unknown => (f as LuaFunction).call()[0]
    expect(() => call(fn, 'host.fn(function()\nerror("inner") end)')).toThrow(/^chunk:2: inner$/)
  })
})

describe('errors', () => {
  it.each([
    ['error("text")', 'chunk:1: text', 'chunk:1: text'],
    ['error("text", 0)', 'text', 'text'],
    ['error(42)', 'chunk:1: 42', 'chunk:1: 42'],
    [
      'error({ status = 500 })',
      '(error object is a table value)',
      expect.stringMatching(/^table: 0x/),
    ],
    ['error()', 'nil', undefined],
    [
      'error(setmetatable({}, { __tostring = function() while true do end end }))',
      '(error object is a table value)',
      expect.anything(),
    ],
  ])('%s', (source, message, value) => {
    let thrown: unknown
    try {
      createLua({ mode: 'on' }).compile(source).call()
    } catch (error) {
      thrown = error
    }
    expect(thrown).toMatchObject({ code: 'POSTERN_LUA_RUNTIME', message })
    expect((thrown as { value: unknown }).value).toEqual(value)
  })
})
