import { mkdirSync, mkdtempSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { createLua, type LuaOptions } from '../index.ts'

const run = (source: string, options?: LuaOptions): unknown[] =>
  createLua(options).compile(source).call()

const names = (table: string, options?: LuaOptions): string =>
  run(
    `local n = {} for k in pairs(${table}) do n[#n + 1] = k end table.sort(n) return table.concat(n, " ")`,
    options,
  )[0] as string

describe('the sandbox', () => {
  it.each([
    [
      '_G',
      '_G _VERSION assert bit coroutine error io ipairs jit math next os pairs pcall print require select string table tonumber tostring type unpack xpcall',
    ],
    ['coroutine', 'create isyieldable resume running status wrap yield'],
    ['io', 'type'],
    ['jit', 'arch os version version_num'],
    ['os', 'clock date difftime time'],
    ['string', 'byte char find format gfind gmatch gsub len lower match rep reverse sub upper'],
    [
      'math',
      'abs acos asin atan atan2 ceil cos cosh deg exp floor fmod frexp huge ldexp log log10 max min mod modf pi pow rad random sin sinh sqrt tan tanh',
    ],
    ['bit', 'arshift band bnot bor bswap bxor lshift rol ror rshift tobit tohex'],
  ])('has in %s only what Kong has', (table, expected) => {
    expect(names(table)).toBe(expected)
  })

  it('has what it is told to have besides', () => {
    expect(
      run('return type(setmetatable), type(rawget)', { extraGlobals: ['setmetatable'] }),
    ).toEqual(['function', 'nil'])
  })

  it.each<[extra: string[], source: string, ...values: unknown[]]>([
    [['debug.traceback'], 'return type(debug.traceback), debug.getinfo', 'function', undefined],
    [
      ['os.getenv'],
      'return type(os.getenv), os.execute, type(os.time)',
      'function',
      undefined,
      'function',
    ],
    [['debug'], 'return type(debug.getinfo)', 'function'],
    [['loadstring'], 'return loadstring("return 7")(), load', 7, undefined],
    [['nothing.there', 'string.nothing'], 'return nothing, string.nothing', undefined, undefined],
  ])('is told %j, and %s', (extraGlobals, source, ...values) => {
    expect(run(source, { extraGlobals })).toEqual(values)
  })

  it('keeps what one chunk writes into such a table from others', () => {
    const lua = createLua({ extraGlobals: ['debug.traceback'] })
    lua.compile('debug.traceback = 1 debug.mine = 2').call()
    expect(lua.compile('return type(debug.traceback), debug.mine').call()).toEqual([
      'function',
      undefined,
    ])
  })

  it.each(['string.foo = 1', 'table.foo = 1', 'math[1] = 1', '_G.os.foo = 1', 'bit.x = 1'])(
    'takes no new key in a library: %s',
    (source) => {
      expect(() => run(source)).toThrow(/Cannot modify _G\.\w+\.\w+\. Protected by the sandbox\./)
    },
  )

  it('lets a chunk replace a function for itself, and for nobody else', () => {
    const lua = createLua()
    expect(
      lua.compile('string.upper = function() return "mine" end return ("x"):upper()').call(),
    ).toEqual(['mine'])
    expect(lua.compile('return ("x"):upper()').call()).toEqual(['X'])
  })

  it('keeps globals of a chunk between its calls and from other chunks', () => {
    const lua = createLua()
    const counter = lua.compile('n = (n or 0) + 1 return n')
    expect([counter.call(), counter.call()]).toEqual([[1], [2]])
    expect(lua.compile('return n').call()).toEqual([undefined])
  })

  it.each([
    ['require "os"', "require 'os' not allowed within sandbox"],
    ['require "socket"', "require 'socket' not allowed within sandbox"],
    ['load("return 1")', "attempt to call global 'load' (a nil value)"],
    ['os.exit()', "attempt to call field 'exit' (a nil value)"],
    ['getfenv(0)', "attempt to call global 'getfenv' (a nil value)"],
  ])('refuses %s', (source, message) => {
    expect(() => run(source)).toThrow(message)
  })
})

describe('mode on', () => {
  const folder = mkdtempSync(join(tmpdir(), 'lua-test-'))
  const options: LuaOptions = { mode: 'on', packagePath: [join(folder, '?.lua')] }
  writeFileSync(
    join(folder, 'tea.lua'),
    'loads = (loads or 0) + 1 return { name = ..., n = loads }',
  )
  writeFileSync(join(folder, 'broken.lua'), 'return +')

  it('requires Lua files of the search path, once', () => {
    expect(
      run('return require("tea").name, require("tea") == require("tea"), loads', options),
    ).toEqual(['tea', true, 1])
  })

  it('looks where package.path says, which a chunk may change for itself', () => {
    const away = mkdtempSync(join(tmpdir(), 'lua-tést-$&-'))
    mkdirSync(join(away, 'pot'))
    writeFileSync(join(away, 'pot', 'init.lua'), 'return { name = ... }')
    writeFileSync(join(away, 'old.lua'), 'module(...) kind = "old"')
    const lua = createLua(options)
    const path = lua.compile('return package.path')
    const chunk = lua.compile(`package.path = "${away}/?.lua;;${away}/?/init.lua"
      return require("pot").name, type(require("old")), pcall(require, "tea")`)
    expect(chunk.call()).toEqual([
      'pot',
      'table',
      false,
      `module 'tea' not found:\n\tno file '${away}/tea.lua'\n\tno file '${away}/tea/init.lua'`,
    ])
    expect(path.call()).toEqual(options.packagePath)
  })

  it.each([
    ['package.path = nil require "tea"', "'package.path' must be a string"],
    ['while true do pcall(require, "nothing") end', 'ran out of steps'],
    ['require "nothing"', "module 'nothing' not found:\n\tno file"],
    ['require "broken"', 'unexpected symbol near'],
    ['require "../tea"', "module '../tea' not found"],
    ['os.exit()', 'os.exit would end the gateway'],
    ['load("\\27Lua")()', 'attempt to call a nil value'],
  ])('refuses %s', (source, message) => {
    expect(() => run(source, options)).toThrow(message)
  })

  it('loads source at run time, charged', () => {
    expect(run('return loadstring("return 1 + ...")(41), load("x =")', { mode: 'on' })).toEqual([
      42,
      undefined,
      '[string "x ="]:1: unexpected symbol near \'<eof>\'',
    ])
    expect(() => run('while true do loadstring("return 1") end', { mode: 'on' })).toThrow(
      'ran out of steps',
    )
  })

  it('yields through source that was loaded, whatever is written in it', () => {
    const source = `local call = loadstring("local f = ... return (f(2))")
      local co = coroutine.wrap(function() return call(coroutine.yield) end)
      return co(), co(7)`
    expect(run(source, { mode: 'on' })).toEqual([2, 7])
  })

  it.each([
    ['module("tea") return tea._NAME, package.loaded.tea == tea, kept', ['tea', true, undefined]],
    ['module("a.b", package.seeall) return a.b._PACKAGE, type(a.b.print)', ['a.', 'function']],
    ['module("x", function(m) m.made = 1 end) made = 2 return x.made', [1]],
    ['module("x") module("x") return x._M == x', [true]],
  ])('makes the table of %s', (source, values) => {
    expect(run(source, { mode: 'on' })).toEqual(values)
  })

  it.each([
    ['module("string.format")', "name conflict for module 'string.format'"],
    ['module()', "bad argument #1 to 'module' (string expected, got no value)"],
    ['module("x", 5)', 'attempt to call a number value'],
  ])('refuses %s', (source, message) => {
    expect(() => run(source, { mode: 'on' })).toThrow(message)
  })

  it('shows Lua and its commands no variable of the process', () => {
    const source = 'return os.getenv("PATH"), os.execute("test -z \\"$HOME\\"")'
    expect(process.env.PATH).toBeDefined()
    expect(process.env.HOME).toBeDefined()
    expect(run(source, { mode: 'on' })).toEqual([undefined, 0])
  })

  it('lets the methods of strings be extended', () => {
    expect(
      run('function string.trim(s) return s:match("^%s*(.-)%s*$") end return (" x "):trim()', {
        mode: 'on',
      }),
    ).toEqual(['x'])
  })

  it('prints to where it is told', () => {
    let printed = ''
    run('print(1, nil, "é", {} ~= nil) io.write("a", 2)', {
      mode: 'on',
      print: (text) => (printed += text),
    })
    expect(printed).toBe('1\tnil\té\ttrue\na2')
  })
})

describe('what LuaJIT and OpenResty add', () => {
  it.each([
    ['bit.band(0xff, 0x0f), bit.bor(1, 2), bit.bxor(5, 1), bit.bnot(0)', [15, 3, 4, -1]],
    [
      'bit.lshift(1, 4), bit.rshift(-1, 28), bit.arshift(-16, 2), bit.tobit(0xffffffff)',
      [16, 15, -4, -1],
    ],
    [
      'bit.tohex(255), bit.tohex(255, 4), bit.tohex(-1, -8), bit.bswap(1), bit.rol(1, 31)',
      ['000000ff', '00ff', 'FFFFFFFF', 16777216, -2147483648],
    ],
    [
      '("x"):rep(3, ","), "\\x41\\z  \\u{e9}", tostring(table.isarray({ 1 }))',
      ['x,x,x', 'Aé', 'true'],
    ],
    [
      'table.nkeys({ 1, a = 2 }), table.isempty({}), #table.new(5, 0), table.pack(1, nil).n',
      [2, true, 0, 2],
    ],
    ['table.concat(table.move({ 1, 2, 3 }, 1, 3, 2), " "), #table.clone({ 1, 2 })', ['1 1 2 3', 2]],
    ['string.format("%s %s", nil, true)', ['nil true']],
  ])('%s', (source, answer) => {
    expect(run(`return ${source}`)).toEqual(answer)
  })

  it('knows goto and labels', () => {
    expect(
      run(`
        local out = {}
        for i = 1, 3 do
          for j = 1, 3 do
            if j == 2 then goto continue end
            out[#out + 1] = i .. j
            ::continue::
          end
        end
        local n = 0
        ::again::
        n = n + 1
        if n < 5 then goto again end
        do goto done end
        n = 100
        ::done::
        return table.concat(out, " "), n`),
    ).toEqual(['11 13 21 23 31 33', 5])
    expect(() => run('goto nowhere')).toThrow("no visible label 'nowhere'")
    expect(() => run('::a:: ::a::')).toThrow("label 'a' already defined")
    expect(run('local goto = 1 return goto')).toEqual([1])
  })

  const RESUMED_ELSEWHERE = `
    local function leaf() coroutine.yield() coroutine.yield() error("late", 2) end
    local co = coroutine.create(function()
      leaf()
    end)
    coroutine.resume(co)
    local function deep(n)
      if n > 0 then return (deep(n - 1)) end
      coroutine.resume(co)
      return debug.traceback()
    end
    local lines = deep(12)`

  it('keeps the lines of a coroutine that is resumed from another place', () => {
    const source = `${RESUMED_ELSEWHERE} return select(2, coroutine.resume(co))`
    expect(createLua({ mode: 'on' }).compile(source).call()).toEqual(['chunk:4: late'])
  })

  it('keeps the lines of who resumes a coroutine that began in a shallower place', () => {
    const source = `${RESUMED_ELSEWHERE} return lines`
    const [lines] = createLua({ mode: 'on' }).compile(source).call() as string[]
    const numbers = [...(lines as string).matchAll(/chunk:(\d+)/g)].map(([, line]) => Number(line))
    expect(numbers).toEqual([10, ...Array.from({ length: 12 }, () => 8), 12])
  })

  it('yields across pcall and iterators', () => {
    expect(
      run(`
        local co = coroutine.wrap(function()
          local ok, v = pcall(function() return coroutine.yield(1) + 1 end)
          coroutine.yield(v)
          for x in function() return coroutine.yield("it") end do return x end
        end)
        return co(), co(10), co(), co("end")`),
    ).toEqual([1, 11, 'it', 'end'])
  })
})
