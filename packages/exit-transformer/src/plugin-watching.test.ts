import { type PhaseContext, runExitHooks, runPhase } from '@postern/plugin-runtime'
import { describe, expect, it } from 'vitest'
import { coreExit, gateway, refused } from '../test/plugin-harness.ts'

// What the plugin says of its functions without changing what they do: shadow mode, warnings, traces.

describe('mode shadow', () => {
  it('logs what would change and leaves the Exit', () => {
    const { answer, lines, ctx } = refused({
      config: { functions: ['return [418, { a: 1 }, { "X-A": "1" }]'], mode: 'shadow' },
    })
    expect(answer).toMatchObject({ status: 401, body: { message: 'no key' } })
    expect(lines).toHaveLength(1)
    const [, json] = /^notice \[exit-transformer\] shadow: (.*)$/.exec(lines[0] ?? '') ?? []
    expect(JSON.parse(json ?? '')).toEqual({
      reason: ctx.exit?.reason,
      status: { from: 401, to: 418 },
      body: {
        changes: [
          { path: '/message', from: 'no key' },
          { path: '/a', to: 1 },
        ],
      },
      headers: { added: { 'X-A': '1' }, removed: { 'WWW-Authenticate': 'Key' } },
    })
  })

  it('logs nothing when nothing would change', () => {
    const { lines } = refused({ config: { functions: ['return [s, b, h]'], mode: 'shadow' } })
    expect(lines).toEqual([])
  })

  it('does not wait for functions that answer later', async () => {
    const { answer, lines } = refused({
      config: { functions: ['return Promise.resolve([418, b, h])'], mode: 'shadow' },
    })
    expect(answer).not.toBeInstanceOf(Promise)
    await new Promise((resolve) => setImmediate(resolve))
    expect(lines).toEqual([expect.stringContaining('"status":{"from":401,"to":418}')])
  })

  it('logs under its own name, whichever plugin runs by then', async () => {
    const functions = [
      'return Promise.resolve([401, b, {}])',
      'return Promise.reject(new Error("x"))',
    ]
    const { ctx, lines } = refused({ config: { functions, mode: 'shadow' } })
    void runPhase(ctx, 'access')
    await new Promise((resolve) => setImmediate(resolve))
    expect(ctx.pluginName).not.toBe('exit-transformer')
    expect(lines).toEqual([
      expect.stringMatching(/^err \[exit-transformer\] exit-transformer\[2\] failed/),
      expect.stringMatching(/^warn \[exit-transformer\] .*WWW-Authenticate/),
      expect.stringMatching(/^notice \[exit-transformer\] shadow: /),
    ])
  })
})

describe('a 401 that loses its WWW-Authenticate', () => {
  it('is told once for each publication', () => {
    const { ctx, lines } = refused({ config: { functions: ['return [401, b, {}]'] } })
    const again = runExitHooks(
      ctx,
      coreExit({ status: 401, headers: { 'WWW-Authenticate': 'Key' } }),
    )
    expect(again).toMatchObject({ status: 401 })
    expect(lines).toEqual([expect.stringMatching(/^warn .*WWW-Authenticate/)])
  })

  it('is not told when the header stays', () => {
    const { lines } = refused({ config: { functions: ['return [401, { a: 1 }, h]'] } })
    expect(lines).toEqual([])
  })
})

describe('a 401 that would lose its WWW-Authenticate in shadow mode', () => {
  it('is told beforehand', () => {
    const { lines, answer } = refused({
      config: { functions: ['return [401, b, {}]'], mode: 'shadow' },
    })
    expect(lines).toContainEqual(expect.stringMatching(/^warn .*would take WWW-Authenticate off/))
    expect(answer).toMatchObject({ headers: { 'WWW-Authenticate': 'Key' } })
  })
})

describe('the trace of a request', () => {
  const functions = [
    'return [418, { message: b.message, key: kong.request.getHeader("x-my-key") }, h]',
    'return',
    'throw new Error(kong.request.getHeader("x-my-key"))',
  ]
  const headers = ['X-My-Key', 's3cr3t-value']
  const secretNames = ['X-My-Key']

  function traceOf({ ctx }: { ctx: PhaseContext }): string | undefined {
    return ctx.response.headers.get('X-Postern-Exit-Trace')
  }

  it('is not there unless it is asked for', () => {
    expect(traceOf(refused({ config: { functions } }))).toBeUndefined()
    expect(traceOf(refused({ config: { functions }, isTraced: false }))).toBeUndefined()
  })

  it('tells which function changed what, without values', () => {
    const made = refused({ config: { functions }, headers, secretNames, isTraced: true })
    const text = traceOf(made) ?? ''
    expect(JSON.parse(text)).toEqual([
      {
        function: 'exit-transformer[1]',
        outcome: 'changed',
        ms: expect.any(Number),
        status: [401, 418],
        body: ['/key'],
      },
      { function: 'exit-transformer[2]', outcome: 'unchanged', ms: expect.any(Number) },
      {
        function: 'exit-transformer[3]',
        outcome: 'failed',
        ms: expect.any(Number),
        problem: 'failed: REDACTED',
      },
    ])
    expect(made.answer).toMatchObject({ status: 418, body: { key: 's3cr3t-value' } })
  })

  it('is waited for in shadow mode too, and tells what would change', async () => {
    const { answer, ctx } = refused({
      config: { functions: ['return Promise.resolve([418, b, {}])'], mode: 'shadow' },
      isTraced: true,
    })
    expect(await answer).toMatchObject({ status: 401 })
    expect(JSON.parse(traceOf({ ctx }) ?? '')).toMatchObject([
      { outcome: 'changed', status: [401, 418], headers: ['WWW-Authenticate'] },
    ])
  })

  it('is not there for an Exit that does not reach the functions', () => {
    const { ctx } = gateway({ config: { functions: ['return [418]'] }, isTraced: true })
    void runExitHooks(ctx, coreExit({ kind: 'unknown' }))
    expect(traceOf({ ctx })).toBeUndefined()
  })
})
