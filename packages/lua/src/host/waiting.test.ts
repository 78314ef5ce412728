// One file because all of it needs the same: a desk at which calls wait until the test has answered.
import { describe, expect, it } from 'vitest'
import {
  createLua,
  HostWait,
  type HostValue,
  type LuaChunk,
  type LuaFunction,
  type LuaOptions,
  type LuaWaitingCall,
  multi,
  waiting,
} from '../index.ts'

/** What Lua asks of the host and the test answers, in any order. */
class Desk {
  readonly asked = new Map<string, PromiseWithResolvers<HostValue>>()
  readonly aborted: string[] = []

  readonly ask = waiting((name) => {
    const question = Promise.withResolvers<HostValue>()
    this.asked.set(String(name), question)
    return new HostWait(question.promise, () => void this.aborted.push(String(name)))
  })

  async answer(name: string, value: HostValue): Promise<void> {
    this.asked.get(name)?.resolve(value)
    await settled()
  }

  async fail(name: string, error: unknown): Promise<void> {
    this.asked.get(name)?.reject(error)
    await settled()
  }
}

/** More turns than an answer needs on its way. */
async function settled(): Promise<void> {
  for (let i = 0; i < 10; i++) await Promise.resolve()
}

function setUp(options: LuaOptions = {}) {
  const desk = new Desk()
  const { globals, ...rest } = options
  const lua = createLua({ mode: 'on', ...rest, globals: { ask: desk.ask, ...globals } })
  return { desk, lua }
}

const now = waiting((value) => new HostWait(Promise.resolve(value)))
const never = waiting(() => new HostWait(new Promise(() => {})))
const fails = waiting(() => new HostWait(Promise.reject(new Error('no luck'))))
const values = waiting(() => new HostWait(Promise.resolve(multi(undefined, 'and why', 3))))
const known = waiting((value) => value)
const GLOBALS = { now, never, fails, values, known }

/** Runs a chunk to its end; what it fails with is its message. */
async function run(source: string, options: LuaOptions = {}): Promise<HostValue[] | string> {
  const lua = createLua({ mode: 'on', ...options, globals: { ...GLOBALS, ...options.globals } })
  try {
    return await finished(lua.compile(source))
  } catch (error) {
    return (error as Error).message
  }
}

function finished(fn: LuaChunk | LuaFunction, ...args: HostValue[]) {
  const call = fn.callWaiting(...args)
  return 'finish' in call ? call.finish() : call
}

function waits(call: HostValue[] | LuaWaitingCall): LuaWaitingCall {
  if (!('finish' in call)) throw new Error('the call has not waited')
  return call
}

describe('callWaiting()', () => {
  it.each<[source: string, ...expected: HostValue[]]>([
    ['return now(1)', 1],
    ['return now(1) + now(2)', 3],
    ['return values()', undefined, 'and why', 3],
    ['local a, b = values() return b, a', 'and why', undefined],
    ['return select("#", now())', 0],
    ['return { now(1), now { a = 2 } }', [1, { a: 2 }]],
    ['local t = { now = now } function t:twice(x) return self.now(x) * 2 end return t:twice(4)', 8],
    [
      'local function f(n) if n == 0 then return now("end") end return f(n - 1) end return f(9)',
      'end',
    ],
    ['local s = 0 for i = 1, 50 do s = s + now(i) end return s', 1275],
    [
      'local i = 0 for x in function() i = i + 1 return now(i < 4 and i or nil) end do end return i',
      4,
    ],
    ['return pcall(now, 7)', true, 7],
    ['return pcall(function() return now(7), 8 end)', true, 7, 8],
    ['return xpcall(function() return now(7) end, print)', true, 7],
    ['return pcall(fails)', false, 'no luck'],
    ['return pcall(function()\nfails() end)', false, 'chunk:2: no luck'],
    [
      'return select(2, xpcall(function() now()\nfails() end, debug.traceback)):match(":2: no luck")',
      ':2: no luck',
    ],
    ['local t = setmetatable({}, { __call = function(_, x) return now(x) end }) return t(3)', 3],
    ['local f = loadstring("return now(...)") return f(5)', 5],
    ['local f = loadstring("local g = ... return (g(5))") return f(now)', 5],
    [
      'local f = load("return function(o) return (o:ask(6)) end")() return f({ ask = function(_, x) return now(x) end })',
      6,
    ],
    ['return assert(now(false) == false and now(6))', 6],
    ['return known(4), known()', 4],
  ])('answers what %s answers', async (source, ...expected) => {
    expect(await run(source)).toEqual(expected)
  })

  it.each<[source: string, ...expected: HostValue[]]>([
    ['return coroutine.wrap(function(x) return now(x) + 1 end)(1)', 2],
    [
      'local f = coroutine.wrap(function() coroutine.yield(now(1)) return now(2) end) return f(), f()',
      1,
      2,
    ],
    ['local co = coroutine.create(now) return coroutine.resume(co, 9)', true, 9],
    [
      'local co co = coroutine.create(function() now() return coroutine.running() == co end) return coroutine.resume(co)',
      true,
      true,
    ],
    [
      'local co = coroutine.create(function() fails() end) return coroutine.resume(co), coroutine.status(co)',
      false,
      'dead',
    ],
    [
      'local outer = coroutine.wrap(function() local inner = coroutine.wrap(function() local x = now(3) coroutine.yield(x) return now(x * 2) end) coroutine.yield(inner()) return inner() end) return outer(), outer()',
      3,
      6,
    ],
    [
      'now() return pcall(coroutine.yield, 1)',
      false,
      'attempt to yield across metamethod/C-call boundary',
    ],
    [
      'local co = coroutine.create(function(x) while true do x = coroutine.yield(now(x)) end end) local s = 0 for i = 1, 20 do s = s + select(2, coroutine.resume(co, i)) end return s',
      210,
    ],
  ])('waits inside coroutines: %s', async (source, ...expected) => {
    expect(await run(source)).toEqual(expected)
  })

  it.each([
    'table.sort({ 3, 2, 1 }, function(a, b) now() return a < b end)',
    '("x"):gsub("x", function() return now("y") end)',
    'return setmetatable({}, { __index = function() return now(1) end }).x',
    'return setmetatable({}, { __add = function() return now(1) end }) + 1',
    'return tostring(setmetatable({}, { __tostring = function() return now("x") end }))',
    'table.sort({ 2, 1 }, function() return coroutine.wrap(function() return now(true) end)() end)',
    'load(function() return now() end)',
    'back(function() now() end)',
    'back(coroutine.wrap(function() now() end))',
  ])('cannot wait where a function in between cannot be suspended: %s', async (source) => {
    const back = (fn: HostValue): HostValue[] => (fn as LuaFunction).callWaiting() as HostValue[]
    const text = 'attempt to yield across C-call boundary'
    const body = `local ok, problem = pcall(function() ${source} end) return ok, problem, now(1)`
    expect(await run(body, { globals: { back } })).toEqual([
      false,
      expect.stringContaining(text),
      1,
    ])
  })

  it('answers at once where nothing has waited', () => {
    const { lua } = setUp()
    expect(lua.compile('return ask and 1').callWaiting()).toEqual([1])
    expect(lua.compile('return 2').callWaiting()).toEqual([2])
  })

  it('fails in plain calls, and in chunks that make the name out of parts', async () => {
    const { lua } = setUp()
    const text = 'attempt to yield across C-call boundary'
    expect(() => lua.compile('return ask("a")').call()).toThrow(text)
    expect(() => lua.compile('return coroutine.wrap(ask)("a")').call()).toThrow(text)
    const hidden = 'for name, f in pairs(getmetatable and all or {}) do return f("a") end'
    expect(await run(hidden, { globals: { all: { now } } })).toContain(text)
  })

  it('keeps a function with its locals, and runs it again and again', async () => {
    const source = 'local n = 0 return function(x) n = n + 1 return now(x), n end'
    const lua = createLua({ globals: GLOBALS })
    const [fn] = (await finished(lua.compile(source))) as LuaFunction[]
    expect(await finished(fn as LuaFunction, 'a')).toEqual(['a', 1])
    expect(await finished(fn as LuaFunction, 'b')).toEqual(['b', 2])
  })
})

describe('calls that wait at the same time', () => {
  it('get each their own answer, in whichever order', async () => {
    const { desk, lua } = setUp()
    const chunk = lua.compile('local name = ... return name, ask(name), coroutine.running()')
    const calls = ['a', 'b', 'c'].map((name) => waits(chunk.callWaiting(name)).finish())
    for (const name of ['c', 'a', 'b']) await desk.answer(name, `for ${name}`)
    expect(await Promise.all(calls)).toEqual([
      ['a', 'for a', undefined],
      ['b', 'for b', undefined],
      ['c', 'for c', undefined],
    ])
  })

  it('have budgets of their own', async () => {
    const { desk, lua } = setUp({ fuel: 200_000, memory: 300_000 })
    const loop = 'for i = 1, 10000 do end'
    const chunk = lua.compile(`${loop} local n = ask(...) for i = 1, n do end return "done"`)
    const calls = ['a', 'b', 'c'].map((name) => waits(chunk.callWaiting(name)).finish())
    const ended = expect(calls[1]).rejects.toMatchObject({ exceeded: 'fuel' })
    await desk.answer('b', 1e9)
    await ended
    for (let i = 0; i < 20; i++) lua.compile(loop).call()
    await desk.answer('a', 10)
    await desk.answer('c', 10)
    expect(await calls[0]).toEqual(['done'])
    expect(await calls[2]).toEqual(['done'])
  })

  it('count what they allocate over all their parts', async () => {
    const { desk, lua } = setUp({ memory: 300_000 })
    const source = 'local kept = ("x"):rep(200000) ask(1) return #kept + #(("y"):rep(200000))'
    const chunk = lua.compile(source)
    const call = waits(chunk.callWaiting()).finish()
    const ended = expect(call).rejects.toMatchObject({ exceeded: 'memory' })
    const before = chunk.allocatedBytes
    expect(before).toBeGreaterThan(200_000)
    await desk.answer('1', 0)
    await ended
    expect(chunk.allocatedBytes).toBeGreaterThan(before)
    expect(chunk.allocatedBytes).toBeLessThanOrEqual(300_000)
  })

  it('tell their own lines and name', async () => {
    const { desk, lua } = setUp()
    const source = (extra: string): string =>
      `local function inner(name)\n${extra}\nask(name)\nerror("ended", 2)\nend\n${extra}\ninner(...)`
    const names = ['', '\n', '\n\n'].map((extra, i) => ({ extra, name: `chunk-${i}` }))
    const calls = names.map(({ extra, name }) =>
      waits(lua.compile(source(extra), name).callWaiting(name)).finish(),
    )
    const told = Promise.allSettled(calls)
    for (const { name } of names.toReversed()) {
      lua
        .compile('local function f(n) if n > 0 then return 1 + f(n - 1) end return 0 end f(50)')
        .call()
      await desk.answer(name, 0)
    }
    const messages = (await told).map((one) => (one as { reason: Error }).reason.message)
    expect(messages).toEqual(['chunk-0:7: ended', 'chunk-1:9: ended', 'chunk-2:11: ended'])
  })

  it('keep the lines of a coroutine that stands still meanwhile', async () => {
    const { desk, lua } = setUp()
    const source = `local function leaf() coroutine.yield()
      error("here", 2) end
      local co = coroutine.create(function()
        leaf()
      end)
      coroutine.resume(co)
      ask(...)
      return coroutine.resume(co)`
    const call = waits(lua.compile(source).callWaiting('a')).finish()
    lua
      .compile(
        `${'\n'.repeat(90)} local f = function(g, ...) return (g(...)) end f(f, f, f, f, type, 1)`,
      )
      .call()
    await desk.answer('a', 0)
    expect(await call).toEqual([false, 'chunk:4: here'])
  })

  it('do not resume a coroutine of another that waits', async () => {
    const { desk, lua } = setUp()
    const source = `co = co or coroutine.create(function(name) return ask(name) end)
      return coroutine.resume(co, ...)`
    const chunk = lua.compile(source)
    const first = waits(chunk.callWaiting('a')).finish()
    expect(chunk.callWaiting('b')).toEqual([false, 'cannot resume running coroutine'])
    await desk.answer('a', 1)
    expect(await first).toEqual([true, 1])
    expect(chunk.callWaiting('c')).toEqual([false, 'cannot resume dead coroutine'])
  })

  it('know the strings of their own chunk', async () => {
    const { desk, lua } = setUp()
    const chunks = ['one', 'two'].map((word) =>
      lua.compile(`function string.word() return "${word}" end ask("${word}") return ("x"):word()`),
    )
    const calls = chunks.map((chunk) => waits(chunk.callWaiting()).finish())
    await desk.answer('two', 0)
    await desk.answer('one', 0)
    expect(await Promise.all(calls)).toEqual([['one'], ['two']])
  })

  it('leave nothing behind for calls that do not wait', async () => {
    const { desk, lua } = setUp()
    const deep =
      'local function f(n) if n == 0 then return ask("a") end return (f(n - 1)) end return f(1500)'
    const call = waits(lua.compile(deep).callWaiting()).finish()
    expect(lua.compile(deep.replace('ask("a")', '1')).call()).toEqual([1])
    await desk.answer('a', 2)
    expect(await call).toEqual([2])
  })
})

describe('a wait', () => {
  it('lets signals of the host pass through pcall', async () => {
    const signal = new Error('signal')
    const { desk, lua } = setUp({ isSignal: (error) => error === signal })
    const call = waits(lua.compile('return pcall(ask, "a")').callWaiting()).finish()
    const told = expect(call).rejects.toBe(signal)
    await desk.fail('a', signal)
    await told
  })

  it('runs each part that follows within what the host gives', async () => {
    const { desk, lua } = setUp({ globals: { who: () => who } })
    let who = 'nobody'
    const call = waits(lua.compile('return who(), ask("a"), who(), ask("b"), who()').callWaiting())
    const done = call.finish((part) => {
      who = 'me'
      part()
      who = 'nobody'
    })
    await desk.answer('a', 1)
    await desk.answer('b', 2)
    expect(await done).toEqual(['nobody', 1, 'me', 2, 'me'])
    expect(who).toBe('nobody')
  })

  it.each([
    ['in pcall', 'pcall(ask, "a")'],
    ['in xpcall', 'xpcall(function() ask("a") end, function() end)'],
    ['in a coroutine', 'coroutine.wrap(function() pcall(ask, "a") end)()'],
    ['plainly', 'ask("a")'],
  ])(
    'is ended by the host, %s: what is waited for is aborted, and nothing runs on',
    async (_, wait) => {
      const { desk, lua } = setUp({ globals: { note: () => void noted++ } })
      let noted = 0
      const call = waits(
        lua.compile(`note()\n${wait}\nnote() while true do pcall(note) end`).callWaiting(),
      )
      const told = expect(call.finish()).rejects.toMatchObject({
        code: 'POSTERN_LUA_BUDGET',
        exceeded: 'time',
        message: 'chunk:2: the function ran out of time',
      })
      call.end()
      call.end()
      await told
      expect([desk.aborted, noted]).toEqual([['a'], 1])
      await desk.answer('a', 1)
      expect(noted).toBe(1)
      expect(lua.compile('return 1').call()).toEqual([1])
    },
  )

  it('that is ended leaves its chunk with what it has allocated, and no more', async () => {
    const { lua } = setUp()
    const chunk = lua.compile('local kept = ("x"):rep(100000) ask("a")')
    const call = waits(chunk.callWaiting())
    const told = expect(call.finish()).rejects.toMatchObject({ exceeded: 'time' })
    call.end()
    await told
    expect(chunk.allocatedBytes).toBeGreaterThan(100_000)
    expect(chunk.allocatedBytes).toBeLessThan(200_000)
  })

  it('is not ended once it is over', async () => {
    const { desk, lua } = setUp()
    const call = waits(lua.compile('return ask("a")').callWaiting())
    const done = call.finish()
    await desk.answer('a', 1)
    call.end()
    expect([await done, desk.aborted]).toEqual([[1], []])
  })

  it('is ended also by what runs in between', async () => {
    const { desk, lua } = setUp({ globals: { stop: () => call.end() } })
    const call = waits(lua.compile('ask("a") stop() ask("b") return 1').callWaiting())
    const told = expect(call.finish()).rejects.toMatchObject({ exceeded: 'time' })
    await desk.answer('a', 1)
    await told
    expect(desk.aborted).toEqual(['b'])
  })

  it('is ended from inside another call, which goes on', async () => {
    const { lua } = setUp({ globals: { stop: () => call.end() } })
    const call = waits(lua.compile('ask("a")').callWaiting())
    const told = expect(call.finish()).rejects.toMatchObject({ exceeded: 'time' })
    const other = 'local ok, problem = pcall(function()\nstop() error("x") end) return problem'
    expect(lua.compile(other, 'other').call()).toEqual(['other:2: x'])
    await told
  })

  it('ends with the budget of its call, wherever it stands', async () => {
    expect(await run('pcall(function() while true do now(1) end end)', { fuel: 50_000 })).toMatch(
      /^chunk:1: the function ran out of steps$/,
    )
  })
})
