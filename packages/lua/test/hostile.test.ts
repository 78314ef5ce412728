import { readFileSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import { checkLua, createLua, hostTable, ngxRegexFunctions } from '../src/index.ts'

interface Attack {
  readonly name: string
  readonly source: string
  /** How it ends: out of a budget, as a Lua error, or in time. */
  readonly ends: readonly string[]
}

const attacks = JSON.parse(
  readFileSync(new URL('cases/attacks.json', import.meta.url), 'utf8'),
) as Attack[]

function endOf(source: string): string {
  try {
    createLua({ mode: 'on', globals: { re: ngxRegexFunctions() } })
      .compile(source)
      .call()
    return 'returned'
  } catch (error) {
    const { code, exceeded } = error as { code?: string; exceeded?: string }
    return exceeded ?? code ?? String(error)
  }
}

describe('a chunk that means harm', () => {
  it.each(attacks)('$name ends as $ends, in time', ({ source, ends }) => {
    const before = process.threadCpuUsage()
    expect(ends).toContain(endOf(source))
    const { user, system } = process.threadCpuUsage(before)
    // On an idle machine 5 to 25 ms; what is not charged for takes seconds.
    expect((user + system) / 1000).toBeLessThan(1000)
  })
})

/** Is at work for so long, however busy the machine is. */
function beAtWork(ms: number): void {
  const before = process.threadCpuUsage()
  const startedAtMs = performance.now()
  for (;;) {
    const { user, system } = process.threadCpuUsage(before)
    if (user + system >= ms * 1000 && performance.now() - startedAtMs >= ms) return
  }
}

describe('a budget', () => {
  it.each([
    'pcall(function() while true do end end) return "went on"',
    'xpcall(function() while true do end end, function() return 1 end) return "went on"',
    'coroutine.resume(coroutine.create(function() while true do end end)) return "went on"',
    'coroutine.wrap(function() pcall(function() while true do end end) end)() return "went on"',
    'local t = setmetatable({}, {__index = function() while true do end end}) pcall(function() return t.x end) return "went on"',
    'pcall(string.gsub, "a", "a", function() while true do end end) return "went on"',
    'pcall(table.sort, {2, 1}, function() while true do end end) return "went on"',
    'pcall(function() local function f() return 1 + f() end f() end) return "went on"',
    'pcall(string.rep, "x", 1e9) return "went on"',
  ])('cannot be caught: %s', (source) => {
    expect(endOf(source)).toMatch(/^(fuel|memory|stack)$/)
  })

  it.each([
    { fuel: 100, ends: 'fuel' },
    { fuel: 100_000, ends: 'returned' },
  ])('of $fuel steps for a loop of 1000 turns: $ends', ({ fuel, ends }) => {
    const chunk = createLua({ fuel }).compile('for i = 1, 1000 do end')
    let end = 'returned'
    try {
      chunk.call()
    } catch (error) {
      end = (error as { exceeded: string }).exceeded
    }
    expect(end).toBe(ends)
  })

  it('is the same for the same work', () => {
    const steps = (): number => {
      const work = 'local t = {} for i = 1, 100 do t[i] = ("x"):rep(i) .. i end table.sort(t)'
      let low = 1
      let high = 1_000_000
      while (low < high) {
        const fuel = Math.floor((low + high) / 2)
        try {
          createLua({ fuel }).compile(work).call()
          high = fuel
        } catch {
          low = fuel + 1
        }
      }
      return low
    }
    expect(steps()).toBe(steps())
  })

  it('is fresh for each call, and after one that ran out', () => {
    const [fn] = createLua().compile('return function(n) for i = 1, n do end return n end').call()
    const { call } = fn as { call: (n: number) => unknown[] }
    expect(() => call.call(fn, 1e9)).toThrow('ran out of steps')
    expect(call.call(fn, 1000)).toEqual([1000])
  })

  it('is used up by the time that the host takes, and by that of setters', () => {
    for (const work of ['slow()', 'host.x = 1', 'local x = host.x']) {
      let calls = 0
      const slow = (): void => {
        calls++
        beAtWork(5)
      }
      const host = hostTable({ get: () => void slow(), set: slow })
      const chunk = createLua({ globals: { slow, host }, fuel: 1_000_000 }).compile(
        `while true do ${work} end`,
      )
      expect(() => chunk.call()).toThrow('ran out of steps')
      // 5 ms are 125,000 steps.
      expect(calls).toBeLessThanOrEqual(8)
    }
  })

  it('is not used up by what the host is held up by others', () => {
    // Takes no time of the processor, as when that is another's.
    const held = (): void => void Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 30)
    const lua = createLua({ globals: { held, slow: () => beAtWork(5) }, fuel: 2_000_000 })
    // 150 ms, which would be 3,750,000 steps.
    const waiting = lua.compile('for i = 1, 5 do held() end return "done"')
    expect(waiting.call()).toEqual(['done'])
    expect(() => lua.compile('held() while true do slow() end').call()).toThrow('out of steps')
  })

  it('is shared by calls through the host, so that going through it is no way around', () => {
    let calls = 0
    const lua = createLua({
      globals: {
        again: (fn) => {
          calls++
          return (fn as { call: (fn: unknown) => never }).call(fn)
        },
      },
    })
    const chunk = lua.compile('local function f() for i = 1, 100 do end return again(f) end f()')
    expect(() => chunk.call()).toThrow(/ran out of steps|stack overflow/)
    expect(calls).toBeLessThan(10_000)
  })
})

describe('source that means harm', () => {
  const deep = (open: string, close: string, count: number, inner = '1'): string =>
    `return ${open.repeat(count)}${inner}${close.repeat(count)}`

  it.each([
    { what: '190 parentheses', source: deep('(', ')', 190), problem: undefined },
    { what: '30,000 parentheses', source: deep('(', ')', 30_000), problem: 'syntax levels' },
    { what: '190 tables', source: deep('{', '}', 190, ''), problem: undefined },
    { what: '30,000 tables', source: deep('{', '}', 30_000, ''), problem: 'syntax levels' },
    { what: '190 calls in calls', source: deep('f(', ')', 190), problem: undefined },
    { what: '15,000 nots', source: deep('not ', '', 15_000), problem: 'syntax levels' },
    { what: '20,000 do', source: 'do '.repeat(20_000), problem: 'syntax levels' },
    { what: '10,000 additions', source: `return 1${'+a'.repeat(10_000)}`, problem: undefined },
    { what: '10,000 indexes', source: `return a${'.a'.repeat(10_000)}`, problem: undefined },
    { what: '10,000 calls of calls', source: `return a${'()'.repeat(10_000)}`, problem: undefined },
    {
      what: '4,000 elseif',
      source: `if a then${' elseif a then'.repeat(4000)} end`,
      problem: undefined,
    },
    { what: '30,000 terms', source: `return 1${'+1'.repeat(30_000)}`, problem: undefined },
    { what: '251 arguments', source: `f(1${',1'.repeat(250)})`, problem: 'too complex' },
    { what: '250 arguments', source: `f(1${',1'.repeat(249)})`, problem: undefined },
    { what: '200 locals', source: 'local a '.repeat(200), problem: undefined },
    {
      what: '201 locals',
      source: 'local a '.repeat(201),
      problem: 'more than 200 local variables',
    },
    { what: '65,536 bytes', source: ' '.repeat(65_536), problem: undefined },
    { what: '65,537 bytes', source: ' '.repeat(65_537), problem: 'more than 65536 bytes' },
    {
      what: '65,536 bytes in fewer characters',
      source: `--${'é'.repeat(32_767)}`,
      problem: undefined,
    },
    {
      what: '65,537 bytes in fewer characters',
      source: `-- ${'é'.repeat(32_767)}`,
      problem: 'more than 65536 bytes',
    },
    { what: '1 MiB', source: ' '.repeat(1024 * 1024), problem: 'more than 65536 bytes' },
    { what: 'bytecode', source: '\u001bLua', problem: 'attempt to load a binary chunk' },
    {
      what: 'words Compartments refuse',
      source: 'return "import(x) eval(y) <!-- -->"',
      problem: undefined,
    },
    {
      what: 'names of JavaScript',
      source: 'local var, this, eval, await = 1 return var',
      problem: undefined,
    },
  ])('$what', ({ source, problem }) => {
    const found = checkLua(source)?.message
    if (problem === undefined) expect(found).toBeUndefined()
    else expect(found).toContain(problem)
    const compiles = (): unknown => createLua().compile(source)
    if (problem === undefined) expect(compiles).not.toThrow()
    else {
      const message = expect.stringContaining(problem)
      expect(compiles).toThrow(expect.objectContaining({ code: 'POSTERN_LUA_SYNTAX', message }))
    }
  })
})
