import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest'
import { createFunctionHost, type FunctionHost, type SwitchedOff } from '../src/index.ts'
import { closeAll, expectGone, later, open, outcome } from './open-hosts.ts'

/** Goes on for ever in V8's own code: with a back reference it cannot do without backtracking. */
const SLOW = '() => { const until = Date.now() + 500; while (Date.now() < until) ; return 7 }'
const NATIVE_LOOP = '() => /^(a|a)*\\1b$/.test("a".repeat(60))'

afterEach(closeAll)

describe('a function in mode sandbox', () => {
  let host: FunctionHost

  beforeAll(async () => {
    host = createFunctionHost({ mode: 'sandbox' })
    await host.start()
  })
  afterAll(() => host.close())

  const call = (source: string, ...args: unknown[]): Promise<unknown> =>
    outcome(host.compile(source, { name: 'fn', timeoutMs: 2_000, steps: 1_000_000 }).call(args))

  it.each([
    { source: '(a, b) => [b, a]', args: [1, { c: [null] }], result: [{ c: [null] }, 1] },
    {
      source: '(a, b) => [a === undefined, b === null]',
      args: [undefined, null],
      result: [true, true],
    },
    { source: '() => {}', args: [], result: undefined },
    { source: '() => null', args: [], result: null },
    { source: 'async (a) => (await Promise.all([a, 2]))', args: [1], result: [1, 2] },
    { source: 'function (a) { return typeof this }', args: [], result: 'undefined' },
    { source: '(a: number): number => a + 1', args: [1], result: 2 },
    { source: 'const b = 1\nexport default (a) => a + b', args: [1], result: 2 },
    { source: '(a) => a.replace(/x/g, "é")', args: ['xx 👍'], result: 'éé 👍' },
    {
      source: '() => Date.now() > 1e12 && Math.random() < 1 && new Date() instanceof Date',
      args: [],
      result: true,
    },
    {
      source: '() => "<!-- -->" + `import(1)` + "eval(2)"',
      args: [],
      result: '<!-- -->import(1)eval(2)',
    },
    { source: '() => /^(a+)+$/.test("a".repeat(60) + "b")', args: [], result: false },
    {
      source: '(a) => { a.push(1); a.sort(); return Object.entries({ a }) }',
      args: [[2]],
      result: [['a', [1, 2]]],
    },
    {
      source: '() => { try { globalThis.a = 1 } catch (e) { return e.name } }',
      args: [],
      result: 'TypeError',
    },
  ])('answers $result for $source', async ({ source, args, result }) => {
    expect(await call(source, ...args)).toEqual(result)
  })

  it.each([
    { source: '() => { for (;;) ; }', code: 'POSTERN_SANDBOX_BUDGET' },
    {
      source: '() => { for (;;) try { for (;;) ; } catch { continue } finally { continue } }',
      code: 'POSTERN_SANDBOX_BUDGET',
    },
    { source: '() => "x".repeat(2 ** 28)', code: 'POSTERN_SANDBOX_BUDGET' },
    { source: '() => Array(1e9).fill(0)', code: 'POSTERN_SANDBOX_BUDGET' },
    { source: '() => Array.from({ length: 5e7 })', code: 'POSTERN_SANDBOX_BUDGET' },
    { source: '() => Array(2 ** 28).join("x")', code: 'POSTERN_SANDBOX_BUDGET' },
    { source: 'async () => { for (;;) await null }', code: 'POSTERN_SANDBOX_BUDGET' },
    {
      source: '() => { const f = () => Promise.resolve().then(f); f() }',
      code: 'POSTERN_SANDBOX_BUDGET',
    },
    { source: '() => ({ get a() { for (;;) ; } })', code: 'POSTERN_SANDBOX_BUDGET' },
    { source: '() => { throw { get message() { for (;;) ; } } }', code: 'POSTERN_SANDBOX_THREW' },
    { source: '() => new Promise(() => {})', code: 'POSTERN_SANDBOX_RESULT' },
    { source: '() => ({ then() {} })', code: 'POSTERN_SANDBOX_RESULT' },
    { source: '() => () => 1', code: 'POSTERN_SANDBOX_RESULT' },
    { source: '() => { throw new Error("x") }', code: 'POSTERN_SANDBOX_THREW' },
    { source: 'async () => { throw 1 }', code: 'POSTERN_SANDBOX_THREW' },
    { source: 'Math.max(1)', code: 'POSTERN_SANDBOX_THREW' },
    { source: 'throw new Error("x"); export default () => 1', code: 'POSTERN_SANDBOX_THREW' },
    { source: 'for (;;) ; export default () => 1', code: 'POSTERN_SANDBOX_BUDGET' },
    { source: 'const f = () => f(); export default f', code: 'POSTERN_SANDBOX_THREW' },
    {
      source: '() => { throw new Proxy({}, { getPrototypeOf() { throw 1 } }) }',
      code: 'POSTERN_SANDBOX_THREW',
    },
  ])('answers $code for $source, in the same process', async ({ source, code }) => {
    const { ended } = host.state()
    expect(await call(source)).toBe(code)
    expect(host.state().ended).toBe(ended)
  })

  it('has no more time than its call is given, and steps in proportion', async () => {
    const limits = { name: 'loop', timeoutMs: 10_000, steps: 1_000_000 }
    const loop = host.compile('(n) => { for (let i = 0; i < n; i++) ; return n }', limits)
    for (const atMostMs of [undefined, 5_000, 20_000]) {
      expect(await outcome(loop.call([400_000], null, atMostMs))).toBe(400_000)
    }
    expect(await outcome(loop.call([400_000], null, 3_000))).toBe('POSTERN_SANDBOX_BUDGET')
  })

  it('reaches nothing of the host, and no evaluator', async () => {
    const names = [
      'process',
      'require',
      'Buffer',
      'fetch',
      'setTimeout',
      'Function',
      'eval',
      'Compartment',
      'WebAssembly',
      'Uint8Array',
      'BigInt',
      'lockdown',
      'harden',
    ]
    expect(await call('(names) => names.filter((name) => name in globalThis)', names)).toEqual([])
    const source =
      '() => { try { return (() => {}).constructor("return 1")() } catch (e) { return e.name } }'
    expect(await call(source)).toBe('TypeError')
  })

  it('keeps what its module holds, and shares it with no other function', async () => {
    const source = 'let n = 0\nexport default () => ++n'
    const first = host.compile(source, { name: 'first', timeoutMs: 1_000 })
    const second = host.compile(source, { name: 'second', timeoutMs: 1_000 })
    expect([await outcome(first.call([])), await outcome(first.call([]))]).toEqual([1, 2])
    expect(await outcome(second.call([]))).toBe(1)
  })

  it.each([
    { source: '(a) => {\n  const b = 1\n  return a.b.c }', place: 'fn:3:14', line: 3, column: 14 },
    { source: '(a) => { for (const x of [1]) { a.b.c } }', place: 'fn:1:37', line: 1, column: 37 },
    { source: '(a: {b?: any}) => {\n  return a.b.c }', place: 'fn:2:14', line: 2, column: 14 },
    {
      source: 'const f = (a) => a.b.c\nexport default (a) => f(a)',
      place: 'fn:1:22',
      line: 1,
      column: 22,
    },
  ])('tells where $source threw', async ({ source, place, line, column }) => {
    const fn = host.compile(source, { name: 'fn', timeoutMs: 1_000 })
    const error = await fn.call([{}]).catch((caught: unknown) => caught)
    expect(error).toMatchObject({ code: 'POSTERN_SANDBOX_THREW', line, column })
    expect((error as Error).message).toMatch(new RegExp(`^${place}: TypeError: Cannot read`))
  })

  it('refuses a source when it is compiled, and tells where', () => {
    expect(() => host.compile('(a) =>\n  import("fs")', { name: 'fn', timeoutMs: 1 })).toThrow(
      expect.objectContaining({ code: 'POSTERN_SANDBOX_SYNTAX', line: 2, column: 3 }) as Error,
    )
  })

  it('refuses arguments that JSON cannot say', async () => {
    const cycle: unknown[] = []
    cycle.push(cycle)
    expect(await call('(a) => a', cycle)).toBe('POSTERN_SANDBOX_ARGUMENTS')
    expect(await call('(a) => a', 'x'.repeat(5_000_000))).toBe('POSTERN_SANDBOX_ARGUMENTS')
  })

  it('does many calls at once, each with its own result', async () => {
    const fn = host.compile('(n) => n * 2', { name: 'fn', timeoutMs: 1_000 })
    const results = await Promise.all(Array.from({ length: 500 }, (_, n) => fn.call([n])))
    expect(results.map(({ result }) => result)).toEqual(
      Array.from({ length: 500 }, (_, n) => n * 2),
    )
  })
})

describe('a function that cannot be stopped inside', () => {
  it('is ended with its process after its deadline, and nobody else is harmed', async () => {
    const host = await open({ spares: 1 })
    const attack = host.compile(NATIVE_LOOP, { name: 'attack', timeoutMs: 50 })
    const canary = host.compile('(n) => n', { name: 'canary', timeoutMs: 1_000 })
    const { pid } = host
    const calls = [attack.call([]), ...[1, 2, 3].map((n) => canary.call([n]))]
    expect(await Promise.all(calls.map(outcome))).toEqual(['POSTERN_SANDBOX_TIMEOUT', 1, 2, 3])
    expect(host.pid).not.toBe(pid)
    await expectGone(pid)
  })

  it('does not hold up the calls behind it', async () => {
    const host = await open({ spares: 2 })
    const attack = host.compile(NATIVE_LOOP, { name: 'attack', timeoutMs: 2_000 })
    const canary = host.compile('(n) => n', { name: 'canary', timeoutMs: 1_000 })
    await untilReady(host, canary)
    let attackIsOver = false
    const attacked = outcome(attack.call([])).then(() => {
      attackIsOver = true
    })
    expect(await Promise.all([1, 2, 3].map((n) => outcome(canary.call([n]))))).toEqual([1, 2, 3])
    expect(attackIsOver).toBe(false)
    await attacked
  })

  it('is refused for a while after a number of ended processes', async () => {
    const told: SwitchedOff[] = []
    const host = await open({
      breaker: { kills: 2, offMs: 60_000 },
      onSwitchedOff: (event) => told.push(event),
    })
    const owner = { id: 'somebody' }
    const attack = host.compile(NATIVE_LOOP, { name: 'attack', owner, timeoutMs: 100 })
    for (let i = 0; i < 2; i++) {
      expect(await outcome(attack.call([]))).toBe('POSTERN_SANDBOX_TIMEOUT')
    }
    expect(await outcome(attack.call([]))).toBe('POSTERN_SANDBOX_SWITCHED_OFF')
    expect(told).toEqual([{ name: 'attack', owner, forMs: 60_000 }])
    expect(host.state().functions[0]?.owner).toBe(owner)
    const canary = host.compile('(n) => n', { name: 'canary', timeoutMs: 1_000 })
    expect(await outcome(canary.call([1]))).toBe(1)
  })

  it('is not blamed for it where its call was given less time than it has', async () => {
    const host = await open({ breaker: { kills: 1, offMs: 60_000 } })
    const attack = host.compile(NATIVE_LOOP, { name: 'attack', timeoutMs: 10_000 })
    await expect(attack.call([], null, 50)).rejects.toThrow('50 ms')
    expect(await outcome(attack.call([], null, 50))).toBe('POSTERN_SANDBOX_TIMEOUT')
    expect(host.state()).toMatchObject({ ended: 2, functions: [{ kills: 0 }] })
  })

  it('is ended when it takes too much memory, before its deadline', async () => {
    const host = await open({ memoryMb: 32 })
    const source = '() => { const a = []; for (;;) a.push({ a: [1, 2, 3] }) }'
    const attack = host.compile(source, { name: 'attack', timeoutMs: 10_000 })
    const codes = ['POSTERN_SANDBOX_BUDGET', 'POSTERN_SANDBOX_KILLED']
    expect(codes).toContain(await outcome(attack.call([])))
    const greedy = host.compile('() => { const a = []; for (;;) a.push([...Array(1e6).keys()]) }', {
      name: 'greedy',
      timeoutMs: 10_000,
    })
    expect(codes).toContain(await outcome(greedy.call([])))
  })

  it('leaves nothing behind that the next one, which takes long, would be ended for', async () => {
    const host = await open({ memoryMb: 32 })
    const source = '() => { const a = []; for (;;) a.push("x".repeat(1e5) + a.length) }'
    const greedy = host.compile(source, { name: 'greedy', timeoutMs: 10_000, steps: 1e8 })
    const slow = host.compile(SLOW, { name: 'slow', timeoutMs: 5_000, steps: 1e12 })
    for (let i = 0; i < 3; i++) {
      expect(await outcome(greedy.call([]))).toMatch(/^POSTERN_SANDBOX_(?:BUDGET|KILLED)$/)
      expect(await outcome(slow.call([]))).toBe(7)
    }
  })

  it('refuses calls when too many wait', async () => {
    const host = await open({ spares: 0, maxWaiting: 2 })
    const attack = host.compile(NATIVE_LOOP, { name: 'attack', timeoutMs: 100 })
    const calls = Array.from({ length: 70 }, () => outcome(attack.call([])))
    expect(await Promise.race(calls.slice(66))).toBe('POSTERN_SANDBOX_OVERLOADED')
    await host.close()
    expect(new Set(await Promise.all(calls))).toContain('POSTERN_SANDBOX_CLOSED')
  })
})

describe('a process that ends from outside', () => {
  const LIMITS = { name: 'slow', timeoutMs: 5_000, steps: 1e12 }

  /** Ends the process that the call is in, once it is in one that was not ended yet. */
  async function killProcess(host: FunctionHost, ended: number | undefined): Promise<number> {
    for (let i = 0; i < 200 && (host.pid === undefined || host.pid === ended); i++) await later(10)
    await host.start()
    await later(50)
    const pid = host.pid as number
    process.kill(pid, 'SIGKILL')
    return pid
  }

  it('has its call repeated once, alone', async () => {
    const host = await open()
    const called = outcome(host.compile(SLOW, LIMITS).call([]))
    await killProcess(host, undefined)
    expect(await called).toBe(7)
  })

  it('does not have it repeated twice', async () => {
    const host = await open()
    const called = outcome(host.compile(SLOW, LIMITS).call([]))
    await killProcess(host, await killProcess(host, undefined))
    expect(await called).toBe('POSTERN_SANDBOX_KILLED')
  })

  it('is replaced when it was idle', async () => {
    const host = await open()
    const { pid } = host
    process.kill(pid as number, 'SIGKILL')
    const fn = host.compile('() => 7', { name: 'fn', timeoutMs: 1_000 })
    expect(await outcome(fn.call([]))).toBe(7)
    expect(host.pid).not.toBe(pid)
  })
})

describe('close()', () => {
  it('leaves no process, and refuses what waits and what comes', async () => {
    const host = await open()
    const fn = host.compile(NATIVE_LOOP, { name: 'fn', timeoutMs: 5_000 })
    const { pid } = host
    const called = outcome(fn.call([]))
    await later(20)
    await host.close()
    expect(await called).toBe('POSTERN_SANDBOX_CLOSED')
    expect(await outcome(fn.call([]))).toBe('POSTERN_SANDBOX_CLOSED')
    await expectGone(pid)
  })
})

/** The spares are ready some time after the first process. */
async function untilReady(
  host: FunctionHost,
  canary: { call(args: unknown[]): Promise<unknown> },
): Promise<void> {
  await host.start()
  await canary.call([0])
  await later(600)
}
