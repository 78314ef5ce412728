import type { Exit } from '@postern/pdk-response'
import * as fc from 'fast-check'
import { afterEach, describe, expect, it, vi } from 'vitest'
import { answerOfJavaScript } from './exit-answer.ts'
import type { ExitFunctionContext } from './exit-function.ts'
import type { CompiledExitFunction } from './exit-function-engine.ts'
import { createCounters } from './function-counters.ts'
import { reduceExit } from './reduce-exit.ts'
import type { CountedFunction, FunctionStep, Surroundings } from './run-function.ts'

const rendered = '{\n  "message":"no Route matched with those values",\n  "request_id":"cafe"\n}'

function exitOf(parts: Partial<Exit> = {}): Exit {
  return {
    status: 401,
    body: { message: 'no key' },
    headers: { 'X-A': '1' },
    source: 'exit',
    kind: 'ordinary',
    reason: 'key-auth.no_key',
    message: 'no key',
    phase: 'access',
    plugin: 'key-auth',
    ...parts,
  }
}

type Step = (s: number, b: unknown, h: ExitInputHeaders) => unknown
type ExitInputHeaders = Readonly<Record<string, unknown>> | undefined

function counted(step: Step, index = 0): CountedFunction {
  const run: CompiledExitFunction = (input) => {
    const returned = step(input.status, input.body, input.headers)
    if (!(returned instanceof Promise)) return answerOfJavaScript(returned, input)
    return returned.then((later: unknown) => answerOfJavaScript(later, input))
  }
  return { name: `exit-transformer[${index + 1}]`, run, counters: createCounters() }
}

function reduction(...steps: readonly Step[]) {
  return reductionWith({}, ...steps)
}

function reductionWith(more: Partial<Surroundings>, ...steps: readonly Step[]) {
  const lines: string[] = []
  const functions = steps.map(counted)
  const around = {
    context: {} as ExitFunctionContext,
    kong: undefined,
    log: { err: (line: unknown) => void lines.push(String(line)) },
    ...more,
  }
  return { lines, functions, reduce: (exit: Exit) => reduceExit(exit, functions, around) }
}

describe('reduceExit()', () => {
  it('answers the very same Exit when there is no function', () => {
    const exit = exitOf()
    expect(reduction().reduce(exit)).toBe(exit)
  })

  it.each<{ name: string; step: Step }>([
    { name: 'returns nothing', step: () => undefined },
    { name: 'returns its arguments', step: (s, b, h) => [s, b, h] },
    { name: 'returns equal copies', step: () => [401, { message: 'no key' }, { 'X-A': '1' }] },
  ])('answers the very same Exit when a function $name', ({ step }) => {
    const exit = exitOf()
    const { reduce, functions } = reduction(step)
    expect(reduce(exit)).toBe(exit)
    expect(functions[0]?.counters).toMatchObject({ calls: 1, failures: 0, kills: 0, changed: 0 })
  })

  it.each<{ name: string; from: Partial<Exit>; step: Step; to: Partial<Exit> }>([
    {
      name: 'changes the status alone',
      from: {},
      step: (_s, b, h) => [418, b, h],
      to: { status: 418 },
    },
    {
      name: 'takes body and headers away when only a status is answered',
      from: {},
      step: () => [402],
      to: { status: 402, body: undefined, headers: undefined },
    },
    {
      name: 'keeps what an object does not name',
      from: {},
      step: () => ({ status: 402 }),
      to: { status: 402 },
    },
    {
      name: 'removes what an object sets to null',
      from: {},
      step: () => ({ body: null, headers: null }),
      to: { body: undefined, headers: undefined },
    },
    {
      name: 'cuts the fraction off a status',
      from: {},
      step: (_s, b, h) => [418.9, b, h],
      to: { status: 418 },
    },
    {
      name: 'hands over a missing body and missing headers as undefined',
      from: { body: undefined, headers: undefined },
      step: (_s, b, h) => ({ body: `${typeof b} ${typeof h}`, headers: { 'Content-Type': 'x/y' } }),
      to: { body: 'undefined undefined', headers: { 'Content-Type': 'x/y' } },
    },
    {
      name: 'hands over JSON text decoded, and an object leaves for the sender to encode',
      from: { body: rendered, headers: { 'Content-Type': 'application/json; charset=utf-8' } },
      step: (_s, b, h) => [404, { said: (b as { message: string }).message }, h],
      to: {
        status: 404,
        body: { said: 'no Route matched with those values' },
        headers: { 'Content-Type': 'application/json; charset=utf-8' },
      },
    },
    {
      name: 'keeps the bytes of a body that no function changed',
      from: { body: rendered },
      step: (_s, b, h) => [200, b, h],
      to: { status: 200, body: rendered },
    },
    {
      name: 'keeps an empty array an array',
      from: { body: '[]' },
      step: (_s, b) => [200, { was: b, isArray: Array.isArray(b) }, { 'X-A': '1' }],
      to: { status: 200, body: { was: [], isArray: true } },
    },
    {
      name: 'sends an HTML page that replaced JSON as HTML',
      from: { headers: { 'Content-Type': 'application/json; charset=utf-8' } },
      step: (s, _b, h) => [s, '<h1>no</h1>', h],
      to: { body: '<h1>no</h1>', headers: { 'Content-Type': 'text/html; charset=utf-8' } },
    },
  ])('$name', ({ from, step, to }) => {
    const exit = exitOf(from)
    expect(reduction(step).reduce(exit)).toEqual({ ...exit, ...to })
  })

  it('gives each function what the one before it answered', () => {
    const { reduce } = reduction(
      (s, b, h) => [s + 1, b, h],
      (s) => ({ body: { seen: s } }),
    )
    expect(reduce(exitOf())).toEqual(exitOf({ status: 402, body: { seen: 402 } }))
  })

  it.each<{ name: string; step: Step; told: string }>([
    {
      name: 'throws',
      step: () => fail(new Error('at 3:7: boom')),
      told: 'failed and was skipped: at 3:7: boom',
    },
    { name: 'throws a string', step: () => fail('boom'), told: 'failed and was skipped: boom' },
    {
      name: 'throws what cannot be shown',
      step: () => fail(unshowable),
      told: 'a value that cannot be shown',
    },
    {
      name: 'rejects',
      step: async () => fail(new Error('later')),
      told: 'failed and was skipped: later',
    },
    {
      name: 'answers null',
      step: () => null,
      told: 'answered nonsense and was skipped: returned null',
    },
    {
      name: 'answers a bad status',
      step: () => [99],
      told: 'status must be from 200 to 599, got 99',
    },
    { name: 'answers a bad body', step: () => [200, 5], told: 'body must be' },
    {
      name: 'answers bad headers',
      step: () => [200, 'x', 'X-A: 1'],
      told: 'headers must be an object',
    },
    {
      name: 'forges a log line',
      step: () => fail(new Error('a\r\nb\u001b[2J')),
      told: 'a\\u000d\\u000ab\\u001b[2J',
    },
  ])('skips a function that $name: its input goes on', async ({ step, told }) => {
    const { reduce, lines, functions } = reduction(step, (s, b, h) => [s + 1, b, h])
    expect(await reduce(exitOf())).toEqual(exitOf({ status: 402 }))
    expect(lines).toEqual([expect.stringContaining('exit-transformer[1] ')])
    expect(lines[0]).toContain(told)
    expect(functions[0]?.counters).toMatchObject({ calls: 1, failures: 1, kills: 0, changed: 0 })
    expect(functions[1]?.counters).toMatchObject({ calls: 1, failures: 0, kills: 0, changed: 1 })
  })

  it.each(['POSTERN_SANDBOX_TIMEOUT', 'POSTERN_SANDBOX_KILLED', 'POSTERN_LUA_BUDGET'])(
    'counts %s as a kill',
    (code) => {
      const { reduce, functions } = reduction(() => fail(Object.assign(new Error('x'), { code })))
      const exit = exitOf()
      expect(reduce(exit)).toBe(exit)
      expect(functions[0]?.counters).toMatchObject({ calls: 1, failures: 0, kills: 1, changed: 0 })
    },
  )

  it.each<{ name: string; step: Step }>([
    { name: 'answers', step: () => [402] },
    { name: 'answers later', step: async () => [402] },
    { name: 'fails', step: () => fail(new Error('x')) },
    { name: 'fails later', step: async () => fail(new Error('x')) },
    { name: 'answers what fails when it is looked at', step: () => [200, 'x', unreadable] },
  ])('observes the time of a function that $name, once', async ({ step }) => {
    const { reduce, functions } = reduction(step)
    await reduce(exitOf())
    await reduce(exitOf())
    const { counts, sum } = (functions[0] as CountedFunction).counters.seconds
    expect(counts.reduce((left, right) => left + right)).toBe(2)
    expect(sum).toBeGreaterThan(0)
  })

  it('skips a function whose answer fails when it is looked at', () => {
    const { reduce, lines, functions } = reduction(() => [200, 'x', unreadable])
    const exit = exitOf()
    expect(reduce(exit)).toBe(exit)
    expect(lines).toEqual(['exit-transformer[1] failed and was skipped: not for you'])
    expect(functions[0]?.counters).toMatchObject({ calls: 1, failures: 1, changed: 0 })
  })

  it('answers a value while all functions are synchronous, and a promise as soon as one is not', () => {
    expect(reduction(() => [402]).reduce(exitOf())).not.toBeInstanceOf(Promise)
    expect(reduction(async () => [402]).reduce(exitOf())).toBeInstanceOf(Promise)
  })

  it('runs functions in order when some answer later', async () => {
    const { reduce } = reduction(
      async (s, b, h) => [s + 1, b, h],
      (s, b, h) => [s * 1 + 1, b, h],
      async (s, b, h) => [s + 1, b, h],
    )
    expect(await reduce(exitOf())).toMatchObject({ status: 404 })
  })

  it('keeps reason, source and message, whatever functions answer', () => {
    const { reduce } = reduction(() => [200, 'ok'])
    const { reason, source, message, kind, plugin } = exitOf()
    expect(reduce(exitOf())).toMatchObject({ reason, source, message, kind, plugin })
  })
})

function fail(error: unknown): never {
  throw error
}

const unshowable = {
  toString(): string {
    throw new Error('no')
  },
}

const unreadable = {
  get 'X-A'(): string {
    throw new Error('not for you')
  },
}

describe('reduceExit() with a limit of time for all functions', () => {
  afterEach(() => vi.restoreAllMocks())

  /** A clock that only functions move. */
  function stopClock() {
    const clock = { nowMs: 5000 }
    vi.spyOn(performance, 'now').mockImplementation(() => clock.nowMs)
    return clock
  }

  function takes(clock: { nowMs: number }, tookMs: number): Step {
    return (s, b, h) => {
      clock.nowMs += tookMs
      return [s + 1, b, h]
    }
  }

  it.each<{ tookMs: readonly number[]; status: number; skipped: readonly number[] }>([
    { tookMs: [499, 0.9, 0], status: 404, skipped: [0, 0, 0] },
    { tookMs: [499, 1, 0], status: 403, skipped: [0, 0, 1] },
    { tookMs: [500, 0, 0], status: 402, skipped: [0, 1, 1] },
    { tookMs: [0, 0, 9000], status: 404, skipped: [0, 0, 0] },
  ])('$tookMs ms of 500: status $status, skipped $skipped', ({ tookMs, status, skipped }) => {
    const clock = stopClock()
    const steps = tookMs.map((ms) => takes(clock, ms))
    const { reduce, functions } = reductionWith({ totalMs: 500 }, ...steps)
    expect(reduce(exitOf())).toMatchObject({ status })
    expect(functions.map(({ counters }) => counters.skipped)).toEqual(skipped)
    expect(functions.map(({ counters }) => counters.calls + counters.skipped)).toEqual([1, 1, 1])
  })

  it('tells each function what is left of it', () => {
    const clock = stopClock()
    const left: (number | undefined)[] = []
    const functions = [200, 299.5, 0.25].map((tookMs, index) => {
      const run: CompiledExitFunction = (_input, _context, _kong, leftMs) => {
        left.push(leftMs)
        clock.nowMs += tookMs
        return { kind: 'unchanged' }
      }
      return { name: `exit-transformer[${index + 1}]`, run, counters: createCounters() }
    })
    const around = { context: {} as ExitFunctionContext, kong: undefined, log: { err: fail } }
    void reduceExit(exitOf(), functions, { ...around, totalMs: 500 })
    void reduceExit(exitOf(), functions.slice(1), around)
    expect(left).toEqual([500, 300, 0.5, Infinity, Infinity])
  })

  it('says so in one line, however many functions it skips', async () => {
    const clock = stopClock()
    const late = async (s: number) => takes(clock, 600)(s, undefined, undefined)
    const rest = Array.from({ length: 499 }, () => takes(clock, 600))
    const { reduce, lines } = reductionWith({ totalMs: 500 }, late, ...rest)
    expect(await reduce(exitOf())).toMatchObject({ status: 402 })
    expect(lines).toEqual([
      'exit-transformer[2] and 498 more were skipped: ' +
        'the functions before took 600 ms, and all have 500 ms',
    ])
  })

  it('has no limit unless one is set', () => {
    const clock = stopClock()
    const steps = [takes(clock, 1e9), takes(clock, 1e9)]
    expect(reduction(...steps).reduce(exitOf())).toMatchObject({ status: 403 })
  })
})

describe('reduceExit() with somebody who watches', () => {
  it('tells what each function did, in order', async () => {
    const told: FunctionStep[] = []
    const { reduce } = reductionWith(
      { onStep: (step) => void told.push(step) },
      (s, b, h) => [s + 1, b, h],
      () => undefined,
      () => fail(Object.assign(new Error('over'), { code: 'POSTERN_LUA_BUDGET' })),
      async () => fail(new Error('later')),
      () => 'nonsense',
    )
    await reduce(exitOf())
    expect(told.map(({ name, outcome, problem }) => [name, outcome, problem])).toEqual([
      ['exit-transformer[1]', 'changed', undefined],
      ['exit-transformer[2]', 'unchanged', undefined],
      ['exit-transformer[3]', 'ended', 'was ended: over'],
      ['exit-transformer[4]', 'failed', 'failed: later'],
      ['exit-transformer[5]', 'failed', expect.stringMatching(/^answered nonsense: returned a/)],
    ])
    expect(told[0]).toMatchObject({ before: { status: 401 }, after: { status: 402 } })
    for (const { before, after } of told.slice(1)) expect(after).toBe(before)
  })

  it('tells of functions that are skipped', () => {
    const told: FunctionStep[] = []
    const around = { totalMs: 0, onStep: (step: FunctionStep) => void told.push(step) }
    void reductionWith(
      around,
      () => undefined,
      () => [200],
    ).reduce(exitOf())
    expect(told.map(({ outcome, tookMs }) => [outcome, tookMs])).toEqual([
      ['unchanged', expect.any(Number)],
      ['skipped', 0],
    ])
  })
})

describe('reduceExit() with whatever a function answers', () => {
  it('answers an Exit that can be sent', () => {
    fc.assert(
      fc.property(fc.oneof(fc.anything(), fc.array(fc.anything(), { maxLength: 4 })), (answer) => {
        const exit = reduction(() => answer).reduce(exitOf()) as Exit
        expect(exit.status).toBeGreaterThanOrEqual(200)
        expect(exit.status).toBeLessThanOrEqual(599)
        expect(Number.isInteger(exit.status)).toBe(true)
        expect(() => JSON.stringify(exit.body)).not.toThrow()
        for (const [name, value] of Object.entries(exit.headers ?? {})) {
          expect(name).toMatch(/^[!#$%&'*+.^_`|~0-9A-Za-z-]+$/)
          expect([value].flat().join()).not.toMatch(/[\r\n\0]/)
        }
      }),
      { numRuns: 2000 },
    )
  })
})
