import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { testContext, testPlugin } from '../test/test-context.ts'
import { type PhaseContext, runExitHooks, runPhase } from './index.ts'

const never = (): Promise<never> => new Promise(() => undefined)

beforeEach(() => void vi.useFakeTimers())
afterEach(() => void vi.useRealTimers())

async function runFor(pending: void | Promise<void>, ms: number): Promise<'ended' | 'running'> {
  let state: 'ended' | 'running' = 'running'
  const ended = Promise.resolve(pending).then(() => (state = 'ended'))
  await vi.advanceTimersByTimeAsync(ms)
  if ((state as string) === 'ended') await ended
  return state
}

describe('a handler whose promise does not settle', () => {
  it.each([
    { phaseTimeoutMs: undefined, lastsMs: 60_000 },
    { phaseTimeoutMs: 50, lastsMs: 50 },
    { phaseTimeoutMs: 1, lastsMs: 1 },
  ])('ends after $lastsMs ms with phaseTimeoutMs $phaseTimeoutMs', async (one) => {
    const { ctx, lines } = testContext({
      plugins: [testPlugin('p', { access: never })],
      phaseTimeoutMs: one.phaseTimeoutMs,
    })
    const pending = runPhase(ctx, 'access')
    expect(await runFor(pending, one.lastsMs - 1)).toBe('running')
    expect(await runFor(pending, 1)).toBe('ended')
    expect(ctx.exit).toMatchObject({
      status: 500,
      reason: 'plugin.timeout',
      kind: 'unexpected',
      source: 'error',
      plugin: 'p',
      message: 'An unexpected error occurred',
    })
    expect(lines).toEqual([
      expect.stringContaining(`access of plugin "p" has not ended after ${one.lastsMs} ms`),
    ])
  })

  it('may take for ever with 0', async () => {
    const { ctx } = testContext({
      plugins: [testPlugin('p', { access: never })],
      phaseTimeoutMs: 0,
    })
    expect(await runFor(runPhase(ctx, 'access'), 1e12)).toBe('running')
  })

  it('is only logged in log, where later handlers are skipped', async () => {
    const ran: string[] = []
    const plugins = [
      testPlugin('p', { log: never }, 2),
      testPlugin('q', { log: () => void ran.push('q') }, 1),
    ]
    const { ctx, lines } = testContext({ plugins })
    expect(await runFor(runPhase(ctx, 'log'), 60_000)).toBe('ended')
    expect([ctx.exit, ran, lines.length]).toEqual([undefined, [], 1])
  })

  it('skips the rest of the phase, and the phases after it run', async () => {
    const ran: string[] = []
    const plugins = [
      testPlugin('p', { access: never, header_filter: () => void ran.push('header_filter') }, 2),
      testPlugin('q', { access: () => void ran.push('q') }, 1),
    ]
    const { ctx } = testContext({ plugins })
    await runFor(runPhase(ctx, 'access'), 60_000)
    void runPhase(ctx, 'header_filter')
    expect(ran).toEqual(['header_filter'])
  })

  it('keeps the exit it had made before', async () => {
    const plugin = testPlugin('p', {
      access(kong) {
        kong.response.exit(418, undefined, undefined, { leave: 'return' })
        return never()
      },
    })
    const { ctx, lines } = testContext({ plugins: [plugin] })
    await runFor(runPhase(ctx, 'access'), 60_000)
    expect([ctx.exit?.status, lines.length]).toEqual([418, 1])
  })

  it('leaves an Exit on its way out as it was', async () => {
    const { ctx, lines } = testContext({ plugins: [testPlugin('p', { exit: never })] })
    const exit = exitOf(ctx)
    const sent = Promise.resolve(runExitHooks(ctx, exit))
    await vi.advanceTimersByTimeAsync(60_000)
    expect(await sent).toBe(exit)
    expect(lines.join()).toContain('exit of plugin "p" has not ended after 60000 ms')
  })
})

describe('a promise that settles', () => {
  it.each([
    { what: 'resolves', settle: (late: Settle) => late.resolve() },
    { what: 'rejects', settle: (late: Settle) => late.reject(new Error('late')) },
  ])('has no effect when it $what after the deadline', async ({ settle }) => {
    const late = Promise.withResolvers<void>()
    const { ctx, lines } = testContext({
      plugins: [testPlugin('p', { access: () => late.promise })],
    })
    await runFor(runPhase(ctx, 'access'), 60_000)
    const { exit } = ctx
    settle(late)
    await vi.advanceTimersByTimeAsync(1)
    expect([ctx.exit, lines.length]).toEqual([exit, 1])
  })

  it('leaves no timer behind', async () => {
    const { ctx } = testContext({
      plugins: [
        testPlugin('p', { access: () => Promise.resolve() }),
        testPlugin('q', { access: () => Promise.reject(new Error('x')) }),
      ],
    })
    await runPhase(ctx, 'access')
    expect(vi.getTimerCount()).toBe(0)
  })
})

type Settle = PromiseWithResolvers<void>

function exitOf(ctx: PhaseContext): NonNullable<PhaseContext['exit']> {
  return {
    status: 401,
    body: undefined,
    headers: undefined,
    source: 'exit',
    kind: 'ordinary',
    reason: 'x',
    message: undefined,
    phase: ctx.phase,
    plugin: undefined,
  }
}
