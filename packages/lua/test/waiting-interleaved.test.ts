// The same calls one after another and all at once: waiting changes nothing but the order.
import * as fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import {
  createLua,
  HostWait,
  type HostValue,
  type Lua,
  type LuaFunction,
  waiting,
} from '../src/index.ts'

/** A statement of a generated function; `%` stands for a number of its own. */
const STATEMENTS = [
  'out[#out + 1] = ask("v%")',
  'out[#out + 1] = ask("v%") .. ask("w%")',
  'for i = 1, % do out[#out + 1] = i end',
  'for i = 1, 3 do out[#out + 1] = ask("l" .. i) end',
  'local ok, problem = pcall(fail, "p%") out[#out + 1] = problem',
  'local ok, problem = pcall(function()\n ask("q%") error("e%") end) out[#out + 1] = problem',
  'local ok, problem = pcall(function() ask("q%") error({ n = % }) end) out[#out + 1] = problem.n',
  'out[#out + 1] = select(2, xpcall(function()\n\n fail("x%") end, debug.traceback))',
  'out[#out + 1] = select(2, xpcall(function() ask("x%") return nil + 1 end, debug.traceback))',
  'local co = coroutine.wrap(function(a) local b = coroutine.yield(ask(a)) return ask(b) end) out[#out + 1] = co("c%") .. co("d%")',
  'kept = kept or coroutine.create(function() for i = 1, 99 do coroutine.yield(ask("k" .. i)) end end) out[#out + 1] = tostring(select(2, coroutine.resume(kept)))',
  'local function leaf() coroutine.yield() error("late%", 2) end local co = coroutine.create(function()\n leaf() end) coroutine.resume(co) ask("m%") out[#out + 1] = select(2, coroutine.resume(co))',
  'local function deep(n) if n == 0 then return ask("n%") end return (deep(n - 1)) end out[#out + 1] = deep(%)',
  'out[#out + 1] = #(("y"):rep(% * 2500))',
  'ask("z%") out[#out + 1] = #table.concat(out, ",")',
  'local t = setmetatable({}, { __index = function(_, k) return k .. "%" end }) ask("t") out[#out + 1] = t.x',
  'out[#out + 1] = select(2, pcall(table.sort, { 2, 1 }, function() return ask("s%") end))',
  'out[#out + 1] = call(function(x) return x .. "%" end)',
  'out[#out + 1] = call(coroutine.wrap(function(x) return x .. coroutine.isyieldable() and 1 or 2 end))',
  'if % > 60 then error("stop%") end',
  'if % > 70 then ask("f%") local x = nil + ask("g%") end',
  'if % > 80 then ask("h%") while true do end end',
  'if % > 80 then ask("h%") local s = "s" while true do s = s .. s ask("big%") end end',
  'if % > 80 then local function down() return 1 + down() end ask("o%") down() end',
] as const

const program = fc
  .array(fc.tuple(fc.constantFrom(...STATEMENTS), fc.integer({ min: 1, max: 99 })), {
    minLength: 1,
    maxLength: 8,
  })
  .map((statements) => {
    const lines = statements.map(([text, n]) => text.replaceAll('%', String(n)))
    const body = lines.map((line) => `do ${line} end`).join('\n')
    return `local kept\nreturn function(...)\nlocal out = { ... }\n${body}\nreturn table.concat(out, "|")\nend`
  })

/** Much fuel: the time that the host takes is charged, and one pause of it must not be noticed. */
const OPTIONS = { fuel: 5_000_000, memory: 200_000 }

/** A host that answers at once, so that nothing waits, or when the test says so. */
class Host {
  readonly lua: Lua
  readonly #pending: (() => void)[] = []
  readonly #answersAtOnce: boolean

  constructor(answersAtOnce: boolean) {
    this.#answersAtOnce = answersAtOnce
    const ask = waiting((name) => this.#answer(() => `<${String(name)}>`))
    const fail = waiting((name) =>
      this.#answer(() => {
        throw new Error(`no ${String(name)}`)
      }),
    )
    const call = (fn: HostValue): HostValue => (fn as LuaFunction).call('x')[0]
    this.lua = createLua({ mode: 'on', ...OPTIONS, globals: { ask, fail, call } })
  }

  #answer(answer: () => string): string | HostWait {
    if (this.#answersAtOnce) return answer()
    const { promise, resolve } = Promise.withResolvers<void>()
    this.#pending.push(resolve)
    return new HostWait(promise.then(answer))
  }

  /** Answers what waits, in an order that the numbers tell, until nothing does. */
  async answerAll(choices: readonly number[]): Promise<void> {
    for (let turn = 0; ; turn++) {
      for (let i = 0; i < 10; i++) await Promise.resolve()
      if (this.#pending.length === 0) return
      const at = (choices[turn % choices.length] as number) % this.#pending.length
      this.#pending.splice(at, 1)[0]?.()
    }
  }
}

/** What came of a call: its text, or how it failed. */
async function outcome(fn: LuaFunction, name: string): Promise<unknown> {
  try {
    const call = fn.callWaiting(name)
    return 'finish' in call ? await call.finish() : call
  } catch (error) {
    const { code, message, exceeded } = error as {
      code: string
      message: string
      exceeded?: string
    }
    return { code, message, exceeded }
  }
}

function functionsOf({ lua }: Host, sources: readonly string[]): LuaFunction[] {
  return sources.map((source, i) => lua.compile(source, `chunk-${i}`).call()[0] as LuaFunction)
}

describe('calls that wait', () => {
  it('come to the same, one after another and all at once', async () => {
    const cases = fc.asyncProperty(
      fc.array(program, { minLength: 2, maxLength: 6 }),
      fc.array(fc.nat(1000), { minLength: 1, maxLength: 20 }),
      async (sources, choices) => {
        const alone = new Host(true)
        const expected: unknown[] = []
        for (const [i, fn] of functionsOf(alone, sources).entries()) {
          expected.push(await outcome(fn, `call-${i}`))
        }
        const together = new Host(false)
        const fns = functionsOf(together, sources)
        const running = Promise.all(fns.map((fn, i) => outcome(fn, `call-${i}`)))
        await together.answerAll(choices)
        expect(await running).toEqual(expected)
      },
    )
    await fc.assert(cases, { numRuns: 200 })
  })
})
